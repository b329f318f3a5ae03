import {
  ArgumentError,
  checkArgument,
  completed,
  type Given,
  isRecord,
  listOf,
  nonNegative,
  requirement,
  shown,
  withDefault,
} from '../errors/index.ts'
import type { Event, Result } from './events.ts'

/** Gets each event of a run, and is waited for where it needs time. */
export interface Consumer {
  /** Gets the next event; a promise is waited for. */
  readonly see: (event: Event) => void | Promise<void>
  /** After the last event, also when the run fails. */
  readonly close?: () => unknown
}

const runToEndOptions = {
  /** Milliseconds of training after which the event loop turns, ≥ 0, so that timers and signals are heard; 12 unless given, so that a page can draw each of its frames. */
  pauseEvery: withDefault(12, nonNegative),
}

/** The options of `runToEnd`. @interface */
export type RunToEndOptions = Given<typeof runToEndOptions>

/** Once around the event loop, the quickest way that there is. */
const consumer = requirement<Consumer>(
  'a consumer of events, e.g. { see: (event) => {} }',
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Consumer).see === 'function' &&
    ['function', 'undefined'].includes(typeof (value as Consumer).close),
)

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve)
      return
    }
    // Timers of a page wait 4 ms.
    const { port1, port2 } = new MessageChannel()
    Object.assign(port1, {
      onmessage: () => {
        port1.close()
        resolve()
      },
    })
    port2.postMessage(undefined)
  })

/**
 * Runs to the end, shows each event to the consumers, and lets the event loop turn now and then
 *
 * @param events     from `train`
 * @param consumers  e.g. a recorder, a log, checkpoints; each is waited for
 * @param options    `pauseEvery`
 * @returns          the result
 * @throws           (the promise rejects) what a consumer throws; ArgumentError for another option
 * @example          const data = { xTrain: tensor([2, 1], [-1, 1]), yTrain: [0, 1] }
 *                   const events = orThrow(train(orThrow(twoLayerNet({ inputDim: 1, numClasses: 2 })), data, { numEpochs: 3 }))
 *                   runToEnd(events).then(({ lossHistory }) => lossHistory.length)   // 3
 */
export const runToEnd = async (
  events: Iterable<Event>,
  consumers: readonly Consumer[] = [],
  options: RunToEndOptions = {},
): Promise<Result> => {
  const { pauseEvery } = completed('runToEnd', options, runToEndOptions)
  if (typeof events?.[Symbol.iterator] !== 'function') {
    throw new ArgumentError(
      `runToEnd: events must be those of a run, e.g. orThrow(train(model, data)), but got ${shown(events)}`,
    )
  }
  checkArgument('runToEnd', 'consumers', consumers, listOf(consumer))
  let heard = performance.now()
  try {
    for (const event of events) {
      if (!isRecord(event)) throw new ArgumentError(`runToEnd: an event is no ${shown(event)}; give those of train`)
      for (const { see } of consumers) {
        const writing = see(event)
        if (writing !== undefined) await writing
      }
      if (event._tag === 'Done') return event.result
      if (performance.now() - heard > pauseEvery) {
        await turn()
        heard = performance.now()
      }
    }
  } finally {
    for (const { close } of consumers) close?.()
  }
  throw new Error('runToEnd: the events ended before the run did; give all that train gives')
}
