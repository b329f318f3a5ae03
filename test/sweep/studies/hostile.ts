import { parentPort } from 'node:worker_threads'
import { random, uniform } from '../../../src/sweep/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'

const bare = (): unknown => Object.create(null)

const broken = (): unknown =>
  Object.defineProperties(new Error('hidden'), {
    stack: {
      get: () => {
        throw new Error('no stack for you')
      },
    },
    message: {
      get: () => {
        throw new Error('no message for you')
      },
    },
    code: {
      get: () => {
        throw new Error('no code for you')
      },
    },
    cause: {
      get: () => {
        throw new Error('no cause for you')
      },
    },
  })

const trap = (): unknown =>
  new Proxy(new Error('trapped'), {
    getPrototypeOf: () => {
      throw new Error('no prototype for you')
    },
    get: () => {
      throw new Error('nothing for you')
    },
  })

const circular = (): unknown => {
  const error = new Error('round')
  error.cause = error
  return error
}

export const ESCAPES = '\u001b[2J\u009b31m\u202eback\u2066'

/** What trials throw, by number, beginning with the second. */
const thrown: readonly (() => unknown)[] = [
  bare,
  broken,
  trap,
  circular,
  () => undefined,
  () => Symbol('a symbol'),
  () => new Error(`${ESCAPES}\nsecond line`),
]

/** What trials send to the thread that started their worker, where there is one. */
const messages: readonly unknown[] = [
  null,
  undefined,
  7,
  {},
  { _tag: 'Ended', outcome: { state: 'complete', value: 1, reported: [], notes: {} } },
  { _tag: 'Reported', step: Number.NaN, value: 'x' },
]

/** Nobody catches the later ones: they end a worker, and the trial is begun again. */
export const LATE = 20

export default sweep({
  space: { x: uniform(0, 1) },
  objective: async ({ number, attempt, params }) => {
    for (const message of messages) parentPort?.postMessage(message)
    const make = thrown[number - 1]
    if (make !== undefined) throw make()
    const late = thrown[number - LATE]
    if (late !== undefined && attempt === 1 && parentPort !== null) {
      Promise.reject(late())
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
    return params.x
  },
  direction: 'minimize',
  sampler: random(),
  trials: LATE + thrown.length,
  seed: 8,
})
