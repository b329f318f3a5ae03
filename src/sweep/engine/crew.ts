import { setImmediate } from 'node:timers/promises'
import type { SweepEvent } from '../events.ts'
import type { Records } from '../records.ts'
import type { Study } from '../sweep.ts'
import type { Trial } from '../trial.ts'
import { Interrupted, type Job, runTrial, type Verdict } from './attempt.ts'
import type { Listener } from './reporting.ts'

/** Runs trials, as many at a time as it has places. */
export interface Crew {
  /** Fewer where a fault of the machine has ended some. */
  readonly places: number
  /**
   * @param seen  what the pruner may look at
   * @returns     rejects with a SweepError where no trial can be run at all
   */
  readonly run: (job: Job, seen: readonly Trial[], listener: Listener) => Promise<Verdict>
  /** All that runs ends 'Interrupted', as soon as it can be made to. */
  readonly interrupt: () => void
  /** Without an interruption before it the study has come to its end. */
  readonly close: () => Promise<void>
}

/** What a crew is hired for. */
export interface Hiring {
  readonly study: Study
  /** In order of number, as recorded so far: one list, which changes. */
  readonly trials: readonly Trial[]
  /** Whether a trial has its result. */
  readonly isRecorded: (number: number) => boolean
  readonly remark: Records['remark']
  /** Gets what the user should know and no trial reports. */
  readonly see: (event: SweepEvent) => void
}

/** Rejects with a SweepError where there is nobody. */
export type Hire = (hiring: Hiring) => Promise<Crew>

/** The calling thread itself. It takes a breath before each trial; a trial is interrupted where it reports. */
export const ownThread = (study: Study, data: unknown): Crew => {
  let isInterrupted = false
  let places = 1
  const run: Crew['run'] = async (job, seen, told) => {
    let wasStopped = false
    const stopHere = (): void => {
      if (!isInterrupted) return
      wasStopped = true
      throw new Interrupted()
    }
    await setImmediate()
    const listener: Listener = {
      reported: (step, value) => {
        told.reported(step, value)
        stopHere()
      },
      noted: told.noted,
      alive: stopHere,
    }
    if (isInterrupted) return { _tag: 'Interrupted' }
    const verdict = await runTrial({ study, job, seen, data, listener })
    if (verdict._tag === 'Unfit') places = 0
    // What an objective makes of the exception is no result.
    return wasStopped ? { _tag: 'Interrupted' } : verdict
  }
  const interrupt = (): void => {
    isInterrupted = true
  }
  return {
    get places() {
      return places
    },
    run,
    interrupt,
    close: async () => {},
  }
}
