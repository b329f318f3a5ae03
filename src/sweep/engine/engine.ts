import { SweepError } from '../errors.ts'
import type { SweepEvent } from '../events.ts'
import type { Records } from '../records.ts'
import type { Study } from '../sweep.ts'
import type { Trial } from '../trial.ts'
import { agendaOf, firstOf } from './agenda.ts'
import { arrivals } from './arrivals.ts'
import type { Job, Verdict } from './attempt.ts'
import { bookkeeping } from './bookkeeping.ts'
import type { Crew } from './crew.ts'

/** What a sweep runs with. */
export interface Engine {
  readonly study: Study
  readonly records: Records
  readonly crew: Crew
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
  const { study, records, crew, retries, folderOf, see, isStopped } = engine
  const running = new Map<number, Promise<Verdict>>()
  const verdicts = arrivals<readonly [number: number, verdict: Verdict]>()
  /** Why a worker can run no more trials. */
  let unfit: string | undefined
  let fault: { readonly reason: unknown } | undefined
  const onFault = (reason: unknown): void => {
    fault ??= { reason }
    crew.interrupt()
  }
  const agenda = agendaOf(study, records)
  const book = bookkeeping(study, records, retries, folderOf, see, onFault)
  const seenByPruner = firstOf(records)

  const begin = ({ number, params }: Trial): void => {
    const job: Job = { number, params, attempt: book.begin(number).attempts, folder: folderOf(number) }
    const seen = seenByPruner(study.pruner.sees(number))
    const verdict = crew.run(job, seen, book.listenerOf(number))
    running.set(number, verdict)
    verdicts.expect(verdict.then((known) => [number, known] as const))
  }
  const settle = (number: number, verdict: Verdict): void => {
    running.delete(number)
    if (verdict._tag === 'Ended') book.conclude(number, verdict.outcome)
    if (verdict._tag === 'Lost' && book.lose(number, verdict)) agenda.putBack(number)
    if (verdict._tag !== 'Unfit') return
    book.giveBack(number, verdict.reason)
    agenda.putBack(number)
    see({ _tag: 'Warned', message: `runSweep: a worker stopped, and trial ${number} waits: ${verdict.reason}` })
    unfit = verdict.reason
  }
  const beginAll = (): void => {
    while (running.size < crew.places && !isStopped()) {
      const trial = agenda.next()
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
      settle(...(await verdicts.next()))
      stopFor(fault?.reason)
      stopFor(book.hopeless())
    }
    if (crew.places === 0) stopFor(new SweepError(`runSweep: no worker is left: ${unfit} and run it again`))
    if (!isStopped()) stopFor(book.hopelessAtEnd())
    return { done: book.done(), isExhausted: agenda.isExhausted() }
  } finally {
    if (running.size > 0) crew.interrupt()
    await Promise.allSettled(running.values())
    for (const { number, state } of records.trials) if (state === 'running') records.toWaiting(number)
  }
}
