import type { Direction, Space, Trial } from '../../sweep/index.ts'
import type { Fact } from '../run/record.ts'

/** What is known of a sweep: of a finished one, or of one that is still running. */
export interface SweepRecord {
  /** Of the page. */
  readonly title: string
  /** What ran it, e.g. `npx tsx experiments/sweep-quick.ts --trials 30`; '' shows none. */
  readonly command: string
  /** Whether larger or smaller values are better. */
  readonly direction: Direction
  /** What was searched. */
  readonly space: Space
  /** The sampler's description. */
  readonly sampler: string
  /** The pruner's description. */
  readonly pruner: string
  /** Of the study. */
  readonly seed: number
  /** In any order. */
  readonly trials: readonly Trial[]
  /** What else is to be told, e.g. the number of workers, the data set, the machine. */
  readonly facts?: readonly Fact[]
  /** The command that runs a trial again; it is asked for the best one. */
  readonly rerun?: (trial: Trial) => string
}
