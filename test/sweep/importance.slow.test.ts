import { describe, expect, test } from 'vitest'
import { key, normal as normals, uniform as uniforms } from '../../src/random/index.ts'
import { type Importance, importance } from '../../src/sweep/importance/importance.ts'
import { valueAt } from '../../src/sweep/space/axis.ts'
import { choice, domainOf, int, logUniform, normal, uniform, when } from '../../src/sweep/space/domain.ts'
import type { Space } from '../../src/sweep/space/index.ts'
import type { Params, Trial } from '../../src/sweep/trial.ts'

/** Trials drawn at random from the space, with the values of a function. */
const trialsOf = (space: Space, count: number, f: (params: Params, number: number) => number, seed = 0): Trial[] => {
  const entries = Object.entries(space)
  const u = uniforms(key(seed), [count, entries.length], 0, 1, 'float64').data
  return Array.from({ length: count }, (_, number) => {
    const params: Record<string, Params[string]> = {}
    for (const [j, [name, entry]] of entries.entries()) {
      if (entry.kind === 'when' && !entry.values.includes(params[entry.parent] as Params[string])) continue
      params[name] = valueAt(domainOf(entry), u[number * entries.length + j] as number)
    }
    const value = f(params, number)
    return {
      ...{ number, state: 'complete', params, value, reported: [], notes: {}, reason: undefined, attempts: 1 },
      ...{ began: undefined, ended: undefined },
    } as const
  })
}
const num = (params: Params, name: string): number => params[name] as number
const found = (space: Space, trials: readonly Trial[], seed = 1): Importance => {
  const result = importance(space, trials, key(seed))
  if (result === undefined) throw new Error('no importance')
  return result
}
const table = ({ shares }: Importance) => Object.fromEntries(shares.map(({ name, ...share }) => [name, share]))

const near = (actual: number | undefined, expected: number, within: number) => {
  expect(actual).toBeGreaterThan(expected - within)
  expect(actual).toBeLessThan(expected + within)
}

describe('functions whose variance shares are known', () => {
  test('a sum: the squares of its slopes; what has no part in it gets nothing', () => {
    const space = {
      rate: logUniform(1e-5, 1),
      x: uniform(-2, 4),
      k: int(0, 20),
      none: uniform(0, 1),
      nothing: choice(['a', 'b', 'c']),
    }
    // Over the unit cube the slopes are 1.5, 3 and 1.
    const f = (p: Params) => -0.3 * Math.log10(num(p, 'rate')) + 0.5 * num(p, 'x') + num(p, 'k') / 21
    const result = found(space, trialsOf(space, 600, f))
    const shares = table(result)
    const all = 9 + 2.25 + 1
    expect(result.shares.slice(0, 3).map(({ name }) => name)).toEqual(['x', 'rate', 'k'])
    near(shares.x?.alone, 9 / all, 0.05)
    near(shares.rate?.alone, 2.25 / all, 0.05)
    near(shares.k?.alone, 1 / all, 0.05)
    for (const name of ['x', 'rate', 'k']) expect(shares[name]?.total).toBeLessThan((shares[name]?.alone ?? 0) + 0.06)
    near(shares.none?.total, 0, 0.02)
    near(shares.nothing?.total, 0, 0.02)
    expect(result.explained).toBeGreaterThan(0.95)
  })

  test('a product: nothing alone, everything together', () => {
    const space = { x: uniform(-1, 1), y: uniform(-1, 1) }
    const shares = table(
      found(
        space,
        trialsOf(space, 600, (p) => num(p, 'x') * num(p, 'y')),
      ),
    )
    for (const name of ['x', 'y']) {
      near(shares[name]?.alone, 0, 0.06)
      near(shares[name]?.total, 1, 0.08)
    }
  })

  test('Ishigami: S = 0.314, 0.442, 0; T = 0.558, 0.442, 0.244 (Saltelli et al. 2008)', () => {
    const side = uniform(-Math.PI, Math.PI)
    const space = { a: side, b: side, c: side }
    const f = (p: Params) =>
      Math.sin(num(p, 'a')) + 7 * Math.sin(num(p, 'b')) ** 2 + 0.1 * num(p, 'c') ** 4 * Math.sin(num(p, 'a'))
    const shares = table(found(space, trialsOf(space, 1500, f)))
    // The forest is rough where the function is steep: it takes part of b's share for an effect together with others.
    near(shares.a?.alone, 0.314, 0.06)
    near(shares.b?.alone, 0.442, 0.13)
    near(shares.c?.alone, 0, 0.05)
    near(shares.a?.total, 0.558, 0.06)
    near(shares.b?.total, 0.442, 0.06)
    near(shares.c?.total, 0.244, 0.15)
  })

  test('categories, under noise', () => {
    const space = { c: choice(['a', 'b', 'c', 'd']), x: normal(5, 2) }
    const noise = normals(key(5), [800], 1, 'float64').data
    const values: Readonly<Record<string, number>> = { a: 0, b: 8, c: 2, d: 8 }
    const result = found(
      space,
      trialsOf(space, 800, (p, i) => (values[String(p.c)] as number) + (noise[i] as number)),
    )
    near(table(result).c?.total, 1, 0.06)
    near(table(result).x?.alone, 0, 0.03)
    // Var of 0, 8, 2, 8 is 12.75; that of the noise 1.
    near(result.explained, 12.75 / 13.75, 0.05)
  })

  test('a parameter that is there in half of the trials', () => {
    const space = { rule: choice(['sgd', 'adam']), momentum: when('rule', ['sgd'], uniform(0, 1)) }
    const shares = table(
      found(
        space,
        trialsOf(space, 400, (p) => (p.momentum === undefined ? 0 : num(p, 'momentum'))),
      ),
    )
    // y = B·m with B of 0 and 1, m of U(0, 1): V = 5/48, of which B alone has 1/16 and m alone 1/48.
    near(shares.rule?.alone, 0.6, 0.01)
    near(shares.rule?.total, 0.8, 0.01)
    near(shares.momentum?.alone, 0.2, 0.01)
    near(shares.momentum?.total, 0.4, 0.01)
  })
})

