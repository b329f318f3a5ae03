import type { Direction, Reported, Trial } from './trial.ts'

/** What a pruner may look at. */
export interface PrunerView {
  /** Whether larger or smaller values are better. */
  readonly direction: Direction
  /** Of the trial that is running. */
  readonly number: number
  /** What it has reported so far; the last one is new. */
  readonly reported: readonly Reported[]
  /** The final trials 0 … sees(number) − 1, in order of number. */
  readonly seen: readonly Trial[]
}

/** Decides by rule on a fixed set of trials whether one goes on: a pure function, so it can be asked where the trial runs. */
export interface Pruner {
  /** What the journal records, with all settings. */
  readonly description: string
  /** How many of the first trials must be final before trial `number` begins. */
  sees(number: number): number
  /** The reason to stop, e.g. `step 3: 0.31 is below the median 0.42 of 8 trials`; undefined to go on. */
  prune(view: PrunerView): string | undefined
}
