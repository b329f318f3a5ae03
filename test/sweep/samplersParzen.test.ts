import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { key, uniform as uniformDraws } from '../../src/random/index.ts'
import { exp } from '../../src/sweep/exp.ts'
import { normalCdf } from '../../src/sweep/normalCdf.ts'
import { parzen } from '../../src/sweep/samplers/parzen.ts'
import { sobol } from '../../src/sweep/samplers/sobol.ts'
import { JOE_KUO } from '../../src/sweep/samplers/sobolDirections.ts'
import { choice, type Domain, int, type Space, uniform, when } from '../../src/sweep/space/index.ts'
import type { Params, ParamValue } from '../../src/sweep/trial.ts'
import { close, relativeError } from '../support.ts'

/** Written by test/golden/sweep.py. */
const golden = JSON.parse(readFileSync(new URL('../golden/sweep.json', import.meta.url), 'utf8')) as {
  readonly sobol: readonly { readonly n: number; readonly x: readonly number[] }[]
  readonly parzen: readonly {
    readonly name: string
    readonly space: Space
    readonly seen: readonly Params[]
    readonly at: readonly Params[]
    readonly density: readonly number[]
  }[]
  readonly functions: Readonly<Record<'z' | 'normalCdf' | 'x' | 'exp', readonly number[]>>
}

describe('numbers from NumPy and SciPy', () => {
  test('exp', () => {
    close(golden.functions.x.map(exp), golden.functions.exp, 1e-15, 'exp', relativeError)
    expect([exp(-1000), exp(1000), exp(0)]).toEqual([0, Number.POSITIVE_INFINITY, 1])
    expect(exp(709.7) / Math.exp(709.7)).toBeCloseTo(1, 14)
  })

  test('the normal distribution', () => {
    close(golden.functions.z.map(normalCdf), golden.functions.normalCdf, 2e-15, 'normalCdf', (a, e) => Math.abs(a - e))
    expect([normalCdf(-9), normalCdf(9)]).toEqual([0, 1])
  })

  test.each(golden.parzen)("TPE's estimator: $name", ({ space, seen, at, density }) => {
    const estimator = parzen(space, seen)
    close(
      at.map((params) => estimator.density(params)),
      density,
      1e-11,
      'density',
      relativeError,
    )
  })

  test.each(golden.sobol)('Sobol point $n in 64 dimensions', ({ n, x }) => {
    expect(JOE_KUO.length + 1).toBe(x.length)
    expect(x.map((_, dimension) => sobol(n, dimension))).toEqual(x)
  })
})

test('the first points of the published program in 3 dimensions (Joe & Kuo, sobol.cc)', () => {
  const points = Array.from({ length: 10 }, (_, n) => [0, 1, 2].map((dimension) => sobol(n, dimension) / 2 ** 32))
  expect(points).toEqual([
    [0, 0, 0],
    [0.5, 0.5, 0.5],
    [0.75, 0.25, 0.25],
    [0.25, 0.75, 0.75],
    [0.375, 0.375, 0.625],
    [0.875, 0.875, 0.125],
    [0.625, 0.125, 0.875],
    [0.125, 0.625, 0.375],
    [0.1875, 0.3125, 0.9375],
    [0.6875, 0.8125, 0.4375],
  ])
})

/** The estimator of one parameter. */
const estimatorOf = (domain: Domain, seen: readonly ParamValue[]) => {
  const whole = parzen(
    { x: domain },
    seen.map((x) => ({ x })),
  )
  return {
    density: (x: ParamValue): number => whole.density({ x }),
    draw: (u: number, v: number): ParamValue => whole.draw(u, () => v).x as ParamValue,
  }
}