describe('what it does not depend on', () => {
  const space = { x: uniform(0, 1), y: choice([1, 2, 3]) }
  const trials = trialsOf(space, 60, (p) => num(p, 'x') + num(p, 'y'))

  test('equal keys give equal shares, other keys others', () => {
    expect(found(space, trials, 3)).toEqual(found(space, trials, 3))
    expect(found(space, trials, 3)).not.toEqual(found(space, trials, 4))
  })

  test('trials without a result', () => {
    const others = trials.map((trial) => ({
      ...trial,
      number: 100 + trial.number,
      state: 'pruned' as const,
      value: 1e9,
    }))
    const odd = { ...(trials[0] as Trial), number: 999, value: Number.NaN }
    expect(found(space, [...trials, ...others, odd])).toEqual(found(space, trials))
    expect(found(space, trials).trials).toBe(60)
  })

  test('the order of the trials', () => {
    expect(found(space, trials.toReversed())).toEqual(found(space, trials))
  })

  test('the unit of the values', () => {
    const scaled = table(
      found(
        space,
        trials.map((trial) => ({ ...trial, value: 1024 * (trial.value as number) })),
      ),
    )
    for (const [name, { alone, total }] of Object.entries(table(found(space, trials)))) {
      expect(scaled[name]?.alone).toBeCloseTo(alone, 9)
      expect(scaled[name]?.total).toBeCloseTo(total, 9)
    }
  })
})

describe('nothing to say', () => {
  const space = { x: uniform(0, 1) }
  test.each([
    ['no trials', trialsOf(space, 0, () => 1)],
    ['nine trials', trialsOf(space, 9, (p) => num(p, 'x'))],
    ['all values equal', trialsOf(space, 50, () => 1)],
  ])('%s', (_what, trials) => {
    expect(importance(space, trials, key(0))).toBeUndefined()
  })

  test('a value that is not in its domain is taken for none', () => {
    const trials = trialsOf(space, 40, (p) => num(p, 'x')).map((trial, i) =>
      i === 3 ? { ...trial, params: { x: 'y' } } : trial,
    )
    expect(table(found(space, trials)).x?.total).toBeCloseTo(1, 9)
    const rule = { rule: choice(['a', 'b']) }
    const ruled = trialsOf(rule, 40, (p) => (p.rule === 'a' ? 0 : 1))
    const odd = ruled.map((trial, i) => (i === 3 ? { ...trial, params: { rule: 'c' } } : trial))
    expect(table(found(rule, odd)).rule?.total).toBeCloseTo(1, 9)
  })

  test('a parameter that has one value explains nothing, and one parameter all', () => {
    const two = { x: uniform(0, 1), fixed: uniform(3, 3), only: choice(['one']) }
    const shares = table(
      found(
        two,
        trialsOf(two, 50, (p) => num(p, 'x')),
      ),
    )
    expect(shares).toEqual({
      x: { alone: expect.closeTo(1, 9), total: expect.closeTo(1, 9) },
      fixed: { alone: expect.closeTo(0, 9), total: 0 },
      only: { alone: expect.closeTo(0, 9), total: 0 },
    })
  })
})

test('two neighbouring numbers, with none between them, are told apart', () => {
  const [low, high] = [0.5, 0.5 + 2 ** -53]
  const space = { x: uniform(0, 1) }
  const trials = trialsOf(space, 40, () => 0).map((trial, i) => ({
    ...trial,
    params: { x: i % 2 === 0 ? low : high },
    value: i % 2,
  }))
  expect(found(space, trials)).toMatchObject({
    shares: [{ name: 'x', alone: expect.closeTo(1), total: expect.closeTo(1) }],
  })
})
