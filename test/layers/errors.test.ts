import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors/index.ts'
import {
  affine,
  affineRelu,
  batchnormAbsorb,
  batchnormForward,
  dropout,
  dropoutMask,
  leakyRelu,
  leakyReluForward,
  type WeightScale,
} from '../../src/layers/index.ts'
import { key } from '../../src/random/index.ts'
import { zeros } from '../../src/tensor/index.ts'

describe('arguments out of range', () => {
  test.each([0, -0.5, 1.2, Number.NaN])('keepProb %d', (keepProb) => {
    const message = `keepProb must be in (0, 1], the probability that a unit is kept, but got ${keepProb}`
    expect(() => dropout(keepProb)).toThrow(new ArgumentError(`dropout: ${message}`))
    expect(() => dropoutMask(key(0), [2], keepProb)).toThrow(new ArgumentError(`dropoutMask: ${message}`))
  })

  test('keepProb 1 keeps all', () => {
    expect(dropoutMask(key(0), [100], 1).data.every((v) => v === 1)).toBe(true)
  })

  test.each([0, -1, 2.5, Number.NaN])('affine(%d)', (numOut) => {
    const error = new ArgumentError(`affine: numOut must be an integer ≥ 1, but got ${numOut}`)
    expect(() => affine(numOut)).toThrow(error)
    expect(() => affineRelu(numOut)).toThrow(error)
  })

  test.each([-1, Number.NaN, Infinity, 'lecun'])('weightScale %s', (weightScale) => {
    expect(() => affine(3, weightScale as WeightScale)).toThrow(
      new ArgumentError(
        `affine: weightScale must be a number ≥ 0 or one of 'he', 'xavier', but got ${weightScale === 'lecun' ? "'lecun'" : weightScale}`,
      ),
    )
  })

  test.each([-0.1, 1, Number.NaN])('batchnormAbsorb with momentum %d', (momentum) => {
    const [, cache] = batchnormForward(zeros([2, 3]), zeros([3]), zeros([3]))
    expect(() => batchnormAbsorb(zeros([3]), zeros([3]), cache, momentum)).toThrow(
      new ArgumentError(`batchnormAbsorb: momentum must be a number in [0, 1), but got ${momentum}`),
    )
  })

  test('batchnormAbsorb with statistics of another width', () => {
    const [, cache] = batchnormForward(zeros([2, 3]), zeros([3]), zeros([3]))
    const message = (name: string) =>
      `batchnormAbsorb: D = 3 because runningMean has shape (3,), but D = 4 because ${name} has shape (4,)`
    expect(() => batchnormAbsorb(zeros([3]), zeros([4]), cache)).toThrow(message('runningVar'))
    expect(() => batchnormAbsorb(zeros([4]), zeros([4]), cache)).toThrow('D = 3 because mean has shape (3,)')
  })

  test.each([-0.1, 1, Number.NaN])('leakyRelu with alpha %d', (alpha) => {
    const message = `alpha must be a number in [0, 1), but got ${alpha}`
    expect(() => leakyReluForward(zeros([1]), alpha)).toThrow(new ArgumentError(`leakyReluForward: ${message}`))
    expect(() => leakyRelu(alpha)).toThrow(new ArgumentError(`leakyRelu: ${message}`))
  })
})

describe('dropoutMask', () => {
  test('keeps about keepProb of the units, scaled by 1/keepProb', () => {
    for (const keepProb of [0.1, 0.5, 0.9]) {
      const { data } = dropoutMask(key(1), [10_000], keepProb, 'float64')
      const kept = data.filter((v) => v !== 0)
      expect(kept.every((v) => v === 1 / keepProb)).toBe(true)
      // Four standard deviations of a binomial share.
      expect(Math.abs(kept.length / 10_000 - keepProb)).toBeLessThan(
        4 * Math.sqrt((keepProb * (1 - keepProb)) / 10_000),
      )
    }
  })

  test('drops the same units in both precisions', () => {
    const single = dropoutMask(key(1), [500], 0.5).data
    expect([...single]).toEqual([...dropoutMask(key(1), [500], 0.5, 'float64').data])
  })
})
