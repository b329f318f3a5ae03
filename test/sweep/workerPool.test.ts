import { expect, test } from 'vitest'
import type { OpenPool, WorkerPool } from '../../src/sweep/engine/workerPool.ts'
import { random, runSweep, SweepError, sweep, threadPool, uniform } from '../../src/sweep/index.ts'
import { messageOf, right } from './support.ts'

const study = right(
  sweep({ space: { x: uniform(0, 1) }, objective: () => 1, direction: 'minimize', sampler: random(), trials: 3 }),
)

/** A pool that notes what it is told. */
const poolThat = (run: WorkerPool['run']) => {
  const heard: string[] = []
  const pool: WorkerPool = {
    ...{ capacity: 1, run },
    interrupt: () => void heard.push('interrupt'),
    close: async () => void heard.push('close'),
  }
  return { heard, pool }
}

const nothing = { value: undefined, reason: undefined, reported: [], notes: {} }

test('a pool that is closed without an interruption has seen the end of the study', async () => {
  const { heard, pool } = poolThat(async () => ({
    _tag: 'Ended',
    outcome: { ...nothing, state: 'complete', value: 1 },
  }))
  expect(right(await runSweep(study, { pool: async () => pool })()).status).toBe('finished')
  expect(heard).toEqual(['close'])
})

test('one that was being opened when the sweep was interrupted hears of it', async () => {
  const stop = new AbortController()
  const { heard, pool } = poolThat(() => Promise.reject(new Error('it is not asked')))
  const open: OpenPool = async () => {
    stop.abort()
    return pool
  }
  expect(right(await runSweep(study, { pool: open, signal: stop.signal })()).status).toBe('interrupted')
  expect(heard).toEqual(['interrupt', 'close'])
})

test('a sweep that ends with an error interrupts its pool', async () => {
  const { heard, pool } = poolThat(() => Promise.reject(new SweepError('there is nobody')))
  expect(messageOf(await runSweep(study, { pool: async () => pool })())).toBe('there is nobody')
  expect(heard[0]).toBe('interrupt')
  expect(heard.at(-1)).toBe('close')
})

test.each([
  [{ workers: 0 }, 'threadPool: workers must be an integer ≥ 1, but got 0'],
  [{ module: 'study.ts' }, "threadPool: module must be the URL of a module, e.g. import.meta.url, but got 'study.ts'"],
  [{ module: undefined }, 'threadPool: module is missing; give the URL of a module, e.g. import.meta.url'],
  [{ heartbeatTimeuot: 9 }, "threadPool: unknown option 'heartbeatTimeuot'; did you mean 'heartbeatTimeout'?"],
])('a pool of threads with %j is refused', async (wrong, message) => {
  const options = { module: 'file:///study.js', workers: 1, data: () => undefined, ...wrong }
  await expect(threadPool(study, options as never)).rejects.toThrow(message)
})
