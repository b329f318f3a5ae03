import { SweepError } from '../errors.ts'
import type { SweepEvent } from '../events.ts'
import type { Records } from '../records.ts'
import type { Study } from '../sweep.ts'
import type { Trial } from '../trial.ts'
import type { Job, JobResult } from './attempt.ts'
import { completionQueue } from './completionQueue.ts'
import { firstOf, schedulerOf } from './scheduler.ts'
import { trialTracker } from './trialTracker.ts'
import type { WorkerPool } from './workerPool.ts'

/** What a sweep runs with. */
export interface Engine {
  readonly study: Study
  readonly records: Records
  readonly pool: WorkerPool
  /** How often a trial is begun again whose worker died or was silent. */
  readonly retries: number
  readonly folderOf: (number: number) => string
  readonly see: (event: SweepEvent) => void
  /** Whether no more trials are to begin. */
  readonly isStopped: () => boolean
}

/**
 * Runs what is left of a study.
 *
 * @returns  how many trials got their result, and whether the sampler had no more; rejects with a SweepError, and then too no trial
 *           is left running
 */
export const runTrials = async (engine: Engine): Promise<{ readonly done: number; readonly isExhausted: boolean }> => {
  const { study, records, pool, retries, folderOf, see, isStopped } = engine
  const running = new Map<number, Promise<JobResult>>()
  const completions = completionQueue<readonly [number: number, jobResult: JobResult]>()
  /** Why a worker can run no more trials. */
  let unfit: string | undefined
  let fault: { readonly reason: unknown } | undefined
  const onFault = (reason: unknown): void => {
    fault ??= { reason }
    pool.interrupt()
  }
  const scheduler = schedulerOf(study, records)
  const tracker = trialTracker(study, records, retries, folderOf, see, onFault)
  const seenByPruner = firstOf(records)

  const begin = ({ number, params }: Trial): void => {
    const job: Job = { number, params, attempt: tracker.begin(number).attempts, folder: folderOf(number) }
    const seen = seenByPruner(study.pruner.sees(number))
    const jobResult = pool.run(job, seen, tracker.listenerOf(number))
    running.set(number, jobResult)
    completions.add(jobResult.then((known) => [number, known] as const))
  }
  const settle = (number: number, jobResult: JobResult): void => {
    running.delete(number)
    if (jobResult._tag === 'Ended') tracker.finish(number, jobResult.outcome)
    if (jobResult._tag === 'Lost' && tracker.retryOrFail(number, jobResult)) scheduler.requeue(number)
    if (jobResult._tag !== 'Unfit') return
    tracker.requeue(number, jobResult.reason)
    scheduler.requeue(number)
    see({ _tag: 'Warned', message: `runSweep: a worker stopped, and trial ${number} waits: ${jobResult.reason}` })
    unfit = jobResult.reason
  }
  const beginAll = (): void => {
    while (running.size < pool.capacity && !isStopped()) {
      const trial = scheduler.next()
      if (trial === undefined) return
      begin(trial)
    }
  }
  const stopFor = (reason: unknown): void => {
    if (reason !== undefined) throw reason
  }

  try {
    for (;;) {
      beginAll()
      if (running.size === 0) break
      settle(...(await completions.next()))
      stopFor(fault?.reason)
      stopFor(tracker.failFastError())
    }
    if (pool.capacity === 0) stopFor(new SweepError(`runSweep: no worker is left: ${unfit} and run it again`))
    if (!isStopped()) stopFor(tracker.failFastErrorAtEnd())
    return { done: tracker.done(), isExhausted: scheduler.isExhausted() }
  } finally {
    if (running.size > 0) pool.interrupt()
    await Promise.allSettled(running.values())
    for (const { number, state } of records.trials) if (state === 'running') records.toWaiting(number)
  }
}
