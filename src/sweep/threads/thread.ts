import { Worker } from 'node:worker_threads'
import { machineFault, messageOf } from '../../files/index.ts'
import type { Verdict } from '../engine/attempt.ts'
import type { Listener } from '../engine/reporting.ts'
import { SweepError } from '../errors.ts'
import type { Answer, Order, Setup } from './messages.ts'
import { program } from './program.ts'

/** One worker thread. */
export interface Thread {
  readonly isAlive: () => boolean
  /** Runs one order at a time. */
  readonly run: (order: Order, listener: Listener) => Promise<Verdict>
  /** Ends it, whatever it does, and waits until it is gone. */
  readonly stop: () => Promise<void>
}

const LOOKS_PER_SILENCE = 10

const LONGEST_PAUSE = 60_000 // milliseconds between two looks

/** A worker with what it is to know; throws a SweepError. */
const workerWith = (setup: Setup): Worker => {
  // One kernel thread each, since the workers have the cores; and no loaders or options of this process.
  const env = { ...process.env, CACHEGRAD_THREADS: '1' }
  try {
    return new Worker(program, { eval: true, workerData: setup, execArgv: [], argv: process.argv.slice(2), env })
  } catch (reason) {
    const isData = reason instanceof Error && reason.name === 'DataCloneError'
    const why = isData
      ? 'data cannot be sent to workers; give numbers, texts, arrays and records'
      : 'a worker cannot start'
    throw new SweepError(`runSweep: ${why}: ${messageOf(reason)}`, { cause: reason })
  }
}

/**
 * Starts a worker and waits until it has loaded the study.
 *
 * @param silence  milliseconds without a sign of life after which it is taken for hung and ended
 * @returns        rejects with a SweepError when it cannot load the study
 */
export const startThread = async (setup: Setup, silence: number): Promise<Thread> => {
  const worker = workerWith(setup)
  let cause: string | undefined
  let thrown: unknown
  // Looks since the last sign of life: unlike a clock they stand still while the machine sleeps or this thread is busy.
  let looks = 0
  let isAlive = true
  let current: { readonly listener: Listener; readonly resolve: (verdict: Verdict) => void } | undefined
  const settle = (verdict: Verdict): void => {
    const { resolve } = current ?? {}
    current = undefined
    resolve?.(verdict)
  }
  const interval = Math.min(silence / LOOKS_PER_SILENCE, LONGEST_PAUSE)
  const watch = setInterval(() => {
    if (current === undefined || ++looks * interval < silence) return
    cause = `no sign of life for ${silence / 1000} s`
    void worker.terminate()
  }, interval).unref()
  const gone = new Promise<string>((resolve) => {
    worker.on('error', (error) => {
      thrown = error
      cause ??= error instanceof Error ? error.stack : messageOf(error)
    })
    worker.on('exit', (code) => {
      isAlive = false
      clearInterval(watch)
      const reason = cause ?? `the worker ended with exit code ${code}`
      resolve(reason)
      const unfit = machineFault(thrown)
      settle(unfit === undefined ? { _tag: 'Lost', reason } : { _tag: 'Unfit', reason: unfit })
    })
  })
  const ready = new Promise<void>((resolve) => {
    worker.on('message', (answer: Answer) => {
      looks = 0
      switch (answer._tag) {
        case 'Ready':
          return resolve()
        case 'Reported':
          return current?.listener.reported(answer.step, answer.value)
        case 'Noted':
          return current?.listener.noted(answer.name, answer.value)
        case 'Alive':
          return
        default:
          settle(answer)
      }
    })
  })
  const failure = await Promise.race([ready, gone])
  if (failure !== undefined) {
    throw new SweepError(`runSweep: a worker cannot start: ${messageOf(thrown ?? failure)}`, { cause: thrown })
  }
  return {
    isAlive: () => isAlive,
    run: (order, listener) =>
      new Promise((resolve) => {
        looks = 0
        current = { listener, resolve }
        worker.postMessage(order)
      }),
    stop: async () => {
      await worker.terminate()
      await gone
    },
  }
}
