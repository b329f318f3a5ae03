import { afterEach, describe, expect, test } from 'vitest'
import { piece, scoped } from '../../src/kernels/arena.ts'
import { heapBytesInUse } from '../../src/kernels/heap.ts'
import { kernelsFor } from '../../src/kernels/index.ts'
import { bitsOf, eachBackend } from '../support.ts'
import { heapPlace, numbers, ordinaryPlace, type Place, releaseAll } from './cases.ts'

afterEach(releaseAll)

const sizes = {
  ...{ images: 3, channels: 5, height: 9, width: 7, filters: 6 },
  ...{ windowHeight: 3, windowWidth: 2, strideY: 2, strideX: 1, padY: 1, padX: 2, outHeight: 5, outWidth: 10 },
}

/** Both kernels, over arrays from somewhere. */
const run = (place: Place): Record<string, string> => {
  const x = place.floats(numbers(3 * 5 * 9 * 7, 1))
  const w = place.floats(numbers(6 * 5 * 3 * 2, 2))
  const b = place.floats(numbers(6, 3))
  const dout = place.floats(numbers(3 * 6 * 5 * 10, 4))
  const [out, dw, dx] = [dout, w, x].map(({ length }) => place.floats(new Float32Array(length).fill(7))) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ]
  const kernels = kernelsFor(x)
  kernels.convolve(sizes, x, w, b, out)
  kernels.convolutionGradients(sizes, dout, x, w, dx, dw)
  return bitsOf({
    out: { shape: [out.length], data: out },
    dw: { shape: [dw.length], data: dw },
    dx: { shape: [dx.length], data: dx },
  })
}

describe('a convolution', () => {
  eachBackend(() => {
    test('gives the same bits on the heap, off it, and in a scope, and leaves nothing behind', () => {
      const expected = run(ordinaryPlace)
      const before = heapBytesInUse()
      expect(run(ordinaryPlace)).toEqual(expected)
      expect(heapBytesInUse()).toBe(before)
      expect(run(heapPlace)).toEqual(expected)
      for (let step = 0; step < 2; step++) expect(scoped(() => run(heapPlace))).toEqual(expected)
    })

    // Columns, small planes side by side, plain products, Winograd.
    test.each([
      sizes,
      { ...sizes, windowHeight: 1, windowWidth: 1, strideY: 1, padY: 0, padX: 0, outHeight: 9, outWidth: 7 },
      { ...sizes, images: 9, height: 3, width: 3, windowWidth: 3, strideY: 1, padX: 1, outHeight: 3, outWidth: 3 },
      { ...sizes, channels: 17, filters: 18, windowWidth: 3, strideY: 1, padX: 1, outHeight: 9, outWidth: 7 },
    ])('makes each gradient alone as it makes both (%#)', (c) => {
      const x = ordinaryPlace.floats(numbers(c.images * c.channels * c.height * c.width, 1))
      const w = ordinaryPlace.floats(numbers(c.filters * c.channels * c.windowHeight * c.windowWidth, 2))
      const dout = ordinaryPlace.floats(numbers(c.images * c.filters * c.outHeight * c.outWidth, 4))
      const [both, alone] = [0, 1].map(() => ({ dx: new Float32Array(x.length), dw: new Float32Array(w.length) }))
      const kernels = kernelsFor(x)
      kernels.convolutionGradients(c, dout, x, w, both?.dx, both?.dw)
      kernels.convolutionGradients(c, dout, x, w, alone?.dx, undefined)
      kernels.convolutionGradients(c, dout, x, w, undefined, alone?.dw)
      expect(both?.dx.some((v) => v !== 0) && both.dw.some((v) => v !== 0)).toBe(true)
      expect(alone).toEqual(both)
    })

    test('of no images has no output, and gradients of zeros', () => {
      const none = new Float32Array(0)
      const dw = new Float32Array(6 * 5 * 3 * 2).fill(7)
      kernelsFor(dw).convolutionGradients({ ...sizes, images: 0 }, none, none, dw, none, dw)
      expect(dw.every((v) => v === 0)).toBe(true)
    })
  })
})

test('the views of images are found again by the next step, which so allocates none', () => {
  const x = heapPlace.floats(numbers(12, 1))
  const views = (): readonly Float32Array[] => scoped(() => [0, 4, 8].map((from) => piece(x, from, 4)))
  const first = views()
  expect(first.map((view) => Array.from(view))).toEqual([0, 4, 8].map((from) => Array.from(x.subarray(from, from + 4))))
  views().forEach((view, i) => {
    expect(view).toBe(first[i])
  })
  // Outside a scope, and of ordinary arrays, they are what subarray gives.
  expect(piece(x, 4, 4)).toEqual(x.subarray(4, 8))
  expect(scoped(() => piece(Float64Array.of(1, 2, 3), 1, 2))).toEqual(Float64Array.of(2, 3))
})
