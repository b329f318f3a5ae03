import { describe, expect, test } from 'vitest'
import { ShapeError } from '../../src/errors/index.ts'
import {
  affineBackward,
  affineForward,
  batchnormForward,
  dropoutForward,
  reluBackward,
} from '../../src/layers/index.ts'
import { cast, ones, shapes, type Tensor, zeros } from '../../src/tensor/index.ts'

const message = (body: () => unknown): string => {
  try {
    body()
  } catch (reason) {
    expect(reason).toBeInstanceOf(ShapeError)
    return (reason as Error).message
  }
  throw new Error('expected a ShapeError')
}

describe('shape contracts', () => {
  const check = shapes('f', 'x: N ...D, w: D M, b: M')

  test('return the sizes by name; ...D is the product of what is left', () => {
    expect(check(zeros([5, 2, 3, 4]), zeros([24, 7]), zeros([7]))).toEqual({ N: 5, D: 24, M: 7 })
    expect(check(zeros([5]), zeros([1, 7]), zeros([7]))).toEqual({ N: 5, D: 1, M: 7 })
    expect(check(zeros([0, 3]), zeros([3, 0]), zeros([0]))).toEqual({ N: 0, D: 3, M: 0 })
    expect(shapes('f', 'x: ...D')(zeros([]))).toEqual({ D: 1 })
  })

  test('names in the contract are typed', () => {
    // @ts-expect-error there is no K in the contract
    expect(check(zeros([1]), zeros([1, 1]), zeros([1])).K).toBeUndefined()
  })

  test('tell which two tensors disagree, about which axis', () => {
    const x = zeros([100, 3, 32, 32])
    expect(message(() => affineForward(x, zeros([3000, 100]), zeros([100])))).toBe(
      'affineForward: D = 3072 because x has shape (100, 3, 32, 32), but D = 3000 because w has shape (3000, 100)',
    )
    expect(message(() => affineForward(x, zeros([3072, 100]), zeros([10])))).toBe(
      'affineForward: M = 100 because w has shape (3072, 100), but M = 10 because b has shape (10,)',
    )
  })

  test('hold for upstream gradients too', () => {
    const [, cache] = affineForward(zeros([4, 3]), zeros([3, 2]), zeros([2]))
    expect(message(() => affineBackward(zeros([4, 3]), cache))).toBe(
      'affineBackward: M = 3 because dout has shape (4, 3), but M = 2 because w has shape (3, 2)',
    )
    expect(message(() => reluBackward(zeros([4]), { x: zeros([2, 3]) }))).toBe(
      'reluBackward: D = 4 because dout has shape (4,), but D = 6 because x has shape (2, 3)',
    )
    expect(message(() => dropoutForward(zeros([4]), zeros([5])))).toBe(
      'dropoutForward: D = 4 because x has shape (4,), but D = 5 because mask has shape (5,)',
    )
  })

  test('tell the expected shape when the number of axes is another', () => {
    expect(message(() => affineForward(zeros([2, 3]), zeros([3]), zeros([2])))).toBe(
      'affineForward: w must have shape (D, M), but has (3,)',
    )
    expect(message(() => affineForward(zeros([]), zeros([1, 2]), zeros([2])))).toBe(
      'affineForward: x must have shape (N, ...D), but has ()',
    )
    expect(message(() => batchnormForward(zeros([2, 3]), zeros([3]), zeros([3, 1])))).toBe(
      'batchnormForward: beta must have shape (D,), but has (3, 1)',
    )
  })

  test('refuse two precisions, and say how to convert', () => {
    const w = cast(ones([3, 2]), 'float64')
    expect(message(() => affineForward(zeros([2, 3]), w, zeros([2])))).toBe(
      "affineForward: x is float32, but w is float64; convert one with cast(w, 'float32')",
    )
  })

  test.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [3, '3'],
    ['x', "'x'"],
    [[1, 2], '[1, 2]'],
  ])('refuse %j in place of a tensor', (wrong, shown) => {
    expect(message(() => affineForward(zeros([2, 3]), wrong as unknown as Tensor, zeros([2])))).toBe(
      `affineForward: w must be a tensor of shape (D, M), but got ${shown}`,
    )
  })

  // The kernels would read outside of these.
  test.each<[Tensor, string]>([
    [{ shape: [3, 2], data: new Float32Array(5) }, '(3, 2) and Float32Array of 5'],
    [{ shape: [3, 2], data: new Float32Array(7) }, '(3, 2) and Float32Array of 7'],
    [{ shape: [3, 2], data: new Float64Array(0) }, '(3, 2) and Float64Array of 0'],
    [{ shape: [-3, -2], data: new Float32Array(6) }, '(-3, -2) and Float32Array of 6'],
    [{ shape: [1.5, 4], data: new Float32Array(6) }, '(1.5, 4) and Float32Array of 6'],
    [{ shape: [3, 2], data: new Uint8Array(6) as unknown as Float32Array }, '(3, 2) and Uint8Array of 6'],
    [
      { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] as unknown as Float32Array },
      '(3, 2) and data [1, 2, 3, 4, … 6 in all]',
    ],
    [{ shape: [3, 2] } as unknown as Tensor, '(3, 2) and data undefined'],
  ])('refuse a tensor made by hand whose data do not fit: %j', (wrong, what) => {
    expect(message(() => affineForward(zeros([2, 3]), wrong, zeros([2])))).toBe(
      'affineForward: data must be a Float32Array or Float64Array with an element for each place of the shape, ' +
        `but w has shape ${what}; tensor(shape, values) makes one that fits`,
    )
  })
})
