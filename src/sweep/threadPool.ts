import * as E from 'fp-ts/lib/Either.js'
import {
  functionOf,
  type Given,
  positive,
  positiveInteger,
  required,
  requirement,
  resolveOptions,
  withDefault,
} from '../errors/index.ts'
import type { WorkerPool } from './engine/workerPool.ts'
import { SweepError } from './errors.ts'
import { studyFault } from './studyFault.ts'
import type { Study } from './sweep.ts'
import { startThreads } from './threads/pool.ts'
import { tsxFor } from './threads/program.ts'

export const aModule = requirement<string>(
  'the URL of a module, e.g. import.meta.url',
  (value) => typeof value === 'string' && URL.canParse(value),
)

export const threadPoolOptions = {
  /** URL of the module whose default export is the study, which the threads import. */
  module: required(aModule),
  /** How many threads, an integer ≥ 1. */
  workers: required(positiveInteger),
  /** Loads what the trials read. */
  data: required(functionOf<() => unknown>()),
  /** Seconds without a report or a note after which a worker is taken for hung, > 0; 600 unless given. More than the longest epoch. */
  heartbeatTimeout: withDefault(600, positive),
}

/** The options of `threadPool`. @interface */
export type ThreadPoolOptions = Given<typeof threadPoolOptions>

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
  const known = resolveOptions('threadPool', options, threadPoolOptions)
  if (E.isLeft(known)) throw new SweepError(known.left.message)
  const { module, workers, data, heartbeatTimeout } = known.right
  const fault = studyFault(study)
  if (fault !== undefined) throw new SweepError(`threadPool: ${fault}`)
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
