import type { Params } from '../trial.ts'

/** A number; JSON has no word for the last three, Python writes them bare and `readLine` puts them in quotes. */
export type Numeric = number | 'NaN' | 'Infinity' | '-Infinity'

type Attributes = Readonly<Record<string, unknown>>

/** What our lines say beside what Optuna reads: it ignores keys that it does not know. Only sealed lines have it. */
export interface Own {
  /** The ids that Optuna's order of lines implies: a lost line is noticed, and does not shift the others. */
  readonly study?: number
  readonly trial?: number
  /** The trial's number, and on the line of its result once more all that it has: it outlives the lines before it. */
  readonly number?: number
  readonly params?: Params
  readonly reported?: readonly (readonly [step: number, value: Numeric])[]
  readonly attributes?: Attributes
  /** The line stands for a trial whose own line was damaged. */
  readonly lost?: boolean
}

export interface CreateTrial {
  readonly op_code: 4
  readonly study_id: number
  readonly datetime_start: string | null
  readonly datetime_complete?: string | null
  readonly state?: number
  readonly params?: Readonly<Record<string, number>>
  readonly distributions?: Readonly<Record<string, string>>
  readonly value?: Numeric | null
  readonly values?: readonly Numeric[] | null
  readonly user_attrs?: Attributes
  readonly system_attrs?: Attributes
  readonly intermediate_values?: Readonly<Record<string, Numeric>>
}

export interface SetState {
  readonly op_code: 6
  readonly trial_id: number
  readonly state: number
  readonly values: readonly Numeric[] | null
  readonly datetime_start?: string
  readonly datetime_complete?: string
}

/**
 * What a line says. Names and codes are Optuna's; codes from 10 are newer than what we know, and change nothing.
 *
 * @see https://github.com/optuna/optuna, optuna/storages/journal/_storage.py
 */
export type Operation = { readonly cachegrad?: Own } & (
  | { readonly op_code: 0; readonly study_name: string; readonly directions: readonly number[] }
  | { readonly op_code: 1; readonly study_id: number }
  | { readonly op_code: 2; readonly study_id: number; readonly user_attr: Attributes }
  | { readonly op_code: 3; readonly study_id: number; readonly system_attr: Attributes }
  | CreateTrial
  | {
      readonly op_code: 5
      readonly trial_id: number
      readonly param_name: string
      readonly param_value_internal: number
      readonly distribution: string
    }
  | SetState
  | { readonly op_code: 7; readonly trial_id: number; readonly step: number; readonly intermediate_value: Numeric }
  | { readonly op_code: 8; readonly trial_id: number; readonly user_attr: Attributes }
  | { readonly op_code: 9; readonly trial_id: number; readonly system_attr: Attributes }
  | { readonly op_code: 10 }
)

/** Optuna's states. */
export const RUNNING = 0
export const COMPLETE = 1
export const PRUNED = 2
export const FAIL = 3
export const WAITING = 4

/** Whether a trial in this state changes no more. */
export const isFinal = (state: number): boolean => state !== RUNNING && state !== WAITING

type Check = (value: unknown) => boolean

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText: Check = (v) => typeof v === 'string'
const isNumber: Check = (v) => typeof v === 'number'
const isInteger: Check = (v) => Number.isSafeInteger(v)
const isCount: Check = (v) => isInteger(v) && (v as number) >= 0
const isState: Check = (v) => isCount(v) && (v as number) <= WAITING
const isNumeric: Check = (v) => isNumber(v) || ['NaN', 'Infinity', '-Infinity'].includes(v as string)
const isAttribute: Check = (v) => isRecord(v) && Object.keys(v).length === 1
const maybe =
  (check: Check): Check =>
  (v) =>
    v === undefined || v === null || check(v)
const list =
  (check: Check): Check =>
  (v) =>
    Array.isArray(v) && v.every(check)
const record =
  (check: Check): Check =>
  (v) =>
    isRecord(v) && Object.values(v).every(check)

const fields: readonly Readonly<Record<string, Check>>[] = [
  { study_name: isText, directions: list((v) => v === 0 || v === 1 || v === 2) },
  { study_id: isInteger },
  { study_id: isInteger, user_attr: isAttribute },
  { study_id: isInteger, system_attr: isAttribute },
  {
    study_id: isInteger,
    datetime_start: (v) => v === null || isText(v),
    datetime_complete: maybe(isText),
    state: maybe(isState),
    params: maybe(record(isNumber)),
    distributions: maybe(record(isText)),
    value: maybe(isNumeric),
    values: maybe(list(isNumeric)),
    user_attrs: maybe(isRecord),
    system_attrs: maybe(isRecord),
    intermediate_values: maybe(record(isNumeric)),
  },
  { trial_id: isInteger, param_name: isText, param_value_internal: isNumber, distribution: isText },
  {
    trial_id: isInteger,
    state: isState,
    values: (v) => v === null || list(isNumeric)(v),
    datetime_start: maybe(isText),
    datetime_complete: maybe(isText),
  },
  { trial_id: isInteger, step: isInteger, intermediate_value: isNumeric },
  { trial_id: isInteger, user_attr: isAttribute },
  { trial_id: isInteger, system_attr: isAttribute },
]

const own: Readonly<Record<keyof Own, Check>> = {
  study: maybe(isCount),
  trial: maybe(isCount),
  number: maybe(isCount),
  params: maybe(record((v) => v === null || ['number', 'string', 'boolean'].includes(typeof v))),
  reported: maybe(list((v) => Array.isArray(v) && v.length === 2 && isInteger(v[0]) && isNumeric(v[1]))),
  attributes: maybe(isRecord),
  lost: maybe((v) => typeof v === 'boolean'),
}

const fits = (value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>): boolean => {
  for (const name in checks) if (checks[name]?.(value[name]) === false) return false
  return true
}

/** Whether a value has what Optuna reads without a fault for its op_code. */
export const isOperation = (value: unknown): value is Operation => {
  if (!isRecord(value) || !isCount(value.op_code) || !isText(value.worker_id)) return false
  const extra = value.cachegrad
  if (extra !== undefined && !(isRecord(extra) && fits(extra, own))) return false
  return fits(value, fields[value.op_code as number] ?? {})
}
