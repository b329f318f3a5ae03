import { describe, expect, test } from 'vitest'
import { ArgumentError, ShapeError } from '../../src/errors/index.ts'
import { philox4x32 } from '../../src/kernels/index.ts'
import { dropoutMask } from '../../src/layers/index.ts'
import {
  foldIn,
  type Key,
  key,
  normal,
  normalQuantile,
  permutation,
  randomIndices,
  uniform,
} from '../../src/random/index.ts'
import { cast, type Dtype, type Shape } from '../../src/tensor/index.ts'
import { log } from '../../src/tensor/log.ts'
import { bitsOf, close, golden, goldenCase, relativeError } from '../support.ts'

const wordsOf = (counter: readonly number[], [k0, k1]: readonly number[]): number[] => {
  const [c0 = 0, c1 = 0, c2 = 0, c3 = 0] = counter
  const out = new Uint32Array(6)
  philox4x32(c0, c1, c2, c3, k0 as number, k1 as number, out, 2)
  return [...out.subarray(2)]
}

describe('Philox4x32-10', () => {
  const cases = golden('philox').cases.filter(({ inputs }) => 'counter' in inputs)

  test('has the published vectors of Random123 among its cases', () => {
    const published = cases.filter(({ name }) => name.startsWith('known'))
    expect(published.map(({ outputs }) => (outputs.words as number[])[0])).toEqual([0x6627e8d5, 0x408f276d, 0xd16cfe09])
  })

  test.each(cases)('$name', ({ inputs, outputs }) => {
    expect(wordsOf(inputs.counter as number[], inputs.key as number[])).toEqual(outputs.words)
  })

  test('uniform and dropoutMask take the words of block 0, 1, … in order', () => {
    // known0: counter 0, key 0.
    const [w0, w1, w2, w3] = goldenCase('philox', 'known0').outputs.words as [number, number, number, number]
    const unit = (high: number, low: number): number => ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53
    const next = wordsOf([1, 0, 0, 0], [0, 0])
    expect([...uniform([0, 0], [3], 0, 1, 'float64').data]).toEqual([
      unit(w0, w1),
      unit(w2, w3),
      unit(next[0] as number, next[1] as number),
    ])
    const kept = [w0, w1, w2, w3, ...next].map((w) => (w < 0.5 * 2 ** 32 ? 2 : 0))
    expect([...dropoutMask([0, 0], [8], 0.5).data]).toEqual(kept)
  })
})

describe('log and normalQuantile', () => {
  test('log is within one unit in the last place of the correctly rounded value', () => {
    const { inputs, outputs } = goldenCase('philox', 'log')
    close((inputs.x as number[]).map(log), outputs.y as number[], 2 ** -52, 'log', relativeError)
  })

  test('log at the ends of its domain', () => {
    expect([log(0), log(-1), log(Number.NaN), log(Infinity)]).toEqual([-Infinity, NaN, NaN, Infinity])
  })

  test('normalQuantile is within 1e-15 of Φ⁻¹, far tails included', () => {
    const { inputs, outputs } = goldenCase('philox', 'normalQuantile')
    close((inputs.p as number[]).map(normalQuantile), outputs.z as number[], 1e-15, 'quantile', relativeError)
  })

  test('normalQuantile is odd around ½', () => {
    for (const p of [0.5, 0.25, 0.0625, 2 ** -30]) expect(normalQuantile(p) + normalQuantile(1 - p)).toBe(0)
  })
})

