import { describe, expect, expectTypeOf, it } from 'vitest'
import { DataError, type StrokesOptions, strokes } from '../../src/data/index.ts'
import { isOnHeap } from '../../src/kernels/index.ts'
import { key } from '../../src/random/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { message, right } from './support.ts'

const fnv1a = (bytes: Uint8Array): string =>
  bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5).toString(16)

describe('strokes', () => {
  const { name, numClasses, train, test } = right(strokes({ key: key(1), numTrain: 2000, numTest: 300 }))

  it('has the form of MNIST', () => {
    expect([name, numClasses, train.x.shape, test.x.shape]).toEqual(['strokes', 10, [2000, 784], [300, 784]])
    expect([train.x.mean[0], train.x.scale[783]]).toEqual([0, Math.fround(1 / 255)])
    expect([train.y.length, test.y.length]).toEqual([2000, 300])
    expect(isOnHeap(train.x.data) && isOnHeap(train.y)).toBe(true)
    expectTypeOf(train.y).toEqualTypeOf<Int32Array>()
  })

  it('has the same bytes on every machine', () => {
    expect(fnv1a(train.x.data.subarray(0, 200 * 784))).toBe('432d4899')
    expect(fnv1a(test.x.data.subarray(0, 200 * 784))).toBe('8f19c9be')
    expect([...train.y.subarray(0, 10)]).toEqual([0, 7, 9, 3, 8, 2, 8, 8, 0, 3])
  })

  it('draws image i whatever the counts and the form', () => {
    const fewer = right(
      strokes({ key: key(1), numTrain: 3, numTest: 7, normalize: false, flatten: false, oneHot: true }),
    )
    expectTypeOf(fewer.train.y).toEqualTypeOf<Tensor>()
    expect(fewer.train.x.shape).toEqual([3, 1, 28, 28])
    expect(fewer.train.x.scale[0]).toBe(1)
    expect(fewer.train.x.data).toEqual(train.x.data.slice(0, 3 * 784))
    expect(fewer.test.x.data).toEqual(test.x.data.slice(0, 7 * 784))
    expect(fewer.test.y.shape).toEqual([7, 10])
  })

  it('draws other images for another key, and other ones to test than to train', () => {
    const other = right(strokes({ key: key(2), numTrain: 100, numTest: 0 }))
    expect(other.train.x.data).not.toEqual(train.x.data.slice(0, 100 * 784))
    expect(test.x.data.slice(0, 784)).not.toEqual(train.x.data.slice(0, 784))
    expect(other.test.x.shape).toEqual([0, 784])
  })

  it('never draws an image twice', () => {
    const hashes = Array.from({ length: 2000 }, (_, i) => fnv1a(train.x.data.subarray(i * 784, (i + 1) * 784)))
    expect(new Set(hashes).size).toBe(2000)
  })

  it('has about as many of each digit, each with ink inside and an edge that is nearly empty', () => {
    const counts = new Array<number>(10).fill(0)
    for (const label of train.y) counts[label] = (counts[label] ?? 0) + 1
    // 200 expected of each, with a standard deviation of 13.
    for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(60)
    let edge = 0
    for (let i = 0; i < 2000; i++) {
      const image = train.x.data.subarray(i * 784, (i + 1) * 784)
      expect(image.filter((v) => v > 100).length).toBeGreaterThan(15)
      edge += image.subarray(0, 28).reduce((sum, v) => sum + v, 0) / 28
    }
    expect(edge / 2000).toBeLessThan(6)
  })

  it('refuses wrong options', () => {
    const wrong = (options: object): string => {
      const result = strokes(options as StrokesOptions)
      expect('left' in result && result.left).toBeInstanceOf(DataError)
      return message(result)
    }
    expect(wrong({ numtrain: 5 })).toBe("strokes: unknown option 'numtrain'; did you mean 'numTrain'?")
    expect(wrong({ numTest: -1 })).toBe('strokes: numTest must be an integer ≥ 0, but got -1')
    expect(wrong({ key: 3 })).toBe('strokes: key must be a key, e.g. key(0), but got 3')
  })
})
