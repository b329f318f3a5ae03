import type { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { JobSpec } from '../wire/jobSpec.ts'

/** The jobs of a study, one for each attempt. */
export interface Jobs {
  readonly add: (spec: JobSpec) => Promise<void>
  /** The job is there already. */
  readonly adopt: (spec: JobSpec) => void
  /** Does what can be done: a job that is being worked at stays. */
  readonly remove: (spec: JobSpec) => Promise<void>
  /** Takes away the jobs whose workers died, and returns their ids. */
  readonly takeFailed: () => Promise<readonly (readonly [token: string, reason: string])[]>
  /** Which of these were added, and are no more. */
  readonly missing: (specs: readonly JobSpec[]) => Promise<readonly JobSpec[]>
}

export const jobsOf = (queue: Queue, client: Redis): Jobs => {
  const added = new Set<string>()
  return {
    add: async (spec) => {
      // What comes again, others wait for.
      await queue.add('trial', spec, { jobId: spec.token, removeOnComplete: true, lifo: spec.attempt > 1 })
      added.add(spec.token)
    },
    adopt: ({ token }) => void added.add(token),
    remove: async ({ token }) => {
      await queue.remove(token)
    },
    takeFailed: async () => {
      const failed = (await queue.getFailed()).filter((job) => job !== undefined)
      await Promise.all(failed.map((job) => job.remove()))
      return failed.map(({ id = '', failedReason }) => [id, failedReason] as const)
    },
    missing: async (specs) => {
      const known = specs.filter(({ token }) => added.has(token))
      const open = new Set(known.map(({ token }) => token))
      for (const token of added) if (!open.has(token)) added.delete(token)
      const pipeline = client.pipeline()
      for (const { token } of known) pipeline.exists(queue.toKey(token))
      const found = (await pipeline.exec()) ?? []
      return known.filter((_, i) => found[i]?.[1] === 0)
    },
  }
}