describe('keys', () => {
  const tags = ['', 'a', 'b', 'ab', 'ba', 'abc', 'a\0', '\0', '\0\0', 'W', 'W1', '0', '1', '10', 'é', '日本', '😀']
  const numbers = [0, 1, 2, 10, 2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]

  test('differ for different seeds, tags and orders of tags', () => {
    const derived: Key[] = [
      ...numbers.map((n) => key(n)),
      ...[...tags, ...numbers].map((tag) => foldIn(key(0), tag)),
      ...tags.map((tag) => foldIn(key(1), tag)),
      foldIn(foldIn(key(0), 'a'), 'b'),
      foldIn(foldIn(key(0), 'b'), 'a'),
      foldIn(foldIn(key(0), 1), 0),
      foldIn(foldIn(key(0), 0), 1),
    ]
    expect(new Set(derived.map(([a, b]) => `${a} ${b}`)).size).toBe(derived.length)
  })

  test('are equal for equal names, and are words of 32 bits', () => {
    expect(foldIn(key(7), 'dropout')).toEqual(foldIn(key(7), 'dropout'))
    for (const word of foldIn(key(7), 'dropout')) expect(word).toBe(word >>> 0)
  })

  test('a derived key is none of the numbers drawn with the first one', () => {
    const drawn = Array.from({ length: 50 }, (_, i) => wordsOf([i, 0, 0, 0], key(3)).join())
    const derived = Array.from({ length: 50 }, (_, i) => foldIn(key(3), i).join())
    expect(derived.filter((d) => drawn.some((words) => words.startsWith(d)))).toEqual([])
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('key(%s) is refused', (seed) => {
    expect(() => key(seed)).toThrow(`key: seed is an integer from 0 to 2^53 − 1, but got ${seed}`)
  })

  test.each([-1, 0.5, Number.NaN])('foldIn of the number %s is refused', (tag) => {
    expect(() => foldIn(key(0), tag)).toThrow(`foldIn: a number as tag is an integer ≥ 0, but got ${tag}`)
  })
})

describe('uniform', () => {
  const u = uniform(key(5), [10_000], 0, 1, 'float64')

  test('lies in [0, 1) with the moments of a uniform distribution', () => {
    const values = [...u.data]
    const n = values.length
    expect(values.every((v) => v >= 0 && v < 1)).toBe(true)
    const mean = values.reduce((sum, v) => sum + v, 0) / n
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n
    // Four standard errors: √(1/12/n) of the mean, √(1/180/n) of the variance.
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / n))
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(4 * Math.sqrt(1 / 180 / n))
  })

  test('in float32 is the float64 number rounded down to 24 bits, so never 1', () => {
    const single = uniform(key(5), [10_000]).data
    expect(single.every((v, i) => v === Math.floor((u.data[i] as number) * 2 ** 24) / 2 ** 24)).toBe(true)
  })

  test('scales to [low, high)', () => {
    const scaled = uniform(key(5), [10_000], -2, 6, 'float64').data
    expect(scaled.every((v, i) => v === -2 + 8 * (u.data[i] as number))).toBe(true)
  })

  test('in float32 a narrow interval far from 0 is closed: the sum is rounded to nearest', () => {
    const { data } = uniform(key(5), [1_000_000], 100, 101)
    expect(data.every((v) => v >= 100 && v <= 101)).toBe(true)
    expect(data.includes(101)).toBe(true)
  })

  test('element i depends on (key, i) only', () => {
    expect([...uniform(key(5), [3, 5], 0, 1, 'float64').data]).toEqual([...u.data.subarray(0, 15)])
    expect(uniform(key(6), [1]).data[0]).not.toBe(uniform(key(5), [1]).data[0])
  })
})

describe('normal', () => {
  const z = normal(key(9), [20_000], 1, 'float64')

  test('has mean 0, variance 1, skewness 0 and kurtosis 3', () => {
    const n = z.data.length
    const moment = (k: number): number => [...z.data].reduce((sum, v) => sum + v ** k, 0) / n
    // Four standard errors: the variances of z, z², z³, z⁴ are 1, 2, 15, 96.
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / n))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / n))
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / n))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / n))
  })

  test('neighbours are not correlated', () => {
    let sum = 0
    for (let i = 1; i < z.data.length; i++) sum += (z.data[i] as number) * (z.data[i - 1] as number)
    expect(Math.abs(sum / z.data.length)).toBeLessThan(4 / Math.sqrt(z.data.length))
  })

  test('is the quantile of the uniform number, and scales with std', () => {
    const u = uniform(key(9), [10], 0, 1, 'float64').data
    expect([...z.data.subarray(0, 10)]).toEqual(Array.from(u, (v) => normalQuantile(v + 2 ** -54)))
    expect([...normal(key(9), [4], 0.01, 'float64').data]).toEqual(Array.from(z.data.subarray(0, 4), (v) => 0.01 * v))
  })

  test('in float32 is the float64 number rounded', () => {
    expect(bitsOf({ z: normal(key(9), [20_000]) })).toEqual(bitsOf({ z: cast(z, 'float32') }))
  })
})

