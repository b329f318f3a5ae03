import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { availableParallelism, hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { machineFault, messageOf } from '../files/index.ts'
import { type Study, SweepError } from '../sweep/index.ts'
import { PREFIX } from './address.ts'
import { arithmetic } from './arithmetic.ts'
import { type Bill, billOf, differenceOf, versionOf } from './bill.ts'
import { loadPackages } from './connect.ts'
import { ending } from './ending.ts'
import { keysOf } from './keys.ts'
import { say } from './mailbox.ts'
import { obey } from './obey.ts'
import { planOf } from './plan.ts'
import { subscriber } from './seen.ts'
import { shifts } from './shift.ts'
import type { WorkOptions, WorkResult } from './workOptions.ts'

const LOOK = 1000 // milliseconds between looks at what the controller says
const FAREWELL = 5000 // milliseconds for the last commands
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
export const serve = async (study: Study, options: WorkOptions, client: Redis, main: Redis): Promise<WorkResult> => {
  const { name, module, workers = availableParallelism(), silence, absence = 30, signal, see = () => {} } = options
  const { Worker, WaitingError } = await loadPackages('workOnQueue')
  const keys = keysOf(name)
  const me = `${hostname()} (process ${process.pid})`
  const data = await study.data()
  const version = versionOf(study, module, data)
  const mine = arithmetic()
  const own = join(tmpdir(), `cachegrad-queue-${randomUUID()}`)
  const root = options.folder === undefined ? own : resolve(options.folder)
  const post = { me, client, answers: keys.answers, root, see }
  const life = ending()
  const isOver = (): boolean => life.why() !== undefined
  let done = 0
  let hasWorked = false
  // Looks in a row that found no word of a controller: unlike a clock they stand still while this process does.
  let empty = 0

  const tell = (message: string): Promise<void> =>
    say(client, keys.answers, { _tag: 'Told', message: `${me} ${message}` })
  const warn = (message: string): void => see({ _tag: 'Warned', message: `workOnQueue: ${message}` })

  /** What the controller says; undefined where there is none, or the server has forgotten it: then the controller says it again. */
  const look = async (): Promise<Bill | undefined> => {
    const bill = billOf(await client.get(keys.bill))
    empty = bill === undefined ? empty + 1 : 0
    if (hasWorked && LOOK * empty > 1000 * Math.max(absence, PUT_BACK)) life.come('gone')
    const difference = bill === undefined || bill.status === 'finished' ? undefined : differenceOf(version, bill)
    if (difference === undefined) return bill
    await tell(`cannot work: ${difference}`)
    life.come(new SweepError(`workOnQueue: study '${name}': ${difference}`))
    return undefined
  }
  /** The same after a while; undefined at the end, also where the server is away. */
  const next = async (): Promise<Bill | undefined> => {
    await Promise.race([pause(LOOK, undefined, { ref: false }), life.over])
    return isOver() ? undefined : Promise.race([look(), life.over])
  }
  const greet = async ({ arithmetic: theirs }: Bill): Promise<void> => {
    await say(client, keys.answers, { _tag: 'Joined', name: me, workers })
    if (mine === theirs) return
    const text = `computes with ${mine}, the controller with ${theirs}: results may differ in their last bits; CACHEGRAD_BACKEND=wasm-strict gives the same ones everywhere`
    await tell(text)
    warn(`this machine ${text}`)
  }

  /** Works for a controller as long as it runs; returns what it said last. */
  const work = async (first: Bill): Promise<Bill> => {
    let bill = first
    let greeted = ''
    const shift = shifts({ study, module, workers, silence, data, subscribe: () => subscriber(client, keys.seen) })
    const isWanted = (): boolean => bill.status === 'running'
    const isFinished = (): boolean => bill.status === 'finished'

    const processJob = async (job: Job, token?: string): Promise<void> => {
      const plan = planOf(job.data)
      if (plan === undefined) throw new Error('this job is no plan of a trial')
      if (plan.session !== bill.session) bill = (await look()) ?? bill
      // Nobody waits for it any more; or else its controller finds it missing, and asks again.
      if (plan.session !== bill.session || !isWanted()) return
      if (plan.code !== version.code || plan.data !== version.data || plan.seed !== study.seed) {
        throw new Error('the code, the data or the seed of this job are not those here')
      }
      try {
        const came = isOver() ? 'Interrupted' : await obey(plan, shift.for(plan), post, isFinished)
        if (came === 'Ended') done++
        if (came !== 'Interrupted' || !isWanted()) return
      } catch (reason) {
        const fault = asSweepError(reason)
        life.come(fault)
        await tell(`stopped: ${fault.message.replace(/^workOnQueue: /, '')}`)
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
      lockDuration: 1000 * absence,
      stalledInterval: 1000 * absence,
      // A job that stalled has failed: the controller begins the next attempt, with another token.
      maxStalledCount: 0,
    })
    worker.on('error', (reason) => {
      if (isRefusal(reason)) warn(messageOf(reason))
    })
    void life.over.then(shift.end)
    while (!isOver() && isWanted()) {
      if (bill.controller !== greeted) await Promise.race([greet(bill), life.over])
      greeted = bill.controller
      bill = (await next()) ?? bill
    }
    // Where the server is away, its jobs cannot be given back.
    const patience = life.over.then(() => pause(FAREWELL, undefined, { ref: false }))
    const back = async (): Promise<boolean> => {
      await shift.end()
      await Promise.allSettled(jobs)
      return true
    }
    const isBack = (await Promise.race([back(), patience])) ?? false
    const leave = async (): Promise<void> => {
      await worker.close(!isBack)
      // Otherwise nobody listens.
      if (isWanted() && life.why() !== 'gone') await say(client, keys.answers, { _tag: 'Left', name: me, workers })
    }
    await Promise.race([leave().catch(() => {}), patience])
    return bill
  }

  const interrupt = (): void => life.come('interrupted')
  signal?.addEventListener('abort', interrupt)
  if (signal?.aborted) interrupt()
  try {
    see({ _tag: 'Waiting' })
    let bill = isOver() ? undefined : await Promise.race([look(), life.over])
    while (!isOver()) {
      if (bill?.status === 'running') {
        hasWorked = true
        bill = await work(bill)
      }
      // One that came too late waits for the next study of this name.
      if (bill?.status === 'finished' && hasWorked) life.come('finished')
      else bill = await next()
    }
    if (life.why() === 'gone') {
      warn(`study '${name}' is not on the server any more: it has ended, or the server has lost it; this worker ends`)
      await client.eval(CLEAR, 2, keys.bill, keys.answers)
    }
  } finally {
    signal?.removeEventListener('abort', interrupt)
    rmSync(own, { recursive: true, force: true })
  }
  const why = life.why()
  if (why instanceof SweepError) throw why
  return { done, status: why ?? 'interrupted' }
}
