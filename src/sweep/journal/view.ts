import { printableLines } from '../../files/index.ts'
import { contains, domainAt, isActive, orderOf, type Space } from '../space/index.ts'
import type { Params, ParamValue, Reported, Trial, TrialState } from '../trial.ts'
import { COMPLETE, FAIL, isRecord, PRUNED, RUNNING } from './operation.ts'
import type { Row } from './replay.ts'

/** The attribute that tells what Optuna's states do not: the reason, and that a failed trial diverged. */
export const OUTCOME = 'cachegrad:outcome'

/** Begins the names that notes must not have. */
export const RESERVED = 'cachegrad:'

interface Outcome {
  readonly state: TrialState
  readonly reason: string | undefined
}

const recordedOutcome = (row: Row): Outcome | undefined => {
  const value = row.attributes.get(OUTCOME)
  if (!isRecord(value) || typeof value.reason !== 'string') return undefined
  return { state: value.state as TrialState, reason: value.reason === '' ? undefined : printableLines(value.reason) }
}

const outcomeOf = (row: Row): Outcome => {
  const recorded = recordedOutcome(row)
  // An attribute of an attempt that was cut short may be left over: it counts where it fits the state.
  const reason = (state: TrialState): string | undefined => (recorded?.state === state ? recorded.reason : undefined)
  switch (row.state) {
    case RUNNING:
      return { state: 'running', reason: undefined }
    case COMPLETE:
      return Number.isFinite(row.value)
        ? { state: 'complete', reason: undefined }
        : { state: 'diverged', reason: `its value is ${row.value ?? 'missing'}` }
    case PRUNED:
      return { state: 'pruned', reason: reason('pruned') }
    case FAIL:
      return recorded?.state === 'diverged' ? recorded : { state: 'failed', reason: reason('failed') }
    default:
      return { state: 'waiting', reason: undefined }
  }
}

const reportedOf = (row: Row): readonly Reported[] =>
  [...row.reported].map(([step, value]) => ({ step, value })).sort((a, b) => a.step - b.step)

/** A trial as the table shows it. */
export const trialOf = (row: Row, number: number): Trial => {
  const { state, reason } = outcomeOf(row)
  return {
    number,
    state,
    params: Object.fromEntries(row.params),
    value: (state === 'complete' || state === 'pruned') && Number.isFinite(row.value) ? row.value : undefined,
    reported: reportedOf(row),
    notes: Object.fromEntries([...row.attributes].filter(([name]) => !name.startsWith(RESERVED))),
    reason,
    attempts: row.attempts,
    began: row.began,
    ended: row.ended,
  }
}

/** Whether the parameters are just those that a space draws. */
export const fitsSpace = (space: Space, params: ReadonlyMap<string, ParamValue>): boolean => {
  const record: Params = Object.fromEntries(params)
  const names = orderOf(space).filter((name) => isActive(space, record, name))
  return names.length === params.size && names.every((name) => contains(domainAt(space, name), params.get(name)))
}