describe('draws of an estimator follow its density', () => {
  const draws = (estimator: ReturnType<typeof estimatorOf>, count: number): ParamValue[] => {
    const { data } = uniformDraws(key(5), [count, 2], 0, 1, 'float64')
    return Array.from({ length: count }, (_, i) => estimator.draw(data[2 * i] as number, data[2 * i + 1] as number))
  }

  test.each([
    ['int', int(10, 40, { step: 5 }), [15, 15, 20, 40]],
    ['int with log', int(1, 9, { log: true }), [1, 1, 2, 8]],
    ['choice', choice(['a', 'b', 'c', 'd']), ['b', 'b', 'd']],
  ] as const)('%s: χ² of 4000 draws', (_name, domain, seen) => {
    const estimator = estimatorOf(domain, seen)
    const drawn = draws(estimator, 4000)
    const values = [...new Set(drawn)]
    const expected = values.map((value) => 4000 * estimator.density(value))
    expect(expected.reduce((a, b) => a + b, 0)).toBeCloseTo(4000, 6)
    const chi2 = values
      .map(
        (value, i) =>
          (drawn.filter((d) => d === value).length - (expected[i] as number)) ** 2 / (expected[i] as number),
      )
      .reduce((a, b) => a + b, 0)
    // The 99.9 % quantile for at most 8 degrees of freedom.
    expect(chi2).toBeLessThan(26.1)
  })

  test('uniform: Kolmogorov–Smirnov distance to the integral of the density', () => {
    const estimator = estimatorOf(uniform(0, 1), [0.2, 0.21, 0.9])
    const drawn = (draws(estimator, 2000) as number[]).sort((a, b) => a - b)
    const cells = 20000
    let sum = 0
    const integral = Float64Array.from({ length: cells }, (_, i) => {
      sum += estimator.density((i + 0.5) / cells) / cells
      return sum
    })
    expect(sum).toBeCloseTo(1, 6)
    const distance = Math.max(
      ...drawn.map((x, i) =>
        Math.abs((i + 0.5) / 2000 - (integral[Math.min(cells - 1, Math.floor(x * cells))] as number)),
      ),
    )
    // 1.95/√n is passed once in a thousand.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(2000))
  })

  test('both ends of the unit interval give values of the domain', () => {
    const estimator = estimatorOf(uniform(2, 3), [2, 2, 3])
    for (const u of [0, 0.5, 1 - 2 ** -53]) {
      for (const v of [0, 1 - 2 ** -53]) {
        expect(estimator.draw(u, v)).toBeGreaterThanOrEqual(2)
        expect(estimator.draw(u, v)).toBeLessThanOrEqual(3)
      }
    }
  })

  test('a domain of one value', () => {
    expect(estimatorOf(uniform(3, 3), [3, 3]).draw(0.9, 0.9)).toBe(3)
    expect(estimatorOf(int(4, 4), []).density(4)).toBe(1)
  })
  test('whole observations: draws of several parameters go together, and conditions hold', () => {
    const space: Space = { rule: choice(['a', 'b']), x: when('rule', ['a'], uniform(0, 1)), y: int(1, 4) }
    const seen: readonly Params[] = [
      { rule: 'a', x: 0.1, y: 1 },
      { rule: 'b', y: 4 },
    ]
    const estimator = parzen(space, seen)
    const { data } = uniformDraws(key(6), [4000, 4], 0, 1, 'float64')
    const drawn = Array.from({ length: 4000 }, (_, i) => {
      const unit: Readonly<Record<string, number>> = {
        rule: data[4 * i + 1] as number,
        x: data[4 * i + 2] as number,
        y: data[4 * i + 3] as number,
      }
      return estimator.draw(data[4 * i] as number, (name) => unit[name] as number)
    })
    for (const params of drawn) expect('x' in params).toBe(params.rule === 'a')
    const pairs = [1, 2, 3, 4].flatMap((y) => [{ rule: 'b', y }])
    const withB = pairs.map((pair) => drawn.filter(({ rule, y }) => rule === pair.rule && y === pair.y).length)
    const expected = pairs.map((pair) => 4000 * estimator.density(pair))
    const chi2 = withB.map((n, i) => (n - (expected[i] as number)) ** 2 / (expected[i] as number))
    // The 99.9 % quantile for 4 degrees of freedom.
    expect(chi2.reduce((a, b) => a + b, 0)).toBeLessThan(18.5)
    // b was seen with 4, a with 1; by themselves 1 and 4 are as likely.
    expect(withB[3]).toBeGreaterThan(2 * (withB[0] as number))
  })

  test('integers whose cells are narrower than rounding: finite densities that add up', () => {
    const wide = int(0, 2 ** 50)
    const estimator = estimatorOf(wide, [2 ** 40, 2 ** 49])
    const values = Array.from({ length: 1000 }, (_, i) => Math.round(((i + 0.5) / 1000) * 2 ** 50))
    const sum = values.reduce((total, value) => total + (estimator.density(value) * 2 ** 50) / 1000, 0)
    expect(sum).toBeCloseTo(1, 4)
  })
})
