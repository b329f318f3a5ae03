import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { messageOf } from '../../files/index.ts'
import type { JobResult } from '../engine/attempt.ts'
import type { Listener } from '../engine/reporting.ts'
import { SweepError } from '../errors.ts'
import { type Assignment, failureBy, type Setup, type WorkerFailure, type WorkerMessage } from './messages.ts'
import { program } from './program.ts'

/** One worker thread. */
export interface Thread {
  readonly isAlive: () => boolean
  /** Runs one assignment at a time. */
  readonly run: (assignment: Assignment, listener: Listener) => Promise<JobResult>
  /** Ends it, whatever it does, and waits until it is gone. */
  readonly stop: () => Promise<void>
}

const LOOKS_PER_TIMEOUT = 10

const LONGEST_PAUSE = 60_000 // milliseconds between two looks

const failureOf = (reason: string): WorkerFailure => ({
  _tag: 'Died',
  message: reason,
  jobResult: { _tag: 'Lost', reason },
})

/** A worker with what it is to know; throws a SweepError. */
const workerWith = (setup: Setup): Worker => {
  const transferList = [setup.port]
  // One kernel thread each, since the workers have the cores; and no loaders or options of this process.
  const env = { ...process.env, CACHEGRAD_THREADS: '1' }
  try {
    return new Worker(program, {
      ...{ eval: true, workerData: setup, transferList, execArgv: [], argv: process.argv.slice(2), env },
    })
  } catch (reason) {
    const isData = reason instanceof Error && reason.name === 'DataCloneError'
    const why = isData
      ? 'data cannot be sent to workers; give numbers, texts, arrays and records'
      : 'a worker thread cannot start'
    throw new SweepError(`${why}: ${messageOf(reason)}`, { cause: reason })
  }
}

/**
 * Starts a worker and waits until it has loaded the study.
 *
 * @param heartbeatTimeout  milliseconds without a sign of life after which it is taken for hung and ended
 * @returns        rejects with a SweepError when it cannot load the study
 */
export const startThread = async (setup: Omit<Setup, 'port'>, heartbeatTimeout: number): Promise<Thread> => {
  const { port1: port, port2 } = new MessageChannel()
  const worker = workerWith({ ...setup, port: port2 })
  /** Why it ends, as far as that is known. */
  let failure: WorkerFailure | undefined
  // Looks since the last sign of life: unlike a clock they stand still while the machine sleeps or this thread is busy.
  let looks = 0
  let isAlive = true
  let current: { readonly listener: Listener; readonly resolve: (jobResult: JobResult) => void } | undefined
  const settle = (jobResult: JobResult): void => {
    const { resolve } = current ?? {}
    current = undefined
    resolve?.(jobResult)
  }
  const interval = Math.min(heartbeatTimeout / LOOKS_PER_TIMEOUT, LONGEST_PAUSE)
  const watch = setInterval(() => {
    if (current === undefined || ++looks * interval < heartbeatTimeout) return
    failure = failureOf(`no sign of life for ${heartbeatTimeout / 1000} s`)
    void worker.terminate()
  }, interval).unref()
  let setReady = (): void => {}
  const ready = new Promise<void>((resolve) => {
    setReady = resolve
  })
  const receive = (message: WorkerMessage): void => {
    looks = 0
    if (message._tag === 'Ready') setReady()
    else if (message._tag === 'Reported') current?.listener.reported(message.step, message.value)
    else if (message._tag === 'Noted') current?.listener.noted(message.name, message.value)
    else if (message._tag === 'Died') failure = message
    else if (message._tag !== 'Alive') settle(message)
  }
  port.on('message', receive)
  const gone = new Promise<WorkerFailure>((resolve) => {
    // What the worker cannot say itself, e.g. that it has no memory left.
    worker.on('error', (error) => {
      failure ??= failureBy(error)
    })
    worker.on('exit', (code) => {
      // What it said before it went.
      for (let last = receiveMessageOnPort(port); last !== undefined; last = receiveMessageOnPort(port)) {
        receive(last.message)
      }
      port.close()
      isAlive = false
      clearInterval(watch)
      const known = failure ?? failureOf(`the worker ended with exit code ${code}`)
      resolve(known)
      settle(known.jobResult)
    })
  })
  const startFailure = await Promise.race([ready, gone])
  if (startFailure !== undefined) {
    throw new SweepError(`a worker thread cannot start: ${startFailure.message}`, {
      cause: startFailure.jobResult.reason,
    })
  }
  return {
    isAlive: () => isAlive,
    run: (assignment, listener) =>
      new Promise((resolve) => {
        looks = 0
        current = { listener, resolve }
        port.postMessage(assignment)
      }),
    stop: async () => {
      await worker.terminate()
      await gone
    },
  }
}
