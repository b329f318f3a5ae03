import { expect, test } from 'vitest'
import { scoped } from '../../src/kernels/index.ts'
import { allFinite, full, tensor } from '../../src/tensor/index.ts'

const SIZES = [1, 2, 3, 4, 5, 15, 16, 17, 33, 1000, 70_001]
const BAD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

const findsEach = (dtype: 'float32' | 'float64'): void => {
  for (const size of SIZES) {
    const t = full([size], 1.5, dtype)
    expect(allFinite(t)).toBe(true)
    for (const at of new Set([0, size >> 1, size - 1])) {
      for (const bad of BAD) {
        t.data[at] = bad
        expect(allFinite(t)).toBe(false)
      }
      t.data[at] = 1.5
    }
  }
}

test.each(['float32', 'float64'] as const)('allFinite of %s finds one bad element wherever it is', (dtype) => {
  findsEach(dtype)
  scoped(() => findsEach(dtype))
})

test('allFinite of no elements, of the largest numbers and of the smallest', () => {
  const largest = [3.4028234663852886e38, -3.4028234663852886e38, 1e-45, -0]
  expect(allFinite(tensor([0], []))).toBe(true)
  expect(allFinite(tensor([4], largest))).toBe(true)
  scoped(() => {
    const onHeap = full([4], 0)
    onHeap.data.set(largest)
    expect(allFinite(onHeap)).toBe(true)
  })
  expect(allFinite(tensor([2], [Number.MAX_VALUE, -Number.MAX_VALUE], 'float64'))).toBe(true)
})
