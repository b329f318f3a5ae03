import type { Key } from '../random/index.ts'
import type { Space } from './space/index.ts'
import type { Direction, Params, Trial } from './trial.ts'

/** What a sampler may look at. */
export interface SamplerView {
  /** From which is drawn. */
  readonly space: Space
  /** Whether larger or smaller values are better. */
  readonly direction: Direction
  /** Of the trial that is drawn. */
  readonly number: number
  /** Of the study, from its seed: the same for all its trials, e.g. for the shift of a quasi-random sequence. */
  readonly studyKey: Key
  /** The final trials 0 … sees(number) − 1, in order of number: the same ones however many workers there are. */
  readonly seen: readonly Trial[]
}

/** Proposes parameters: a pure function of what it is shown and of a key. */
export interface Sampler {
  /** What the journal records, with all settings, so that a study is not resumed with another one: e.g. `tpe({"startup":10})`. */
  readonly description: string
  /** How many of the first trials must be final before trial `number` is drawn; 0 for samplers that do not learn. */
  sees(number: number): number
  /** Number of different trials that it can propose in this space, e.g. a grid's; Infinity where there is no end. */
  size(space: Space): number
  /** Parameters of a trial. It is asked again with another key when they were drawn before. */
  suggest(view: SamplerView, key: Key): Params
}
