import { SweepError } from '../errors.ts'
import type { SweepEvent } from '../events.ts'
import { type Records, trialAt } from '../records.ts'
import type { Study } from '../sweep.ts'
import { isFinal, type Trial } from '../trial.ts'
import type { JobResult, Outcome } from './attempt.ts'
import { type FailFast, failFast } from './failFast.ts'
import { removeLog } from './history.ts'
import type { Listener } from './reporting.ts'
import { seesOf } from './scheduler.ts'

/** Records what becomes of trials, and tells of it. */
export interface TrialTracker {
  readonly begin: (number: number) => Trial
  readonly listenerOf: (number: number) => Listener
  readonly finish: (number: number, outcome: Outcome) => void
  /** @returns  whether the trial is to be begun again */
  readonly retryOrFail: (number: number, lost: Extract<JobResult, { _tag: 'Lost' }>) => boolean
  /** The trial is to be begun again, as often as it takes. */
  readonly requeue: (number: number, reason: string) => void
  /** How many trials got their result. */
  readonly done: () => number
  /** Why the sweep must stop, if the first trials all failed. */
  readonly failFastError: () => SweepError | undefined
  /** The same, when no more trials are to come. */
  readonly failFastErrorAtEnd: () => SweepError | undefined
}

/** Only a study without any result may stop for its first failures. */
const failFastOf = (study: Study, records: Records): FailFast<Outcome> => {
  const hasResults = records.trials.some((trial) => isFinal(trial) && trial.state !== 'failed')
  if (hasResults) return failFast([], () => 0)
  const numbers = Array.from({ length: study.trials }, (_, number) => number)
  const pending = numbers.filter((number) => {
    const trial = trialAt(records, number)
    return trial === undefined || !isFinal(trial)
  })
  return failFast(pending, seesOf(study))
}

const stopFor = (failures: readonly Outcome[]): SweepError | undefined => {
  const [first] = failures
  if (first === undefined) return undefined
  const which = failures.length === 1 ? 'the first trial' : `the first ${failures.length} trials all`
  const [line = '', ...trace] = (first.reason ?? '').split('\n')
  const [, place] = trace.map((one) => /^\s*at (.*)/.exec(one)).find((found) => found !== null) ?? []
  const where = place === undefined ? '' : ` (at ${place})`
  return new SweepError(`runSweep: ${which} failed: ${line}${where}; mend the objective`, { cause: first.reason })
}

/**
 * @param retries   how often a trial is begun again whose worker died or was silent
 * @param onFault   gets what cannot be recorded while a trial runs
 */
export const trialTracker = (
  study: Study,
  records: Records,
  retries: number,
  folderOf: (number: number) => string,
  see: (event: SweepEvent) => void,
  onFault: (reason: unknown) => void,
): TrialTracker => {
  const firstTrials = failFastOf(study, records)
  // By trial and by how often it may happen.
  const losses = new Map<string, number>()
  /** Of trials that have no result yet: what is recorded of their reports and notes. */
  const known = new Map<number, { readonly steps: Set<number>; readonly names: Set<string> }>()
  let done = 0

  const trialOf = (number: number): Trial => trialAt(records, number) as Trial
  /** What cannot be recorded must not look like a fault of the objective that reports. */
  const guarded = (tell: () => void): void => {
    try {
      tell()
    } catch (reason) {
      onFault(reason)
    }
  }
  const listenerOf = (number: number): Listener => ({
    reported: (step, value) =>
      guarded(() => {
        records.report(number, step, value)
        known.get(number)?.steps.add(step)
        see({ _tag: 'Reported', number, step, value })
      }),
    noted: (name, value) =>
      guarded(() => {
        records.note(number, name, value)
        known.get(number)?.names.add(name)
      }),
    alive: () => {},
  })
  const begin = (number: number): Trial => {
    records.begin(number)
    const trial = trialOf(number)
    const steps = new Set(trial.reported.map(({ step }) => step))
    known.set(number, { steps, names: new Set(Object.keys(trial.notes)) })
    see({ _tag: 'Begun', number, params: trial.params, attempt: trial.attempts })
    return trial
  }
  const end = (number: number, { state, value, reason, reported, notes }: Outcome): void => {
    const { steps, names } = known.get(number) ?? { steps: new Set(), names: new Set() }
    // What an earlier attempt reported in the moment in which the process died.
    for (const one of reported) if (!steps.has(one.step)) records.report(number, one.step, one.value)
    for (const [name, note] of Object.entries(notes)) if (!names.has(name)) records.note(number, name, note)
    known.delete(number)
    records.end(number, { state, value, reason })
    removeLog(folderOf(number))
    done++
    see({ _tag: 'Ended', trial: trialOf(number) })
  }
  const finish = (number: number, outcome: Outcome): void => {
    if (outcome.state === 'failed' && firstTrials.defers(number, outcome)) return
    end(number, outcome)
    if (outcome.state === 'failed') return
    for (const [other, failure] of firstTrials.succeed(number)) end(other, failure)
  }
  const requeue = (number: number, reason: string): void => {
    records.toWaiting(number)
    see({ _tag: 'Retried', number, reason })
  }
  const retryOrFail: TrialTracker['retryOrFail'] = (number, { reason, retries: most = retries }) => {
    const kind = `${number} ${most}`
    const lost = (losses.get(kind) ?? 0) + 1
    losses.set(kind, lost)
    if (lost <= most) {
      requeue(number, reason)
      return true
    }
    const times = lost === 1 ? 'once, and did not end' : `${lost} times, and never ended`
    // What it reported and noted is recorded already.
    const nothing = { value: undefined, reported: [], notes: {} }
    finish(number, { state: 'failed', reason: `${reason}\n(begun ${times})`, ...nothing })
    return false
  }
  return {
    begin,
    listenerOf,
    finish,
    retryOrFail,
    requeue,
    done: () => done,
    failFastError: () => (firstTrials.haveAllFailed() ? stopFor(firstTrials.failures()) : undefined),
    failFastErrorAtEnd: () => stopFor(firstTrials.failures()),
  }
}
