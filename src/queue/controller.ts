import { setTimeout as pause } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Redis } from 'ioredis'
import { messageOf } from '../files/index.ts'
import { type Crew, type Hire, type Hiring, type Job, SweepError } from '../sweep/index.ts'
import { checkOptions } from '../tensor/index.ts'
import { type Address, addressRequirements, PREFIX } from './address.ts'
import { type Bill, versionOf } from './bill.ts'
import { connect, loadPackages } from './connect.ts'
import { desk, type Result } from './desk.ts'
import { type Hold, hold } from './hold.ts'
import { jobsOf } from './jobs.ts'
import { keysOf } from './keys.ts'
import { mailbox } from './mailbox.ts'
import { fingerprintOf, type Plan, tokenOf } from './plan.ts'
import { publisher } from './seen.ts'
import { openSession } from './session.ts'
import { watch } from './watch.ts'

export type QueueOptions = Address

// More than the cores of all workers, so that none of them waits for the controller.
const PLACES = 1000
const FAREWELL = 5000 // milliseconds for the last commands
const MEMORY = 60 // seconds for which a finished study's workers can learn of it

const asSweepError = (reason: unknown): SweepError =>
  reason instanceof SweepError ? reason : new SweepError(`onQueue: ${messageOf(reason)}`)

/** What a controller has in its hands. */
interface Means {
  readonly client: Redis
  /** Another connection, for what blocks. */
  readonly reader: Redis
  readonly held: Hold
}

const govern = async (
  { study, trials, isRecorded, remark, see }: Hiring,
  { name, module }: QueueOptions,
  { client, reader, held }: Means,
): Promise<Crew> => {
  const keys = keysOf(name)
  const { Queue } = await loadPackages('onQueue')
  const queue = new Queue(name, { connection: client, prefix: PREFIX })
  // Those of commands reach their callers; those of connections end by themselves.
  queue.on('error', () => {})
  const version = versionOf(study, module, await study.data())
  const { bill, plans } = await openSession(client, queue, keys, version, trials)

  const jobs = jobsOf(queue, client)
  const spare = (plan: Plan): void => void jobs.remove(plan).catch(() => {})
  const keep = ({ number, token, worker, outcome: { state, value } }: Result): void => {
    try {
      remark(number, `late ${token}`, { state, value: value ?? null, worker })
    } catch (reason) {
      asked.fail(asSweepError(reason))
    }
  }
  const asked = desk({ session: bill.session, isRecorded, see, keep, spare })
  const seenByPruners = publisher(client, keys.seen)
  const watching = watch({
    ...{ box: mailbox(client, reader, keys.answers), desk: asked, jobs, isRecorded },
    repair: async () => {
      await seenByPruners.repair()
      await client.set(keys.bill, JSON.stringify(bill))
    },
    warn: (message) => see({ _tag: 'Warned', message }),
  })
  await watching.catchUp()
  void held.lost.then(asked.fail)
  const watched = watching.run()

  const planFor = ({ number, params, attempt }: Job, sees: number): Plan => {
    const { session, code, data } = bill
    const plan = { session, number, params, seed: study.seed, attempt, sees, code, data }
    return { ...plan, token: tokenOf(plan) }
  }
  /** What an earlier controller has asked for, if it is the same; once. */
  const askedBefore = (plan: Plan): Plan | undefined => {
    const before = plans.get(plan.number)
    plans.delete(plan.number)
    return before !== undefined && fingerprintOf(before) === fingerprintOf(plan) ? before : undefined
  }
  let isInterrupted = false
  const run: Crew['run'] = (job, seen, listener) => {
    const fresh = planFor(job, seen.length)
    const before = askedBefore(fresh)
    const plan = before ?? fresh
    const send = async (): Promise<void> => {
      await seenByPruners.publish(seen)
      if (before === undefined) await jobs.add(plan)
      else jobs.adopt(plan)
    }
    const verdict = asked.ask(plan, listener)
    if (asked.isOpen(plan)) send().catch((reason: unknown) => asked.fail(asSweepError(reason)))
    return verdict
  }
  const post = (status: Bill['status']): string => JSON.stringify({ ...bill, status } satisfies Bill)
  /** Workers drop what they do; what they have said waits for the next controller. */
  const halt = async (): Promise<void> => {
    await client.set(keys.bill, post('stopped'))
    await queue.drain()
  }
  const finish = async (): Promise<void> => {
    await queue.obliterate({ force: true })
    await client.del(keys.seen, keys.answers)
    await client.set(keys.bill, post('finished'), 'EX', MEMORY)
  }
  /** @returns  whether the server knows of it */
  const end = async (): Promise<boolean> => {
    await watched
    if (held.isLost()) return true
    await (isInterrupted ? halt() : finish())
    await held.release()
    return true
  }
  return {
    places: PLACES,
    run,
    interrupt: () => {
      isInterrupted = true
      asked.interrupt()
    },
    close: async () => {
      watching.stop()
      const isTold = await Promise.race([end().catch(() => false), pause(FAREWELL, false, { ref: false })])
      if (!isTold) {
        const message = 'onQueue: the server could not be told of the end; stop the workers, or they go on waiting'
        see({ _tag: 'Warned', message })
      }
      client.disconnect()
      reader.disconnect()
      await queue.close().catch(() => {})
    },
  }
}

/**
 * Has the trials run by workers elsewhere: for the option `crew` of `runSweep`
 *
 * Each attempt is a job of BullMQ; the first result of a trial counts, a later one is recorded and ignored. A controller that was
 * killed goes on with what is in the queue, when it is started again with the same journal and name; from one that is interrupted
 * the trials wait again, and the workers wait with them.
 *
 * @param options  see `QueueOptions`
 * @returns        who hires its crew
 * @throws         SweepError when it is asked to, by rejecting: no such server, a wrong password, a server that is too old, another controller
 * @example        const crew = onQueue({ url: 'redis://localhost:6379', name: 'study', module: 'file:///study.ts' })
 *                 crew.length   // 1
 */
export const onQueue =
  (options: QueueOptions): Hire =>
  async (hiring) => {
    const checked = checkOptions('onQueue', options, addressRequirements)
    if (E.isLeft(checked)) throw new SweepError(checked.left.message)
    const client = await connect('onQueue', options)
    const reader = client.duplicate()
    reader.on('error', () => {})
    let held: Hold | undefined
    try {
      await reader.connect()
      held = await hold(client, keysOf(options.name).holder, options.name)
      return await govern(hiring, options, { client, reader, held })
    } catch (reason) {
      await held?.release().catch(() => {})
      client.disconnect()
      reader.disconnect()
      throw asSweepError(reason)
    }
  }
