import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { availableParallelism, hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Job, Worker } from 'bullmq'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Redis } from 'ioredis'
import { messageOf } from '../files/index.ts'
import { type Study, SweepError } from '../sweep/index.ts'
import { checkOptions } from '../tensor/index.ts'
import { PREFIX } from './address.ts'
import type { Answer } from './answers.ts'
import { trialFolder } from './attemptFolder.ts'
import { billOf, differenceOf, type Version, versionOf } from './bill.ts'
import { connect, loadPackages } from './connect.ts'
import { keysOf } from './keys.ts'
import { say } from './mailbox.ts'
import { type Plan, planOf } from './plan.ts'
import { subscriber } from './seen.ts'
import { shifts } from './shift.ts'
import { requirements, type WorkOptions, type WorkResult } from './workOptions.ts'

const LOOK = 1000 // milliseconds between looks at what the controller says
const FAREWELL = 5000 // milliseconds for the last commands

const asSweepError = (reason: unknown): SweepError =>
  reason instanceof SweepError ? reason : new SweepError(`workOnQueue: ${messageOf(reason)}`)

/** The life of a worker, with a connection. */
const serve = async (study: Study, options: WorkOptions, client: Redis, main: Redis): Promise<WorkResult> => {
  const { name, module, workers = availableParallelism(), silence = 30, signal, see = () => {} } = options
  const { Worker, WaitingError } = await loadPackages('workOnQueue')
  const keys = keysOf(name)
  const me = `${hostname()} (process ${process.pid})`
  const data = await study.data()
  const version: Version = versionOf(study, module, data)
  const own = join(tmpdir(), `cachegrad-queue-${randomUUID()}`)
  const root = options.folder === undefined ? own : resolve(options.folder)
  const shift = shifts({ study, module, workers, data, subscribe: () => subscriber(client, keys.seen) })

  let done = 0
  let end: WorkResult['status'] | undefined
  let fault: SweepError | undefined
  let wake = (): void => {}
  const stop = (status: WorkResult['status'] | SweepError): void => {
    if (status instanceof SweepError) fault ??= status
    end ??= status instanceof SweepError ? 'interrupted' : status
    wake()
    void shift.end()
  }
  const interrupt = (): void => stop('interrupted')
  const tell = (answer: Answer): Promise<void> => say(client, keys.answers, answer)
  /** A result must arrive: while the server refuses it, e.g. since its memory is full, it is said again. */
  const insist = async (answer: Answer): Promise<void> => {
    for (;;) {
      try {
        return await tell(answer)
      } catch (reason) {
        see({ _tag: 'Warned', message: `workOnQueue: ${messageOf(reason)}; it is tried again` })
        await pause(LOOK)
      }
    }
  }
  const refuse = async (difference: string): Promise<void> => {
    await tell({ _tag: 'Told', message: `${me} cannot work: ${difference}` })
    stop(new SweepError(`workOnQueue: study '${name}': ${difference}`))
  }

  const obey = async (plan: Plan): Promise<boolean> => {
    const { session, number, params, attempt, token } = plan
    const present = shift.for(plan)
    const seen = await present.seenBy(plan.sees)
    const folder = trialFolder(root, number, attempt)
    const of = { session, number, token }
    const hush = (): void => {}
    const listener = {
      reported: (step: number, value: number) => void tell({ _tag: 'Reported', ...of, step, value }).catch(hush),
      noted: (name: string, value: Extract<Answer, { _tag: 'Noted' }>['value']) =>
        void tell({ _tag: 'Noted', ...of, name, value }).catch(hush),
      alive: hush,
    }
    see({ _tag: 'Begun', number, attempt })
    const crew = await present.crew
    if (end !== undefined || seen.length < plan.sees) return false
    const verdict = await crew.run({ number, params, attempt, folder: folder.path }, seen, listener)
    if (verdict._tag === 'Interrupted') return false
    if (verdict._tag === 'Lost') {
      await insist({ _tag: 'Lost', ...of, reason: verdict.reason, worker: me })
      return true
    }
    const { outcome } = verdict
    await insist({ _tag: 'Ended', ...of, outcome, worker: me })
    folder.remove()
    done++
    see({ _tag: 'Ended', number, state: outcome.state, value: outcome.value })
    return true
  }
  const processJob = async (job: Job, token?: string): Promise<void> => {
    const plan = planOf(job.data)
    if (plan === undefined) throw new Error('this job is no plan of a trial')
    const isMine = plan.code === version.code && plan.data === version.data && plan.seed === study.seed
    // The next look at the controller's bill says why.
    if (!isMine) await pause(LOOK)
    try {
      if (isMine && end === undefined && (await obey(plan))) return
    } catch (reason) {
      stop(asSweepError(reason))
    }
    await job.moveToWait(token)
    throw new WaitingError()
  }

  /** Waits for a controller, or until the work ends. */
  const look = async (): Promise<boolean> => {
    const bill = billOf(await client.get(keys.bill))
    if (bill === undefined) return false
    const difference = differenceOf(version, bill)
    if (difference !== undefined && !bill.isFinished) await refuse(difference)
    return !bill.isFinished
  }
  const nap = (): Promise<void> =>
    new Promise((resume) => {
      const timer = setTimeout(resume, LOOK)
      wake = () => {
        clearTimeout(timer)
        resume()
      }
    })
  signal?.addEventListener('abort', interrupt)
  if (signal?.aborted) interrupt()
  let worker: Worker | undefined
  try {
    see({ _tag: 'Waiting' })
    while (end === undefined && !(await look())) await nap()
    if (end === undefined) {
      worker = new Worker(name, processJob, {
        connection: main,
        prefix: PREFIX,
        concurrency: workers,
        lockDuration: 1000 * silence,
        stalledInterval: 1000 * silence,
        // A job that stalled has failed: the controller begins the next attempt, with another token.
        maxStalledCount: 0,
      })
      worker.on('error', () => {})
      await tell({ _tag: 'Joined', name: me, workers })
    }
    while (end === undefined) {
      await nap()
      // Without a bill the server has forgotten it, or is new: the controller writes it again.
      const bill = end === undefined ? billOf(await client.get(keys.bill)) : undefined
      if (bill?.isFinished) stop('finished')
      else if (bill !== undefined) await look()
    }
  } finally {
    signal?.removeEventListener('abort', interrupt)
    await shift.end()
    const leave = async (): Promise<void> => {
      await worker?.close()
      if (worker !== undefined && end === 'interrupted') await tell({ _tag: 'Left', name: me, workers })
    }
    await Promise.race([leave().catch(() => {}), pause(FAREWELL)])
    rmSync(own, { recursive: true, force: true })
  }
  if (fault !== undefined) throw fault
  return { done, status: end ?? 'interrupted' }
}

