import { expect, test } from 'vitest'
import { allFinite, tensor } from '../../src/tensor/index.ts'

const SIZES = [1, 2, 3, 4, 5, 15, 16, 17, 33, 1000, 70_001]

for (const dtype of ['float32', 'float64'] as const) {
  test(`allFinite of ${dtype} finds one bad element wherever it is`, () => {
    for (const size of SIZES) {
      const t = tensor([size], new Float64Array(size).fill(1.5), dtype)
      expect(allFinite(t)).toBe(true)
      for (const at of new Set([0, size >> 1, size - 1])) {
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
          t.data[at] = bad
          expect(allFinite(t)).toBe(false)
        }
        t.data[at] = 1.5
      }
    }
  })
}

test('allFinite of no elements, and of numbers whose squares overflow', () => {
  expect(allFinite(tensor([0], []))).toBe(true)
  expect(allFinite(tensor([5], [3e38, -3e38, 3e38, 0, 1e-45]))).toBe(true)
  expect(allFinite(tensor([2], [1e200, -1.7e308], 'float64'))).toBe(true)
})
