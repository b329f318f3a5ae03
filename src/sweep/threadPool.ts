import * as E from 'fp-ts/lib/Either.js'
import { checkOptions, isFunction, positive, positiveInteger, type Requirement } from '../tensor/index.ts'
import type { WorkerPool } from './engine/workerPool.ts'
import { SweepError } from './errors.ts'
import type { Study } from './sweep.ts'
import { startThreads } from './threads/pool.ts'
import { tsxFor } from './threads/program.ts'

export interface ThreadPoolOptions {
  /** URL of the module whose default export is the study, which the threads import. */
  readonly module: string
  readonly workers: number
  /** Loads what the trials read. */
  readonly data: () => unknown
  /** Seconds without a sign of life after which a thread is ended; 600 unless given. */
  readonly heartbeatTimeout?: number | undefined
}

export const aModule: Requirement = {
  expected: 'the URL of a module, e.g. import.meta.url',
  holds: (value) => typeof value === 'string' && URL.canParse(value),
}

const requirements: { readonly [K in keyof ThreadPoolOptions]-?: Requirement } = {
  module: aModule,
  workers: positiveInteger,
  data: isFunction,
  heartbeatTimeout: positive,
}

/** Why there can be no pool; undefined where there can. */
const faultOf = (options: ThreadPoolOptions): string | undefined => {
  const known = checkOptions('threadPool', options, requirements)
  if (E.isLeft(known)) return known.left.message
  const absent = (['module', 'workers', 'data'] as const).find((name) => options[name] === undefined)
  return absent && `threadPool: ${absent} is missing; give ${requirements[absent].expected}`
}

/**
 * Worker threads of this process, ready to run trials
 *
 * @param study    as the module exports it
 * @param options  see `ThreadPoolOptions`
 * @returns        the pool; `close` ends the threads
 * @throws         SweepError, by rejecting: a wrong option, or threads that cannot start
 * @example        const study = orThrow(sweep({ space: { x: uniform(0, 1) }, objective: () => 1, direction: 'minimize', sampler: random(), trials: 9 }))
 *                 const pool = () => threadPool(study, { module: 'file:///study.js', workers: 2, data: () => undefined })
 *                 pool.length   // 0
 */
export const threadPool = async (study: Study, options: ThreadPoolOptions): Promise<WorkerPool> => {
  const fault = faultOf(options)
  if (fault !== undefined) throw new SweepError(fault)
  const { module, workers, data, heartbeatTimeout = 600 } = options
  const tsx = tsxFor(module)
  if (E.isLeft(tsx)) throw tsx.left
  return startThreads({
    study,
    module,
    tsx: tsx.right,
    data: await data(),
    workers,
    heartbeatTimeout: 1000 * heartbeatTimeout,
  })
}
