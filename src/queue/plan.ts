import { createHash } from 'node:crypto'
import type { Params } from '../sweep/index.ts'

/** A job: all that a worker needs to know of a trial, and no data. */
export interface Plan {
  readonly session: string
  readonly number: number
  readonly params: Params
  /** The study's; with `number` it gives the trial's seeds. */
  readonly seed: number
  /** Counts from 1. */
  readonly attempt: number
  /** The fencing token: of this attempt only. */
  readonly token: string
  /** How many final trials the pruner looks at. */
  readonly sees: number
  readonly code: string
  readonly data: string
}

/** The same for all attempts of a trial; another one where its parameters or the session differ. */
export const fingerprintOf = ({ session, number, params }: Pick<Plan, 'session' | 'number' | 'params'>): string =>
  createHash('sha256')
    .update(JSON.stringify([session, number, params]))
    .digest('hex')
    .slice(0, 16)

/** Also the id of the job, so that a plan is there once. */
export const tokenOf = (plan: Pick<Plan, 'session' | 'number' | 'params' | 'attempt'>): string =>
  `trial-${plan.number}-${plan.attempt}-${fingerprintOf(plan)}`

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isValue = (value: unknown): boolean => value === null || ['number', 'string', 'boolean'].includes(typeof value)

/** What came over the network, if it is a plan. */
export const planOf = (value: unknown): Plan | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  const plan = value as Plan
  const areCounts = [plan.number, plan.seed, plan.attempt, plan.sees].every(isCount)
  const areTexts = [plan.session, plan.token, plan.code, plan.data].every((text) => typeof text === 'string')
  const hasParams = typeof plan.params === 'object' && plan.params !== null && Object.values(plan.params).every(isValue)
  return areCounts && areTexts && hasParams && plan.token === tokenOf(plan) ? plan : undefined
}
