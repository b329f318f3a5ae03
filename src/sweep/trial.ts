import { ArgumentError, isRecord, shown } from '../errors/index.ts'

/** A value that a parameter takes. */
export type ParamValue = number | string | boolean | null

/** A trial's parameters by name; one whose condition does not hold is absent. */
export type Params = Readonly<Record<string, ParamValue>>

/**
 * 'waiting' and 'running' trials have no result yet. A 'diverged' one gave NaN or an infinity, a 'failed' one threw, hung or died
 * too often.
 */
export type TrialState = 'waiting' | 'running' | 'complete' | 'pruned' | 'diverged' | 'failed'

/** What an objective reported on its way, e.g. after an epoch. */
export interface Reported {
  /** E.g. the epoch. */
  readonly step: number
  /** What the objective would have returned there. */
  readonly value: number
}

/** One line of a study's table. */
export interface Trial {
  /** Counts from 0. */
  readonly number: number
  /** What has become of it. */
  readonly state: TrialState
  /** By name. */
  readonly params: Params
  /** Of a complete trial: the mean over its repeats. Of a pruned one: what it last reported. */
  readonly value: number | undefined
  /** In the order of their steps. */
  readonly reported: readonly Reported[]
  /** What else the objective noted, and `repeats`, `std` where there are several. */
  readonly notes: Readonly<Record<string, unknown>>
  /** Why it was pruned, diverged or failed. */
  readonly reason: string | undefined
  /** How often it was begun. */
  readonly attempts: number
  /** Milliseconds since 1970; absent before it began. */
  readonly began: number | undefined
  /** Milliseconds since 1970; absent before it ended. */
  readonly ended: number | undefined
}

/** Whether a study looks for the largest or the smallest value. */
export type Direction = 'maximize' | 'minimize'

const finals: ReadonlySet<TrialState> = new Set<TrialState>(['complete', 'pruned', 'diverged', 'failed'])

/**
 * Whether a trial has its one final result.
 *
 * @example isFinal({ state: 'running' } as Trial)   // false
 */
export const isFinal = (trial: Trial): boolean => {
  if (!isRecord(trial)) throw new ArgumentError(`isFinal: trial must be one, but got ${shown(trial)}`)
  return finals.has(trial.state)
}
