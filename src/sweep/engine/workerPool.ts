import { turn } from '../../system/index.ts'
import type { SweepEvent } from '../events.ts'
import type { Records } from '../records.ts'
import type { Study } from '../sweep.ts'
import type { Trial } from '../trial.ts'
import { Interrupted, type Job, type JobResult, runTrial } from './attempt.ts'
import type { Listener } from './reporting.ts'

/** Runs trials. */
export interface WorkerPool {
  /** How many run at a time; fewer where a fault of the machine has ended some. */
  readonly capacity: number
  /**
   * Runs a trial until it has its result, or until there will be none
   *
   * @param seen  what the pruner may look at
   * @returns     rejects with a SweepError where no trial can be run at all
   */
  readonly run: (job: Job, seen: readonly Trial[], listener: Listener) => Promise<JobResult>
  /** All that runs ends 'Interrupted', as soon as it can be made to. */
  readonly interrupt: () => void
  /** Without an interruption before it the study has come to its end. */
  readonly close: () => Promise<void>
}

/** What a pool is opened for. */
export interface PoolContext {
  /** What the trials are of. */
  readonly study: Study
  /** In order of number, as recorded so far: one list, which changes. */
  readonly trials: readonly Trial[]
  /** Whether a trial has its result. */
  readonly isRecorded: (number: number) => boolean
  /** Keeps what is worth knowing of a trial that may have its result. */
  readonly remark: Records['remark']
  /** Gets what the user should know and no trial reports. */
  readonly see: (event: SweepEvent) => void
}

/** Rejects with a SweepError where no trials can be run. */
export type OpenPool = (context: PoolContext) => Promise<WorkerPool>

/** The calling thread itself. It takes a breath before each trial; a trial is interrupted where it reports. */
export const inlinePool = (study: Study, data: unknown): WorkerPool => {
  let isInterrupted = false
  let capacity = 1
  const run: WorkerPool['run'] = async (job, seen, told) => {
    let wasStopped = false
    const stopHere = (): void => {
      if (!isInterrupted) return
      wasStopped = true
      throw new Interrupted()
    }
    await turn()
    const listener: Listener = {
      reported: (step, value) => {
        told.reported(step, value)
        stopHere()
      },
      noted: told.noted,
      alive: stopHere,
    }
    if (isInterrupted) return { _tag: 'Interrupted' }
    const jobResult = await runTrial({ study, job, seen, data, listener })
    if (jobResult._tag === 'Unfit') capacity = 0
    // What an objective makes of the exception is no result.
    return wasStopped ? { _tag: 'Interrupted' } : jobResult
  }
  const interrupt = (): void => {
    isInterrupted = true
  }
  return {
    get capacity() {
      return capacity
    },
    run,
    interrupt,
    close: async () => {},
  }
}
