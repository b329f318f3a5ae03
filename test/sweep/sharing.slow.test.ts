import { afterEach, expect, test } from 'vitest'
import { allocate, heapBytesInUse, release } from '../../src/kernels/index.ts'
import { runSweep } from '../../src/sweep/index.ts'
import { fromWire, toWire } from '../../src/sweep/threads/sharing.ts'
import { right, studyModule } from './support.ts'

afterEach(() => {
  delete process.env.READER_MB
})

test('arrays go as places on the heap, the rest as it is', () => {
  const home = allocate('float32', 3)
  home.set([1, 2, 3])
  const own = Float64Array.of(4, 5)
  const data = { home, lists: [own, own.subarray(1)], same: own, text: 'a', none: null, map: new Map([['k', 1]]) }
  const before = heapBytesInUse()
  const wire = toWire(data)
  expect(JSON.stringify(wire.data)).not.toContain('[4,5]')
  expect(fromWire(wire.data)).toEqual(data)
  // The same bytes, not a copy.
  const back = fromWire(wire.data) as typeof data
  home[1] = 7
  expect(back.home[1]).toBe(7)
  expect(back.same).toBe(back.lists[0])
  wire.release()
  expect(heapBytesInUse()).toBe(before)
  release(home)
})

test('shared memory of the user stays what it is; records may hold themselves', () => {
  const shared = new Uint16Array(new SharedArrayBuffer(4))
  const data: { shared: Uint16Array; self?: object } = { shared }
  data.self = data
  const back = fromWire(toWire(data).data) as typeof data
  expect(back.shared).toBe(shared)
  expect(back.self).toBe(back)
})

test('workers read one copy of the data, on a heap that their kernels share', { timeout: 60_000 }, async () => {
  const { study, module } = await studyModule('reader')
  const largest = async (megabytes: number): Promise<number> => {
    process.env.READER_MB = String(megabytes)
    const { trials } = right(await runSweep(study, { module, workers: 3 })())
    for (const { notes } of trials) {
      expect(notes).toMatchObject({
        sum: megabytes * 2 ** 12 * 255 * 128,
        onHeap: [true, true, true],
        others: [3, 1, 2, -5, 5, 'a,b'],
        first: [-2, 0, 2],
      })
      expect(notes.backend).not.toContain('threads')
    }
    return Math.max(...trials.map(({ notes }) => notes.rss as number)) / 2 ** 20
  }
  const small = await largest(1)
  // As much as CIFAR-10's 60,000 images. Three copies would be 528 MB.
  const large = await largest(176)
  expect(large - small).toBeGreaterThan(100)
  expect(large - small).toBeLessThan(300)
})

test('a worker that dies leaves its part of the heap to the next one', { timeout: 60_000 }, async () => {
  const { study, module } = await studyModule('greedy')
  const { trials } = right(await runSweep(study, { module, workers: 1 })())
  expect(trials.map(({ attempts }) => attempts)).toEqual([2, 2, 2, 2])
  // So the second attempts all find the same place free.
  expect(new Set(trials.map(({ notes }) => notes.end)).size).toBe(1)
})
