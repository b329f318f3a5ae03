import { ArgumentError, checkArgument, isRecord, naturalNumber, oneOf, requirement, shown } from '../errors/index.ts'
import type { Space } from './space/index.ts'
import type { Direction, Reported, Trial, TrialState } from './trial.ts'

// What is said of arguments that several functions take.

export const aDirection = oneOf<Direction>(['maximize', 'minimize'])

export const aSpace = requirement<Space>('parameters by name, e.g. { rate: uniform(0, 1) }', isRecord)

const states: readonly TrialState[] = ['waiting', 'running', 'complete', 'pruned', 'diverged', 'failed']

const isReported = (value: unknown): value is Reported =>
  isRecord(value) && typeof value.step === 'number' && typeof value.value === 'number'

const isNamed = (value: unknown): boolean => typeof value === 'object' && value !== null

const isNumberOrAbsent = (value: unknown): boolean => value === undefined || typeof value === 'number'

/** Whether it has what every trial has; quick, since tables are long. */
export const isTrial = (value: unknown): value is Trial => {
  if (typeof value !== 'object' || value === null) return false
  const { number, state, params, reported, notes, value: result, began, ended } = value as Trial
  return (
    typeof number === 'number' &&
    states.includes(state) &&
    isNamed(params) &&
    isNamed(notes) &&
    Array.isArray(reported) &&
    isNumberOrAbsent(result) &&
    isNumberOrAbsent(began) &&
    isNumberOrAbsent(ended)
  )
}

/** Throws an ArgumentError for what is no list of trials. */
export const checkTrials = (where: string, trials: readonly Trial[]): void => {
  const isList = Array.isArray(trials)
  const odd = isList ? trials.findIndex((trial) => !isTrial(trial)) : -1
  if (isList && odd < 0) return
  const got = isList ? `${shown(trials[odd])} at place ${odd}` : shown(trials)
  throw new ArgumentError(
    `${where}: trials must be a list of them, e.g. the trials of what runSweep gives, but got ${got}`,
  )
}

interface View {
  readonly number: number
  readonly direction: Direction
  readonly seen: readonly Trial[]
}

/** Throws an ArgumentError for what a sampler or a pruner cannot look at; trials are looked at where they are read. */
const checkView = (where: string, view: View): void => {
  if (!isRecord(view)) throw new ArgumentError(`${where}: view must be a record, but got ${shown(view)}`)
  checkArgument(where, 'number', view.number, naturalNumber)
  checkArgument(where, 'direction', view.direction, aDirection)
  if (!Array.isArray(view.seen)) {
    throw new ArgumentError(`${where}: seen must be a list of trials, but got ${shown(view.seen)}`)
  }
}

export const checkSamplerView = (where: string, view: View & { readonly space: Space }): void => {
  checkView(where, view)
  checkArgument(where, 'space', view.space, aSpace)
}

export const checkPrunerView = (where: string, view: View & { readonly reported: readonly Reported[] }): void => {
  checkView(where, view)
  const last = Array.isArray(view.reported) ? view.reported.at(-1) : undefined
  const before = Array.isArray(view.reported) ? (view.reported.at(-2) ?? last) : undefined
  if (isReported(last) && isReported(before)) return
  throw new ArgumentError(
    `${where}: reported must be a list of what was reported, each { step, value }, but got ${shown(view.reported)}`,
  )
}
