import type { Event, Result } from '../../src/index.ts'
import { fail } from './cli.ts'

/** Gets each event of a run. */
export interface Consumer {
  readonly see: (event: Event) => void
}

/** A run's end, and how long it took. */
export interface Finished {
  readonly result: Result
  readonly seconds: number
}

/** Runs to the end; the consumers see each event. A run that diverges ends the process. */
export const runToEnd = (events: Iterable<Event>, consumers: readonly Consumer[]): Finished => {
  const started = performance.now()
  for (const event of events) {
    for (const { see } of consumers) see(event)
    if (event._tag !== 'Done') continue
    const { result } = event
    if (result.status === 'diverged')
      fail(`the loss was not finite in step ${result.steps + 1}: lower --learning-rate`, 3)
    return { result, seconds: (performance.now() - started) / 1000 }
  }
  return fail('the run ended without a result')
}