const work = async (study: Study, options: WorkOptions): Promise<WorkResult> => {
  const client = await connect('workOnQueue', options)
  const main = client.duplicate()
  main.on('error', () => {})
  try {
    return await serve(study, options, client, main)
  } finally {
    client.disconnect()
    main.disconnect()
  }
}

/**
 * Runs trials of a study for a controller elsewhere, until the study is finished
 *
 * A worker runs the objective of its own module only, and refuses to work when its code or data are not the controller's.
 *
 * @param study    as the module exports it
 * @param options  see `WorkOptions`
 * @returns        how many trials it ended; left(SweepError): a wrong option, no such server, a wrong password, a server that is too
 *                 old, other code or other data than the controller's
 * @example        const study = orThrow(sweep({ space: { x: logUniform(1e-3, 1) }, objective: () => 1, direction: 'minimize', sampler: random(), trials: 9 }))
 *                 workOnQueue(study, { url: 'redis://localhost:6379', name: 'study', module: 'file:///study.ts' })()   // Promise of right({ done: 9, status: 'finished' })
 */
export const workOnQueue = (study: Study, options: WorkOptions): TE.TaskEither<SweepError, WorkResult> =>
  pipe(
    TE.fromEither(
      pipe(
        checkOptions('workOnQueue', options, requirements),
        E.mapLeft(({ message }) => new SweepError(message)),
      ),
    ),
    TE.chain((known) => TE.tryCatch(() => work(study, known), asSweepError)),
  )
