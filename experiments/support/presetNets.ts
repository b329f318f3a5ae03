import { type Classifier, type FullyConnectedNetOptions, fullyConnectedNet } from '../../src/index.ts'
import { orFail, present } from './cli.ts'
import { type FastRecipe, fastNet } from './fastRecipe.ts'
import { type NetFlags, toNetOptions } from './netOptions.ts'

/** A preset's net, with what the command line says in place of the preset's own. */
export type BuildNet = (flags: NetFlags) => {
  readonly model: Classifier
  /** What it was built from, for a page. */
  readonly options: object
}

/** Ends for flags of layers that a net does not have. */
export const checkFixed = (flags: NetFlags, fixed: readonly (keyof NetFlags)[], takes: string): void => {
  if (fixed.some((name) => flags[name] !== undefined)) throw new Error(`${takes}, and no other layers`)
}

export const connected =
  (defaults: FullyConnectedNetOptions): BuildNet =>
  (flags) => {
    const options = toNetOptions(flags, defaults)
    const { task } = options
    return { model: orFail(fullyConnectedNet(options)), options: { ...options, ...present({ task: task?.spec }) } }
  }

/** The net of the methods of fast image training, for images of so many channels and pixels. */
export const fast =
  (recipe: FastRecipe, channels: number, size: number): BuildNet =>
  ({ hidden, ...others }) => {
    const fixed = ['weightScale', 'reg', 'keepProb', 'normalization', 'activation'] as const
    checkFixed(others, fixed, 'the net of this preset takes --hidden, the filters of its blocks')
    const options = { ...recipe, ...present({ widths: hidden }) }
    return { model: fastNet(options, channels, size), options: { widths: options.widths } }
  }
