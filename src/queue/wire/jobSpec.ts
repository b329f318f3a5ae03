import { createHash } from 'node:crypto'
import type { Params } from '../../sweep/index.ts'

/** A job: all that a worker needs to know of a trial, and no data. */
export interface JobSpec {
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
export const fingerprintOf = ({ session, number, params }: Pick<JobSpec, 'session' | 'number' | 'params'>): string =>
  createHash('sha256')
    .update(JSON.stringify([session, number, params]))
    .digest('hex')
    .slice(0, 16)

/** Also the id of the job, so that a spec is there once. */
export const tokenOf = (spec: Pick<JobSpec, 'session' | 'number' | 'params' | 'attempt'>): string =>
  `trial-${spec.number}-${spec.attempt}-${fingerprintOf(spec)}`

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isValue = (value: unknown): boolean => value === null || ['number', 'string', 'boolean'].includes(typeof value)

/** What came over the network, if it is a spec. */
export const parseJobSpec = (value: unknown): JobSpec | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  const spec = value as JobSpec
  const areCounts = [spec.number, spec.seed, spec.attempt, spec.sees].every(isCount)
  const areTexts = [spec.session, spec.token, spec.code, spec.data].every((text) => typeof text === 'string')
  const hasParams = typeof spec.params === 'object' && spec.params !== null && Object.values(spec.params).every(isValue)
  return areCounts && areTexts && hasParams && spec.token === tokenOf(spec) ? spec : undefined
}
