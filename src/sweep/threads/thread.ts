import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { messageOf } from '../../files/index.ts'
import type { Verdict } from '../engine/attempt.ts'
import type { Listener } from '../engine/reporting.ts'
import { SweepError } from '../errors.ts'
import { type Answer, type Death, deathBy, type Order, type Setup } from './messages.ts'
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

const deathOf = (reason: string): Death => ({ _tag: 'Died', message: reason, verdict: { _tag: 'Lost', reason } })

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
export const startThread = async (setup: Omit<Setup, 'port'>, silence: number): Promise<Thread> => {
  const { port1: port, port2 } = new MessageChannel()
  const worker = workerWith({ ...setup, port: port2 })
  /** Why it ends, as far as that is known. */
  let death: Death | undefined
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
    death = deathOf(`no sign of life for ${silence / 1000} s`)
    void worker.terminate()
  }, interval).unref()
  let setReady = (): void => {}
  const ready = new Promise<void>((resolve) => {
    setReady = resolve
  })
  const hear = (answer: Answer): void => {
    looks = 0
    if (answer._tag === 'Ready') setReady()
    else if (answer._tag === 'Reported') current?.listener.reported(answer.step, answer.value)
    else if (answer._tag === 'Noted') current?.listener.noted(answer.name, answer.value)
    else if (answer._tag === 'Died') death = answer
    else if (answer._tag !== 'Alive') settle(answer)
  }
  port.on('message', hear)
  const gone = new Promise<Death>((resolve) => {
    // What the worker cannot say itself, e.g. that it has no memory left.
    worker.on('error', (error) => {
      death ??= deathBy(error)
    })
    worker.on('exit', (code) => {
      // What it said before it went.
      for (let last = receiveMessageOnPort(port); last !== undefined; last = receiveMessageOnPort(port)) {
        hear(last.message)
      }
      port.close()
      isAlive = false
      clearInterval(watch)
      const known = death ?? deathOf(`the worker ended with exit code ${code}`)
      resolve(known)
      settle(known.verdict)
    })
  })
  const failure = await Promise.race([ready, gone])
  if (failure !== undefined) {
    throw new SweepError(`runSweep: a worker cannot start: ${failure.message}`, { cause: failure.verdict.reason })
  }
  return {
    isAlive: () => isAlive,
    run: (order, listener) =>
      new Promise((resolve) => {
        looks = 0
        current = { listener, resolve }
        port.postMessage(order)
      }),
    stop: async () => {
      await worker.terminate()
      await gone
    },
  }
}
