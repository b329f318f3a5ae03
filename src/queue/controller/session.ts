import { randomUUID } from 'node:crypto'
import type { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { isFinal, type Trial } from '../../sweep/index.ts'
import { type ControllerState, differenceOf, parseControllerState, type Version } from '../wire/controllerState.ts'
import { type JobSpec, parseJobSpec } from '../wire/jobSpec.ts'
import type { Keys } from '../wire/keys.ts'
import { platform } from '../wire/platform.ts'
import { agrees } from '../wire/publishedTrials.ts'

const EVENTS = 1000 // of BullMQ's own, which nobody reads: what is kept of them

/** What a controller begins with. */
export interface Session {
  readonly state: ControllerState
  /** By number: what an earlier controller has asked for, and nobody has answered yet. */
  readonly specs: Map<number, JobSpec>
}

const remove = async (job: Job): Promise<void> => {
  // One that a worker has just taken stays; its result will be ignored.
  await job.remove().catch(() => {})
}

/** What lies in the queue from before, without what is of no use. */
const specsIn = async (queue: Queue, session: string, trials: readonly Trial[]): Promise<Map<number, JobSpec>> => {
  const final = new Set(trials.filter(isFinal).map(({ number }) => number))
  const failed = await queue.getFailed()
  await Promise.all(failed.map(remove))
  const specs = new Map<number, JobSpec>()
  for (const job of await queue.getJobs(['waiting', 'active'])) {
    // One that has just ended is no more.
    const spec = job === undefined ? undefined : parseJobSpec(job.data)
    if (spec?.session === session && !final.has(spec.number)) specs.set(spec.number, spec)
    else if (job !== undefined) await remove(job)
  }
  return specs
}

/**
 * Goes on with what an earlier controller has left, if it is of the same code, data and study, and if what its workers' pruners have
 * seen is what the journal has; else begins anew.
 */
export const openSession = async (
  client: Redis,
  queue: Queue,
  keys: Keys,
  version: Version,
  trials: readonly Trial[],
): Promise<Session> => {
  const before = parseControllerState(await client.get(keys.state))
  const isSame =
    before !== undefined &&
    before.status !== 'finished' &&
    differenceOf(before, version) === undefined &&
    agrees(await client.hgetall(keys.seen), trials)
  if (!isSame) {
    await queue.obliterate({ force: true })
    await client.del(keys.seen, keys.answers)
  }
  await client.hset(queue.toKey('meta'), 'opts.maxLenEvents', EVENTS)
  const state: ControllerState = {
    ...version,
    session: isSame ? before.session : randomUUID(),
    controller: randomUUID(),
    status: 'running',
    arithmetic: platform(),
  }
  await client.set(keys.state, JSON.stringify(state))
  return { state, specs: await specsIn(queue, state.session, trials) }
}
