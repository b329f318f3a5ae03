import { setImmediate as turn } from 'node:timers/promises'
import type { Event, Result } from '../../src/index.ts'
import { fail } from './cli.ts'

/** Gets each event of a run, and is waited for where it needs time. */
export interface Consumer {
  readonly see: (event: Event) => void | Promise<void>
  /** After the last event, also when the run fails. */
  readonly close?: () => unknown
}

/** A run's end, and how long it took. */
export interface Finished {
  readonly result: Result
  /** Of this process; a run that goes on had steps before. */
  readonly steps: number
  readonly seconds: number
}

const PAUSE = 20 // milliseconds of training after which signals and timers are heard

/** Runs to the end; the consumers see each event. */
export const runToEnd = async (events: Iterable<Event>, consumers: readonly Consumer[]): Promise<Finished> => {
  const started = performance.now()
  let heard = started
  let steps = 0
  try {
    for (const event of events) {
      for (const { see } of consumers) {
        const writing = see(event)
        if (writing !== undefined) await writing
      }
      if (event._tag === 'Step') steps++
      if (event._tag === 'Done') return { result: event.result, steps, seconds: (performance.now() - started) / 1000 }
      if (performance.now() - heard > PAUSE) {
        await turn()
        heard = performance.now()
      }
    }
  } finally {
    for (const { close } of consumers) close?.()
  }
  return fail('the run ended without a result')
}
