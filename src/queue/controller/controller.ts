import { setTimeout as pause } from 'node:timers/promises'
import * as E from 'fp-ts/lib/Either.js'
import type { Redis } from 'ioredis'
import { resolveOptions } from '../../errors/index.ts'
import { messageOf } from '../../files/index.ts'
import { type Job, type OpenPool, type PoolContext, SweepError, type WorkerPool } from '../../sweep/index.ts'
import { addressOptions, PREFIX, type QueueOptions } from '../wire/address.ts'
import { connect, loadPackages } from '../wire/connect.ts'
import { type ControllerState, versionOf } from '../wire/controllerState.ts'
import { fingerprintOf, type JobSpec, tokenOf } from '../wire/jobSpec.ts'
import { keysOf } from '../wire/keys.ts'
import { publisher } from '../wire/publishedTrials.ts'
import { dispatcherOf, type Result } from './dispatcher.ts'
import { inboxOf } from './inbox.ts'
import { jobsOf } from './jobs.ts'
import { acquireLease, type Lease } from './lease.ts'
import { monitorOf } from './monitor.ts'
import { openSession } from './session.ts'

// More than the cores of all workers, so that none of them waits for the controller.
const CAPACITY = 1000
const CLOSE_TIMEOUT = 5000 // milliseconds for the last commands
const FINISHED_TTL = 60 // seconds for which a finished study's workers can learn of it

const asSweepError = (reason: unknown): SweepError =>
  reason instanceof SweepError ? reason : new SweepError(`onQueue: ${messageOf(reason)}`)

/** What a controller works with. */
interface Connections {
  readonly client: Redis
  /** Another connection, for what blocks. */
  readonly reader: Redis
  readonly lease: Lease
}

const startController = async (
  { study, trials, isRecorded, remark, see }: PoolContext,
  { name, module }: QueueOptions,
  { client, reader, lease }: Connections,
): Promise<WorkerPool> => {
  const keys = keysOf(name)
  const { Queue } = await loadPackages('onQueue')
  const queue = new Queue(name, { connection: client, prefix: PREFIX })
  // Those of commands reach their callers; those of connections end by themselves.
  queue.on('error', () => {})
  const version = versionOf(study, module, await study.data())
  const { state, specs } = await openSession(client, queue, keys, version, trials)

  const jobs = jobsOf(queue, client)
  const cancel = (spec: JobSpec): void => void jobs.remove(spec).catch(() => {})
  const recordLate = ({ number, token, worker, outcome: { state, value } }: Result): void => {
    try {
      remark(number, `late ${token}`, { state, value: value ?? null, worker })
    } catch (reason) {
      dispatcher.fail(asSweepError(reason))
    }
  }
  const dispatcher = dispatcherOf({
    session: state.session,
    controller: state.controller,
    isRecorded,
    see,
    recordLate,
    cancel,
  })
  const seenByPruners = publisher(client, keys.seen)
  const monitor = monitorOf({
    ...{ inbox: inboxOf(client, reader, keys.answers), dispatcher, jobs, isRecorded },
    repair: async () => {
      await seenByPruners.repair()
      await client.set(keys.state, JSON.stringify(state))
    },
    warn: (message) => see({ _tag: 'Warned', message }),
  })
  await monitor.catchUp()
  void lease.lost.then(dispatcher.fail)
  const monitored = monitor.run()

  const specFor = ({ number, params, attempt }: Job, sees: number): JobSpec => {
    const { session, code, data } = state
    const spec = { session, number, params, seed: study.seed, attempt, sees, code, data }
    return { ...spec, token: tokenOf(spec) }
  }
  /** What an earlier controller has asked for, if it is the same; once. */
  const specBefore = (spec: JobSpec): JobSpec | undefined => {
    const before = specs.get(spec.number)
    specs.delete(spec.number)
    return before !== undefined && fingerprintOf(before) === fingerprintOf(spec) ? before : undefined
  }
  let isInterrupted = false
  const run: WorkerPool['run'] = (job, seen, listener) => {
    const fresh = specFor(job, seen.length)
    const before = specBefore(fresh)
    const spec = before ?? fresh
    const send = async (): Promise<void> => {
      await seenByPruners.publish(seen)
      if (before === undefined) await jobs.add(spec)
      else jobs.adopt(spec)
    }
    const jobResult = dispatcher.dispatch(spec, listener)
    if (dispatcher.isPending(spec)) send().catch((reason: unknown) => dispatcher.fail(asSweepError(reason)))
    return jobResult
  }
  const withStatus = (status: ControllerState['status']): string =>
    JSON.stringify({ ...state, status } satisfies ControllerState)
  /** Workers drop what they do; what they have said waits for the next controller. */
  const halt = async (): Promise<void> => {
    await client.set(keys.state, withStatus('stopped'))
    await queue.drain()
  }
  const finish = async (): Promise<void> => {
    await queue.obliterate({ force: true })
    await client.del(keys.seen, keys.answers)
    await client.set(keys.state, withStatus('finished'), 'EX', FINISHED_TTL)
  }
  /** @returns  whether the server knows of it */
  const end = async (): Promise<boolean> => {
    await monitored
    if (lease.isLost()) return true
    await (isInterrupted ? halt() : finish())
    await lease.release()
    return true
  }
  return {
    capacity: CAPACITY,
    run,
    interrupt: () => {
      isInterrupted = true
      dispatcher.interrupt()
    },
    close: async () => {
      monitor.stop()
      const isTold = await Promise.race([end().catch(() => false), pause(CLOSE_TIMEOUT, false, { ref: false })])
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
 * Has the trials run by workers elsewhere: for the option `pool` of `runSweep`
 *
 * Each attempt is a job of BullMQ; the first result of a trial counts, a later one is recorded and ignored. A controller that was
 * killed goes on with what is in the queue, when it is started again with the same journal and name; from one that is interrupted
 * the trials wait again, and the workers wait with them.
 *
 * @param options  see `QueueOptions`
 * @returns        what opens its worker pool
 * @throws         SweepError when it is asked to, by rejecting: no such server, a wrong password, a server that is too old, another controller
 * @example        const pool = onQueue({ url: 'redis://localhost:6379', name: 'study', module: 'file:///study.ts' })
 *                 pool.length   // 1
 */
export const onQueue =
  (options: QueueOptions): OpenPool =>
  async (context) => {
    const checked = resolveOptions('onQueue', options, addressOptions)
    if (E.isLeft(checked)) throw new SweepError(checked.left.message)
    const client = await connect('onQueue', options)
    const reader = client.duplicate()
    reader.on('error', () => {})
    let lease: Lease | undefined
    try {
      await reader.connect()
      lease = await acquireLease(client, keysOf(options.name).holder, options.name)
      return await startController(context, options, { client, reader, lease })
    } catch (reason) {
      await lease?.release().catch(() => {})
      client.disconnect()
      reader.disconnect()
      throw asSweepError(reason)
    }
  }
