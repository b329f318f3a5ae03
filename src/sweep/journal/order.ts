import type { ParamValue } from '../trial.ts'
import { reader } from './distribution.ts'
import { canonical, HEAD } from './head.ts'
import type { Entry } from './line.ts'
import { type CreateTrial, isRecord, type Operation, type SetState } from './operation.ts'
import type { Replay, Row, StudyRow } from './replay.ts'

/** What gets its id from the order of lines. */
export type Kind = 'study' | 'trial'

export const kinds: readonly Kind[] = ['study', 'trial']

export const CREATES: Readonly<Record<Kind, number>> = { study: 0, trial: 4 }

export const referred = (kind: Kind, operation: Operation): number | undefined =>
  kind === 'study'
    ? 'study_id' in operation
      ? operation.study_id
      : undefined
    : 'trial_id' in operation
      ? operation.trial_id
      : undefined

/** The id that a line of ours creates. */
export const createdBy = (kind: Kind, operation: Operation): number | undefined =>
  operation.op_code === CREATES[kind] ? operation.cachegrad?.[kind] : undefined

/** How many studies or trials must have been created before a line of ours, but were not. */
export const skipped = (kind: Kind, { operation, sealed }: Entry, count: number): number => {
  const id = createdBy(kind, operation)
  const there = id ?? (sealed ? (referred(kind, operation) ?? -1) + 1 : 0)
  return Math.max(0, there - count)
}

export const countOf = (kind: Kind, state: Replay): number => (kind === 'study' ? state.studyCount : state.rows.length)

/** Whether lines that created something are missing before this one. */
const leavesOut = (state: Replay, entry: Entry): boolean =>
  kinds.some((kind) => skipped(kind, entry, countOf(kind, state)) > 0)

/** Whether a line of ours creates what is there already. Ids do not tell: Optuna may have written between our reading and writing. */
export const repeats = (state: Replay, { operation, sealed }: Entry): boolean => {
  if (!sealed) return false
  if (operation.op_code === 0) return [...state.studies.values()].some(({ name }) => name === operation.study_name)
  if (operation.op_code !== 4) return false
  const { number, trial } = operation.cachegrad ?? {}
  if (number !== undefined) return state.studies.get(operation.study_id)?.numbered.has(number) ?? false
  return trial !== undefined && trial < state.rows.length
}

const external = reader()

const areParamsOf = (row: Row, params: Readonly<Record<string, ParamValue | undefined>>): boolean => {
  const names = Object.keys(params)
  return names.length === row.params.size && names.every((name) => row.params.get(name) === params[name])
}

const paramsIn = ({ params, distributions }: CreateTrial): Readonly<Record<string, ParamValue | undefined>> =>
  Object.fromEntries(
    Object.entries(params ?? {}).map(([name, value]) => [name, external(distributions?.[name], value)]),
  )

/** What a study is must be said once, or twice the same. */
const otherHead = (study: StudyRow | undefined, head: unknown): string | undefined => {
  if (study === undefined || !isRecord(head)) return undefined
  const known = study.attributes.get(HEAD)
  const isSame = head.name === study.name && (known === undefined || canonical(known) === canonical(head))
  return isSame ? undefined : `study ${study.id} is said to be another one too`
}

const otherTrial = (study: StudyRow | undefined, operation: CreateTrial & Operation): string | undefined => {
  const number = operation.cachegrad?.number
  const row = number === undefined ? undefined : study?.numbered.get(number)
  if (row === undefined || areParamsOf(row, paramsIn(operation))) return undefined
  return `trial ${number} is there with other parameters too`
}

const otherResult = (row: Row | undefined, { cachegrad: own }: SetState & Operation): string | undefined => {
  if (row?.number === undefined || own?.number === undefined || own.params === undefined) return undefined
  if (own.number === row.number && areParamsOf(row, own.params)) return undefined
  return `trial ${row.number} has a result that is another's`
}

/** How a line of ours contradicts those before it, as where files were joined; undefined where it does not. */
export const contradiction = (state: Replay, { operation, sealed }: Entry): string | undefined => {
  if (!sealed) return undefined
  if (operation.op_code === 2) return otherHead(state.studies.get(operation.study_id), operation.user_attr[HEAD])
  if (operation.op_code === 4) return otherTrial(state.studies.get(operation.study_id), operation)
  return operation.op_code === 6 ? otherResult(state.rows[operation.trial_id], operation) : undefined
}

/** Whether a line stands where none of ours would have been written. */
export const isMisplaced = (state: Replay, entry: Entry): boolean =>
  leavesOut(state, entry) || repeats(state, entry) || contradiction(state, entry) !== undefined
