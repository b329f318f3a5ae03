import type { Direction, Space, Trial } from '../../sweep/index.ts'
import type { Fact } from '../run/record.ts'

/** What is known of a sweep: of a finished one, or of one that is still running. */
export interface SweepRecord {
  readonly title: string
  /** What ran it, e.g. `npx tsx experiments/sweep-quick.ts --trials 30`; '' shows none. */
  readonly command: string
  readonly direction: Direction
  readonly space: Space
  /** The sampler's and the pruner's descriptions. */
  readonly sampler: string
  readonly pruner: string
  readonly seed: number
  /** In any order. */
  readonly trials: readonly Trial[]
  /** What else is to be told, e.g. the number of workers, the data set, the machine. */
  readonly facts?: readonly Fact[]
  /** The command that runs a trial again; it is asked for the best one. */
  readonly rerun?: (trial: Trial) => string
}
