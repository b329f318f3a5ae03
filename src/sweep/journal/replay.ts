import type { Params, ParamValue } from '../trial.ts'
import { reader } from './distribution.ts'
import type { Entry } from './line.ts'
import {
  type CreateTrial,
  isFinal,
  isRecord,
  type Operation,
  type Own,
  RUNNING,
  type SetState,
  WAITING,
} from './operation.ts'

/** A trial as its lines tell it. */
export interface Row {
  readonly study: number
  /** Counts the trials of all studies of the file, in order of their lines. */
  readonly id: number
  /** What our line says; Optuna's have none. */
  readonly number: number | undefined
  readonly lost: boolean
  state: number
  params: Map<string, ParamValue>
  value: number | undefined
  readonly reported: Map<number, number>
  readonly attributes: Map<string, unknown>
  /** Parameters that someone asked for in Optuna, with `enqueue_trial`. */
  asked: Params | undefined
  attempts: number
  began: number | undefined
  ended: number | undefined
}

export interface StudyRow {
  readonly id: number
  readonly name: string
  readonly directions: readonly number[]
  readonly attributes: Map<string, unknown>
  readonly rows: Row[]
  /** The first of our trials with each number. */
  readonly numbered: Map<number, Row>
}

/** The state of a journal after some of its lines. */
export interface Replay {
  /** By id; one that was deleted is gone. */
  readonly studies: ReadonlyMap<number, StudyRow>
  /** How many studies there ever were: the next one's id. */
  readonly studyCount: number
  /** Those of all studies, by id. */
  readonly rows: readonly Row[]
  /** Takes what a line says; what Optuna ignores is ignored. Returns the trial that it changed. */
  apply(entry: Entry): Row | undefined
}

/** An intermediate value that is no number stands in an attribute of this name and the step. */
export const REPORTED = 'cachegrad:reported '

const millis = (time: string | null | undefined): number | undefined => {
  const ms = typeof time === 'string' ? Date.parse(time) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
}

const first = (values: SetState['values'] | undefined): number | undefined =>
  values?.[0] === undefined ? undefined : Number(values[0])

const attribute = (row: Row, attributes: Readonly<Record<string, unknown>>): void => {
  for (const [name, value] of Object.entries(attributes)) {
    const step = name.startsWith(REPORTED) ? Number(name.slice(REPORTED.length)) : Number.NaN
    if (Number.isSafeInteger(step)) row.reported.set(step, Number(value))
    else row.attributes.set(name, value)
  }
}

const systemAttribute = (row: Row, { fixed_params: asked }: Readonly<Record<string, unknown>>): void => {
  if (isRecord(asked)) row.asked = asked as Params
}

const changeState = (row: Row, operation: SetState, own: Own | undefined): void => {
  row.state = operation.state
  if (operation.state === RUNNING) {
    row.attempts++
    row.began = millis(operation.datetime_start)
  }
  if (!isFinal(operation.state)) return
  row.ended = millis(operation.datetime_complete)
  row.value = first(operation.values)
  if (own?.params !== undefined) row.params = new Map(Object.entries(own.params))
  for (const [step, value] of own?.reported ?? []) row.reported.set(step, Number(value))
  attribute(row, own?.attributes ?? {})
}

/** Replays operations as Optuna does: ids count lines, a name has one study, and a trial with a result changes no more. */
export const replay = (): Replay => {
  const studies = new Map<number, StudyRow>()
  const names = new Set<string>()
  const rows: Row[] = []
  const external = reader()
  let studyCount = 0

  const createStudy = (name: string, directions: readonly number[]): void => {
    if (names.has(name)) return
    names.add(name)
    studies.set(studyCount, { id: studyCount, name, directions, attributes: new Map(), rows: [], numbered: new Map() })
    studyCount++
  }

  const suggest = (row: Row, name: string, distribution: string | undefined, internal: number): void => {
    const value = external(distribution, internal)
    if (value !== undefined) row.params.set(name, value)
  }

  const createTrial = (operation: CreateTrial, own: Own | undefined): Row | undefined => {
    const study = studies.get(operation.study_id)
    if (study === undefined) return undefined
    const state = operation.state ?? RUNNING
    const row: Row = {
      study: study.id,
      id: rows.length,
      number: own?.number,
      lost: own?.lost ?? false,
      state,
      params: new Map(),
      value: first(operation.values) ?? first(typeof operation.value === 'number' ? [operation.value] : undefined),
      reported: new Map(Object.entries(operation.intermediate_values ?? {}).map(([k, v]) => [Number(k), Number(v)])),
      attributes: new Map(),
      asked: undefined,
      attempts: state === WAITING ? 0 : 1,
      began: millis(operation.datetime_start),
      ended: millis(operation.datetime_complete),
    }
    const { params, distributions } = operation
    for (const [name, internal] of Object.entries(params ?? {})) suggest(row, name, distributions?.[name], internal)
    attribute(row, operation.user_attrs ?? {})
    systemAttribute(row, operation.system_attrs ?? {})
    rows.push(row)
    study.rows.push(row)
    if (row.number !== undefined && !study.numbered.has(row.number)) study.numbered.set(row.number, row)
    return row
  }

  const open = (id: number): Row | undefined => {
    const row = rows[id]
    return row === undefined || isFinal(row.state) ? undefined : row
  }

  const changeTrial = (operation: Operation & { readonly trial_id: number }): Row | undefined => {
    const row = open(operation.trial_id)
    if (row === undefined) return undefined
    switch (operation.op_code) {
      case 5:
        suggest(row, operation.param_name, operation.distribution, operation.param_value_internal)
        break
      case 6:
        if (operation.state === RUNNING && row.state === RUNNING) return undefined
        changeState(row, operation, operation.cachegrad)
        break
      case 7:
        row.reported.set(operation.step, Number(operation.intermediate_value))
        break
      case 8:
        attribute(row, operation.user_attr)
        break
      case 9:
        systemAttribute(row, operation.system_attr)
    }
    return row
  }

  const apply = ({ operation }: Entry): Row | undefined => {
    switch (operation.op_code) {
      case 0:
        createStudy(operation.study_name, operation.directions)
        return undefined
      case 1:
        names.delete(studies.get(operation.study_id)?.name ?? '')
        studies.delete(operation.study_id)
        return undefined
      case 2:
        for (const [name, value] of Object.entries(operation.user_attr)) {
          studies.get(operation.study_id)?.attributes.set(name, value)
        }
        return undefined
      case 3:
      case 10:
        return undefined
      case 4:
        return createTrial(operation, operation.cachegrad)
      default:
        return 'trial_id' in operation ? changeTrial(operation) : undefined
    }
  }

  return {
    studies,
    get studyCount() {
      return studyCount
    },
    rows,
    apply,
  }
}
