import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Given,
  naturalNumber,
  type OptionError,
  positiveInteger,
  resolveOptions,
  withDefault,
} from '../../errors/index.ts'
import { seenBy } from '../generations.ts'
import { growingTable } from '../growing.ts'
import type { Pruner, PrunerView } from '../pruner.ts'
import { checkPrunerView } from '../requirements.ts'
import type { Reported, Trial } from '../trial.ts'
import { insert } from './ascending.ts'
import { bestOf, isBetter, show, valueFrom } from './reports.ts'

const medianOptions = {
  /** The first trials, which are never pruned. Default 8. */
  startup: withDefault(8, positiveInteger),
  /** Before this step none is pruned. Default 0. */
  warmup: withDefault(0, naturalNumber),
  /** Trials that are judged by the same results, so they can run side by side. Default 8. */
  generation: withDefault(8, positiveInteger),
}

/** The options of `median`. @interface */
export type MedianOptions = Given<typeof medianOptions>

/** Of two in the middle their mean. */
const middleOf = (ascending: readonly number[]): number => {
  const middle = (ascending.length - 1) / 2
  return ((ascending[Math.floor(middle)] as number) + (ascending[Math.ceil(middle)] as number)) / 2
}

/** Complete trials, and what they reported at the steps that were asked for, in ascending order. */
interface Completed {
  readonly trials: Trial[]
  readonly at: Map<number, number[]>
}

const add = ({ trials, at }: Completed, trial: Trial): void => {
  if (trial.state !== 'complete') return
  trials.push(trial)
  for (const [step, values] of at) {
    const value = valueFrom(trial, step)
    if (value !== undefined) insert(values, value)
  }
}

const valuesAt = ({ trials, at }: Completed, step: number): readonly number[] => {
  const known = at.get(step)
  if (known !== undefined) return known
  const values = trials.flatMap((trial) => valueFrom(trial, step) ?? []).sort((a, b) => a - b)
  at.set(step, values)
  return values
}

const judge = ({ direction, reported }: PrunerView, step: number, others: readonly number[]): string | undefined => {
  if (others.length === 0) return undefined
  const [own, middle] = [bestOf(reported, direction), middleOf(others)]
  const side = direction === 'maximize' ? 'below' : 'above'
  return isBetter(direction, middle, own)
    ? `step ${step}: ${show(own)} is ${side} the median ${show(middle)} of ${others.length} trials`
    : undefined
}

/**
 * stop ⇔ the best report so far is worse than the median of what complete trials reported at this step
 *
 * @param options  see `MedianOptions`
 * @returns        left(OptionError) for a wrong option
 * @example        pipe(median({ startup: 4 }), E.map((pruner) => pruner.sees(13)))   // right(12)
 * @see            Golovin et al., "Google Vizier: a service for black-box optimization", KDD 2017; Optuna's MedianPruner
 */
export const median = (options: MedianOptions = {}): E.Either<OptionError, Pruner> =>
  pipe(
    resolveOptions('median', options, medianOptions),
    E.map(({ startup, warmup, generation }) => {
      const completed = growingTable<Completed>(() => ({ trials: [], at: new Map() }), add)
      return {
        description: `median(${JSON.stringify({ startup, warmup, generation })})`,
        sees: (number) => seenBy(number, startup, generation),
        prune: (view) => {
          checkPrunerView('median', view)
          const { step } = view.reported.at(-1) as Reported
          return step < warmup ? undefined : judge(view, step, valuesAt(completed(view.seen), step))
        },
      }
    }),
  )
