import { randomUUID } from 'node:crypto'
import type { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { isFinal, type Trial } from '../sweep/index.ts'
import { arithmetic } from './arithmetic.ts'
import { type Bill, billOf, differenceOf, type Version } from './bill.ts'
import type { Keys } from './keys.ts'
import { type Plan, planOf } from './plan.ts'
import { agrees } from './seen.ts'

const EVENTS = 1000 // of BullMQ's own, which nobody reads: what is kept of them

/** What a controller begins with. */
export interface Session {
  readonly bill: Bill
  /** By number: what an earlier controller has asked for, and nobody has answered yet. */
  readonly plans: Map<number, Plan>
}

const remove = async (job: Job): Promise<void> => {
  // One that a worker has just taken stays; its result will be ignored.
  await job.remove().catch(() => {})
}

/** What lies in the queue from before, without what is of no use. */
const plansIn = async (queue: Queue, session: string, trials: readonly Trial[]): Promise<Map<number, Plan>> => {
  const final = new Set(trials.filter(isFinal).map(({ number }) => number))
  const failed = await queue.getFailed()
  await Promise.all(failed.map(remove))
  const plans = new Map<number, Plan>()
  for (const job of await queue.getJobs(['waiting', 'active'])) {
    // One that has just ended is no more.
    const plan = job === undefined ? undefined : planOf(job.data)
    if (plan?.session === session && !final.has(plan.number)) plans.set(plan.number, plan)
    else if (job !== undefined) await remove(job)
  }
  return plans
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
  const before = billOf(await client.get(keys.bill))
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
  const bill: Bill = {
    ...version,
    session: isSame ? before.session : randomUUID(),
    controller: randomUUID(),
    status: 'running',
    arithmetic: arithmetic(),
  }
  await client.set(keys.bill, JSON.stringify(bill))
  return { bill, plans: await plansIn(queue, bill.session, trials) }
}
