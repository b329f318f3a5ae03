import type { Job, Listener, Outcome } from './attempt.ts'
import type { Crew, Verdict } from './crew.ts'
import { SweepError } from './errors.ts'
import type { SweepEvent } from './events.ts'
import { removeLog } from './history.ts'
import { type Probation, probation } from './probation.ts'
import { firstOf, queueOf, seesOf } from './queue.ts'
import { type Records, trialAt } from './records.ts'
import type { Study } from './sweep.ts'
import { isFinal, type Trial } from './trial.ts'

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

/** Only a study without any result may stop for its first failures. */
const probationOf = (study: Study, records: Records): Probation<Outcome> => {
  const hasResults = records.trials.some((trial) => isFinal(trial) && trial.state !== 'failed')
  if (hasResults) return probation([], () => 0)
  const numbers = Array.from({ length: study.trials }, (_, number) => number)
  const pending = numbers.filter((number) => {
    const trial = trialAt(records, number)
    return trial === undefined || !isFinal(trial)
  })
  return probation(pending, seesOf(study))
}

const firstLine = (reason: string | undefined): string => (reason ?? '').split('\n', 1)[0] as string

const stopFor = (failures: readonly Outcome[]): SweepError => {
  const [reason] = failures.map((failure) => failure.reason)
  const which = failures.length === 1 ? 'The first trial' : `The first ${failures.length} trials all`
  const [, at] = /\n\s*at (.*)/.exec(reason ?? '') ?? []
  const where = at === undefined ? '' : ` (at ${at})`
  return new SweepError(`runSweep: ${which.toLowerCase()} failed: ${firstLine(reason)}${where}; mend the objective`, {
    cause: reason,
  })
}

/**
 * Runs what is left of a study.
 *
 * @returns  how many trials got their result, and whether the sampler had no more; rejects with a SweepError
 */
export const runTrials = async (engine: Engine): Promise<{ readonly done: number; readonly isExhausted: boolean }> => {
  const { study, records, crew, retries, folderOf, see, isStopped } = engine
  const queue = queueOf(study, records)
  const seenByPruner = firstOf(records)
  const trying = probationOf(study, records)
  const losses = new Map<number, number>()
  const running = new Map<number, Promise<readonly [number: number, verdict: Verdict]>>()
  let fault: { readonly reason: unknown } | undefined
  let done = 0

  const trialOf = (number: number): Trial => trialAt(records, number) as Trial
  /** What cannot be recorded ends the sweep; it must not look like a fault of the objective that reports. */
  const guarded = (tell: () => void): void => {
    try {
      tell()
    } catch (reason) {
      fault ??= { reason }
      crew.interrupt()
    }
  }
  const listenerOf = (number: number): Listener => ({
    reported: (step, value) =>
      guarded(() => {
        records.report(number, step, value)
        see({ _tag: 'Reported', number, step, value })
      }),
    noted: (name, value) => guarded(() => records.note(number, name, value)),
    alive: () => {},
  })
  const begin = ({ number, params }: Trial): void => {
    records.begin(number)
    const { attempts } = trialOf(number)
    see({ _tag: 'Begun', number, params, attempt: attempts })
    const job: Job = { number, params, attempt: attempts, folder: folderOf(number) }
    const verdict = crew.run(job, seenByPruner(study.pruner.sees(number)), listenerOf(number))
    running.set(
      number,
      verdict.then((known) => [number, known] as const),
    )
  }
  const end = (number: number, { state, value, reason, reported, notes }: Outcome): void => {
    const known = trialOf(number)
    // What an earlier attempt reported in the moment in which the process died.
    for (const one of reported) {
      if (known.reported.every(({ step }) => step !== one.step)) records.report(number, one.step, one.value)
    }
    for (const [name, note] of Object.entries(notes)) if (!(name in known.notes)) records.note(number, name, note)
    records.end(number, { state, value, reason })
    removeLog(folderOf(number))
    done++
    see({ _tag: 'Ended', trial: trialOf(number) })
  }
  const conclude = (number: number, outcome: Outcome): void => {
    if (outcome.state === 'failed') {
      if (!trying.holds(number, outcome)) end(number, outcome)
      return
    }
    end(number, outcome)
    for (const [other, failure] of trying.pass(number)) end(other, failure)
  }
  const lose = (number: number, reason: string): void => {
    const lost = (losses.get(number) ?? 0) + 1
    losses.set(number, lost)
    if (lost > retries) {
      const { reported, notes } = trialOf(number)
      const all = `${reason}\n(begun ${lost} ${lost === 1 ? 'time' : 'times'}, each time without an end)`
      conclude(number, {
        state: 'failed',
        value: undefined,
        reason: all,
        reported,
        notes: notes as Outcome['notes'],
      })
      return
    }
    records.toWaiting(number)
    queue.putBack(number)
    see({ _tag: 'Retried', number, reason })
  }
  const settle = (number: number, verdict: Verdict): void => {
    running.delete(number)
    if (verdict._tag === 'Ended') conclude(number, verdict.outcome)
    if (verdict._tag === 'Lost') lose(number, verdict.reason)
  }
  const beginAll = (): void => {
    while (running.size < crew.places && !isStopped()) {
      const trial = queue.next()
      if (trial === undefined) return
      begin(trial)
    }
  }

  try {
    for (;;) {
      if (trying.haveAllFailed()) break
      beginAll()
      if (running.size === 0) break
      settle(...(await Promise.race(running.values())))
      if (fault !== undefined) throw fault.reason
    }
    if (trying.failures().length > 0 && !isStopped()) throw stopFor(trying.failures())
    return { done, isExhausted: queue.isExhausted() }
  } finally {
    if (running.size > 0) crew.interrupt()
    await Promise.allSettled(running.values())
    for (const { number, state } of records.trials) if (state === 'running') records.toWaiting(number)
  }
}
