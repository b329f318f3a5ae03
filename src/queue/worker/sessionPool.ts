import { type Study, type Trial, threadPool, type WorkerPool } from '../../sweep/index.ts'
import type { JobSpec } from '../wire/jobSpec.ts'

/** Threads that work for one session of a controller: what they know of other trials is of no use to another. */
export interface SessionPool {
  readonly session: string
  readonly pool: Promise<WorkerPool>
  readonly seenBy: (count: number) => Promise<readonly Trial[]>
  readonly close: () => Promise<void>
}

export interface SessionPoolOptions {
  readonly study: Study
  readonly module: string
  readonly workers: number
  /** Of a thread, in seconds. */
  readonly heartbeatTimeout: number | undefined
  readonly data: unknown
  readonly subscribe: () => (count: number, isStopped: () => boolean) => Promise<readonly Trial[]>
}

const openSessionPool = (
  session: string,
  { study, module, workers, heartbeatTimeout, data, subscribe }: SessionPoolOptions,
): SessionPool => {
  let isClosed = false
  const pool = threadPool(study, { module, workers, heartbeatTimeout, data: () => data })
  // Whoever runs a trial hears of it.
  pool.catch(() => {})
  const upTo = subscribe()
  return {
    session,
    pool,
    seenBy: (count) => upTo(count, () => isClosed),
    close: async () => {
      isClosed = true
      const started = await pool.catch(() => undefined)
      started?.interrupt()
      await started?.close()
    },
  }
}

/** The pool that a spec wants: the present one, or a new one in its place. */
export const sessionPools = (options: SessionPoolOptions) => {
  let present: SessionPool | undefined
  return {
    for: ({ session }: Pick<JobSpec, 'session'>): SessionPool => {
      if (present?.session === session) return present
      void present?.close()
      present = openSessionPool(session, options)
      return present
    },
    close: async (): Promise<void> => present?.close(),
  }
}
