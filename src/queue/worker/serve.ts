import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
import type { Resolved } from '../../errors/index.ts'
import { machineFault, messageOf } from '../../files/index.ts'
import { type Study, SweepError } from '../../sweep/index.ts'
import { PREFIX } from '../wire/address.ts'
import { loadPackages } from '../wire/connect.ts'
import { type ControllerState, differenceOf, parseControllerState, versionOf } from '../wire/controllerState.ts'
import { parseJobSpec } from '../wire/jobSpec.ts'
import { keysOf } from '../wire/keys.ts'
import { send } from '../wire/messages.ts'
import { platform } from '../wire/platform.ts'
import { subscriber } from '../wire/publishedTrials.ts'
import { runJob } from './runJob.ts'
import { sessionPools } from './sessionPool.ts'
import { createTermination } from './termination.ts'
import type { WorkResult, workOptions } from './workOptions.ts'

const LOOK = 1000 // milliseconds between looks at what the controller says
const CLOSE_TIMEOUT = 5000 // milliseconds for the last commands
const PUT_BACK = 10 // seconds in which a controller has put back what the server has lost

/** Removes what nobody will read: the answers where there is no controller's word. */
const CLEAR = `if redis.call('EXISTS', KEYS[1]) == 0 then return redis.call('DEL', KEYS[2]) end return 0`

export const asSweepError = (reason: unknown): SweepError =>
  reason instanceof SweepError ? reason : new SweepError(`workOnQueue: ${machineFault(reason) ?? messageOf(reason)}`)

/** What a server answers, in contrast to what becomes of a connection. */
const isRefusal = (reason: Error): boolean => reason.name === 'ReplyError'

/**
 * The life of a worker: it waits while there is no controller, works while there is one, and goes when the study is finished.
 *
 * @param client  for commands
 * @param main    BullMQ's
 */