describe('permutation and randomIndices', () => {
  test.each([0, 1, 2, 3, 10, 101])('of %i holds each number once', (n) => {
    expect([...permutation(key(4), n)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
  })

  test('all six orders of three are about equally frequent', () => {
    const counts = new Map<string, number>()
    for (let i = 0; i < 1200; i++) {
      const order = permutation(foldIn(key(1), i), 3).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    // 200 expected of each, standard deviation 13.
    for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(52)
  })

  test('randomIndices stay below n and reach all of it', () => {
    const indices = randomIndices(key(2), 500, 7)
    expect(indices).toBeInstanceOf(Int32Array)
    expect([...new Set(indices)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test.each([-1, 1.5, Number.NaN, 2 ** 31])('counts of %s are refused', (n) => {
    const refused = (call: () => unknown, name: string, least: number): void => {
      expect(call).toThrow(new ArgumentError(`${name} is an integer from ${least} to 2^31 − 1, but got ${n}`))
    }
    refused(() => permutation(key(0), n), 'permutation: n', 0)
    refused(() => randomIndices(key(0), n, 3), 'randomIndices: count', 0)
    refused(() => randomIndices(key(0), 3, n), 'randomIndices: n', 1)
  })

  test('nothing can be drawn out of nothing', () => {
    expect(() => randomIndices(key(0), 3, 0)).toThrow('randomIndices: n is an integer from 1 to 2^31 − 1, but got 0')
    expect(randomIndices(key(0), 0, 1).length).toBe(0)
  })
})

describe('uniform and normal refuse', () => {
  test('what is no shape, and another precision', () => {
    for (const [name, draw] of [
      ['uniform', (shape: Shape, dtype?: Dtype) => uniform(key(0), shape, 0, 1, dtype)],
      ['normal', (shape: Shape, dtype?: Dtype) => normal(key(0), shape, 1, dtype)],
    ] as const) {
      expect(() => draw([2, -1])).toThrow(new ShapeError(`${name}: shape is a list of integers ≥ 0, but got [2, -1]`))
      expect(() => draw(3 as unknown as Shape)).toThrow(`${name}: shape is a list of integers ≥ 0, but got 3`)
      expect(() => draw([1], 'float16' as Dtype)).toThrow(
        new ArgumentError(`${name}: dtype is 'float32' or 'float64', but got 'float16'`),
      )
    }
  })

  test('ends and standard deviations that are no numbers', () => {
    expect(() => uniform(key(0), [1], 0, Number.POSITIVE_INFINITY)).toThrow(
      new ArgumentError('uniform: low and high are finite numbers, but got 0 and Infinity'),
    )
    expect(() => uniform(key(0), [1], Number.NaN)).toThrow(
      'uniform: low and high are finite numbers, but got NaN and 1',
    )
    for (const std of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => normal(key(0), [1], std)).toThrow(new ArgumentError(`normal: std is a number ≥ 0, but got ${std}`))
    }
  })
})

// What a release must not change: seeds in papers and logs refer to these numbers.
describe('the numbers of a key are fixed', () => {
  test('keys', () => {
    expect([key(0), key(231), foldIn(key(0), 'W'), foldIn(key(0), 3)]).toEqual([
      [2219120097, 4035800746],
      [4126762748, 2496756596],
      [1573332186, 3992264893],
      [4225502362, 3470917143],
    ])
  })

  test('numbers', () => {
    expect([...uniform(key(0), [3], 0, 1, 'float64').data]).toEqual([
      0.0818753797101821, 0.8387107664464755, 0.25241962181366107,
    ])
    expect([...normal(key(0), [3], 1, 'float64').data]).toEqual([
      -1.3925670280398028, 0.9891730797829025, -0.6668949394403285,
    ])
    expect([...permutation(key(0), 8)]).toEqual([6, 7, 4, 2, 3, 1, 5, 0])
  })
})
