import { expect, test } from 'vitest'
import type { Crew, Hire } from '../../src/sweep/engine/crew.ts'
import { random, runSweep, SweepError, sweep, threadCrew, uniform } from '../../src/sweep/index.ts'
import { messageOf, right } from './support.ts'

const study = right(
  sweep({ space: { x: uniform(0, 1) }, objective: () => 1, direction: 'minimize', sampler: random(), trials: 3 }),
)

/** A crew that notes what it is told. */
const crewThat = (run: Crew['run']) => {
  const heard: string[] = []
  const crew: Crew = {
    ...{ places: 1, run },
    interrupt: () => void heard.push('interrupt'),
    close: async () => void heard.push('close'),
  }
  return { heard, crew }
}

const nothing = { value: undefined, reason: undefined, reported: [], notes: {} }

test('a crew that is closed without an interruption has seen the end of the study', async () => {
  const { heard, crew } = crewThat(async () => ({
    _tag: 'Ended',
    outcome: { ...nothing, state: 'complete', value: 1 },
  }))
  expect(right(await runSweep(study, { crew: async () => crew })()).status).toBe('finished')
  expect(heard).toEqual(['close'])
})

test('who was being hired when the sweep was interrupted hears of it', async () => {
  const stop = new AbortController()
  const { heard, crew } = crewThat(() => Promise.reject(new Error('it is not asked')))
  const hire: Hire = async () => {
    stop.abort()
    return crew
  }
  expect(right(await runSweep(study, { crew: hire, signal: stop.signal })()).status).toBe('interrupted')
  expect(heard).toEqual(['interrupt', 'close'])
})

test('a sweep that ends with an error interrupts its crew', async () => {
  const { heard, crew } = crewThat(() => Promise.reject(new SweepError('there is nobody')))
  expect(messageOf(await runSweep(study, { crew: async () => crew })())).toBe('there is nobody')
  expect(heard[0]).toBe('interrupt')
  expect(heard.at(-1)).toBe('close')
})

test.each([
  [{ workers: 0 }, 'threadCrew: workers must be an integer ≥ 1, but got 0'],
  [{ module: 'study.ts' }, "threadCrew: module must be the URL of a module, e.g. import.meta.url, but got 'study.ts'"],
  [{ module: undefined }, 'threadCrew: module is missing; give the URL of a module, e.g. import.meta.url'],
  [{ silense: 9 }, "threadCrew: unknown option 'silense'; did you mean 'silence'?"],
])('a crew of threads with %j is refused', async (wrong, message) => {
  const options = { module: 'file:///study.js', workers: 1, data: () => undefined, ...wrong }
  await expect(threadCrew(study, options as never)).rejects.toThrow(message)
})