export const serve = async (
  study: Study,
  options: Resolved<typeof workOptions>,
  client: Redis,
  main: Redis,
): Promise<WorkResult> => {
  const { name, module, workers, heartbeatTimeout, leaseDuration, signal, see } = options
  const { Worker, WaitingError } = await loadPackages('workOnQueue')
  const keys = keysOf(name)
  const me = `${hostname()} (process ${process.pid})`
  const data = await study.data()
  const version = versionOf(study, module, data)
  const mine = platform()
  const own = join(tmpdir(), `cachegrad-queue-${randomUUID()}`)
  const root = options.folder === undefined ? own : resolve(options.folder)
  const context = { me, client, answers: keys.answers, root, see }
  const termination = createTermination()
  const isOver = (): boolean => termination.reason() !== undefined
  let done = 0
  let hasWorked = false
  // Looks in a row that found no word of a controller: unlike a clock they stand still while this process does.
  let empty = 0

  const notify = (message: string): Promise<void> =>
    send(client, keys.answers, { _tag: 'Told', message: `${me} ${message}` })
  const warn = (message: string): void => see({ _tag: 'Warned', message: `workOnQueue: ${message}` })

  /** What the controller says; undefined where there is none, or the server has forgotten it: then the controller says it again. */
  const look = async (): Promise<ControllerState | undefined> => {
    const state = parseControllerState(await client.get(keys.state))
    empty = state === undefined ? empty + 1 : 0
    if (hasWorked && LOOK * empty > 1000 * Math.max(leaseDuration, PUT_BACK)) termination.request('gone')
    const difference = state === undefined || state.status === 'finished' ? undefined : differenceOf(version, state)
    if (difference === undefined) return state
    await notify(`cannot work: ${difference}`)
    termination.request(new SweepError(`workOnQueue: study '${name}': ${difference}`))
    return undefined
  }
  /** The same after a while; undefined at the end, also where the server is away. */
  const next = async (): Promise<ControllerState | undefined> => {
    await Promise.race([pause(LOOK, undefined, { ref: false }), termination.requested])
    return isOver() ? undefined : Promise.race([look(), termination.requested])
  }
  const announce = async ({ controller, arithmetic: theirs }: ControllerState): Promise<void> => {
    await send(client, keys.answers, { _tag: 'Joined', name: me, workers, controller })
    if (mine === theirs) return
    const text = `computes with ${mine}, the controller with ${theirs}: results may differ in their last bits; CACHEGRAD_BACKEND=wasm-strict gives the same ones everywhere`
    await notify(text)
    warn(`this machine ${text}`)
  }

  /** Works for a controller as long as it runs; returns what it said last. */
  const work = async (first: ControllerState): Promise<ControllerState> => {
    let state = first
    let announcedTo = ''
    const pools = sessionPools({
      study,
      module,
      workers,
      heartbeatTimeout,
      data,
      subscribe: () => subscriber(client, keys.seen),
    })
    const isWanted = (): boolean => state.status === 'running'
    const isFinished = (): boolean => state.status === 'finished'

    const processJob = async (job: Job, token?: string): Promise<void> => {
      const spec = parseJobSpec(job.data)
      if (spec === undefined) throw new Error('this job is no spec of a trial')
      if (spec.session !== state.session) state = (await look()) ?? state
      // Nobody waits for it any more; or else its controller finds it missing, and asks again.
      if (spec.session !== state.session || !isWanted()) return
      if (spec.code !== version.code || spec.data !== version.data || spec.seed !== study.seed) {
        throw new Error('the code, the data or the seed of this job are not those here')
      }
      try {
        const came = isOver() ? 'Interrupted' : await runJob(spec, pools.for(spec), context, isFinished)
        if (came === 'Ended') done++
        if (came !== 'Interrupted' || !isWanted()) return
      } catch (reason) {
        const fault = asSweepError(reason)
        termination.request(fault)
        await notify(`stopped: ${fault.message.replace(/^workOnQueue: /, '')}`)
      }
      await job.moveToWait(token)
      throw new WaitingError()
    }
    const jobs = new Set<Promise<void>>()
    const noted = async (job: Job, token?: string): Promise<void> => {
      const one = processJob(job, token)
      jobs.add(one)
      await one.finally(() => jobs.delete(one))
    }
    const worker = new Worker(name, noted, {
      connection: main,
      prefix: PREFIX,
      concurrency: workers,
      lockDuration: 1000 * leaseDuration,
      stalledInterval: 1000 * leaseDuration,
      // A job that stalled has failed: the controller begins the next attempt, with another token.
      maxStalledCount: 0,
    })
    worker.on('error', (reason) => {
      if (isRefusal(reason)) warn(messageOf(reason))
    })
    void termination.requested.then(pools.close)
    while (!isOver() && isWanted()) {
      if (state.controller !== announcedTo) await Promise.race([announce(state), termination.requested])
      announcedTo = state.controller
      state = (await next()) ?? state
    }
    // Where the server is away, its jobs cannot be given back.
    const deadline = termination.requested.then(() => pause(CLOSE_TIMEOUT, undefined, { ref: false }))
    const back = async (): Promise<boolean> => {
      await pools.close()
      await Promise.allSettled(jobs)
      return true
    }
    const isBack = (await Promise.race([back(), deadline])) ?? false
    const leave = async (): Promise<void> => {
      await worker.close(!isBack)
      // Otherwise nobody listens.
      if (isWanted() && termination.reason() !== 'gone')
        await send(client, keys.answers, { _tag: 'Left', name: me, workers, controller: state.controller })
    }
    await Promise.race([leave().catch(() => {}), deadline])
    return state
  }

  const interrupt = (): void => termination.request('interrupted')
  signal?.addEventListener('abort', interrupt)
  if (signal?.aborted) interrupt()
  try {
    see({ _tag: 'Waiting' })
    let state = isOver() ? undefined : await Promise.race([look(), termination.requested])
    while (!isOver()) {
      if (state?.status === 'running') {
        hasWorked = true
        state = await work(state)
      }
      // One that came too late waits for the next study of this name.
      if (state?.status === 'finished' && hasWorked) termination.request('finished')
      else state = await next()
    }
    if (termination.reason() === 'gone') {
      warn(`study '${name}' is not on the server any more: it has ended, or the server has lost it; this worker ends`)
      await client.eval(CLEAR, 2, keys.state, keys.answers)
    }
  } finally {
    signal?.removeEventListener('abort', interrupt)
    rmSync(own, { recursive: true, force: true })
  }
  const why = termination.reason()
  if (why instanceof SweepError) throw why
  return { done, status: why ?? 'interrupted' }
}
