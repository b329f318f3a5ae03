import type * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { foldIn, key } from '../../src/random/index.ts'
import type { Sampler, SamplerView } from '../../src/sweep/sampler.ts'
import { coarseToFine, grid, quasiRandom, random, tpe } from '../../src/sweep/samplers/index.ts'
import {
  choice,
  contains,
  domainAt,
  int,
  isActive,
  keyOf,
  logUniform,
  normal,
  type Space,
  sampleSpace,
  uniform,
  when,
} from '../../src/sweep/space/index.ts'
import type { Params, Trial, TrialState } from '../../src/sweep/trial.ts'
import { leftMessage, right } from '../support.ts'

const space: Space = {
  rule: choice(['sgd', 'sgdMomentum', 'adam']),
  momentum: when('rule', ['sgdMomentum'], uniform(0.5, 0.99)),
  learningRate: logUniform(1e-5, 1e-1),
  hidden: int(32, 512, { step: 32 }),
  width: int(1, 200, { log: true }),
  offset: normal(3, 2),
  fixed: uniform(7, 7),
}

const trial = (number: number, params: Params, value: number | undefined, state: TrialState = 'complete'): Trial => ({
  ...{ number, params, value, state, reported: [], notes: {}, reason: undefined },
  ...{ attempts: 1, began: undefined, ended: undefined },
})

const studyKey = key(231)

/** A study's parameters: each trial is drawn as soon as the sampler may. */
const study = (
  sampler: Sampler,
  trials: number,
  value: (params: Params, number: number) => Trial,
  within = space,
  seed = studyKey,
): readonly Trial[] => {
  const done: Trial[] = []
  for (let number = 0; number < trials; number++) {
    const seen = done.slice(0, sampler.sees(number))
    const view: SamplerView = { space: within, direction: 'minimize', number, studyKey: seed, seen }
    done.push(value(sampler.suggest(view, foldIn(seed, number)), number))
  }
  return done
}

const bowl = (params: Params, number: number): Trial =>
  trial(number, params, Math.log10((params.learningRate as number) / 1e-3) ** 2 + (params.rule === 'sgd' ? 1 : 0))

/** Some diverge, some fail, some are pruned. */
const mishaps = (params: Params, number: number): Trial => {
  const states: readonly TrialState[] = ['complete', 'diverged', 'complete', 'failed', 'pruned', 'complete']
  const state = states[number % states.length] as TrialState
  return trial(number, params, state === 'complete' || state === 'pruned' ? number : undefined, state)
}

const all = {
  random: random(),
  grid: right(grid()),
  quasiRandom: quasiRandom(),
  tpe: right(tpe()),
  coarseToFine: right(coarseToFine()),
}
const samplers = Object.entries(all)

describe.each(samplers)('%s', (_name, sampler) => {
  test.each([
    ['with values', bowl],
    ['with mishaps', mishaps],
  ])('gives values of their domains, exactly where conditions hold: %s', (_what, value) => {
    const trials = study(sampler, 60, value)
    for (const { params } of trials) {
      for (const name of Object.keys(space)) {
        expect(name in params).toBe(isActive(space, params, name))
        if (name in params) expect(contains(domainAt(space, name), params[name])).toBe(true)
      }
      expect(Object.keys(space)).toEqual(expect.arrayContaining(Object.keys(params)))
    }
  })

  test('is a pure function: the same study again, and nothing written to', () => {
    const once = study(sampler, 40, (params, number) => Object.freeze(bowl(Object.freeze({ ...params }), number)))
    expect(study(sampler, 40, bowl)).toEqual(once)
  })

  test('sees never more than what is before, and never less than before', () => {
    const seen = Array.from({ length: 200 }, (_, number) => sampler.sees(number))
    seen.forEach((count, number) => {
      expect(count).toBeLessThanOrEqual(number)
      expect(count).toBeGreaterThanOrEqual(seen[number - 1] ?? 0)
    })
  })

  test('says its settings', () => {
    expect(sampler.description).toMatch(new RegExp(`^${_name}\\(\\{.*\\}\\)$`))
  })
})

describe('wrong options', () => {
  const tries: readonly (readonly [string, E.Either<Error, Sampler>])[] = [
    ["tpe: unknown option 'startups'; did you mean 'startup'?", tpe({ startups: 3 } as never)],
    ['tpe: gamma must be a number in (0, 1), but got 1', tpe({ gamma: 1 })],
    ['tpe: candidates must be an integer ≥ 1, but got 0', tpe({ candidates: 0 })],
    ['tpe: generation must be an integer ≥ 1, but got 0', tpe({ generation: 0 })],
    ['tpe: startup must be an integer ≥ 0, but got -1', tpe({ startup: -1 })],
    ['grid: levels must be an integer ≥ 1, but got 2.5', grid({ levels: 2.5 })],
    ['coarseToFine: shrink must be a number in (0, 1), but got 0', coarseToFine({ shrink: 0 })],
    ['coarseToFine: stage must be an integer ≥ 1, but got 0', coarseToFine({ stage: 0 })],
  ]
  test.each(tries)('%s', (message, made) => {
    expect(leftMessage(made)).toBe(message)
  })
})

describe('random', () => {
  test('is sampleSpace', () => {
    const [, sampler] = samplers[0] as (typeof samplers)[number]
    expect(sampler.suggest({ space, direction: 'minimize', number: 9, studyKey, seen: [] }, [3, 4])).toEqual(
      sampleSpace(space, [3, 4]),
    )
  })
})

describe('grid', () => {
  const small: Space = {
    rule: choice(['sgd', 'sgdMomentum']),
    momentum: when('rule', ['sgdMomentum'], uniform(0.5, 0.9)),
    reg: logUniform(1e-4, 1),
    layers: int(1, 2),
  }

  test('each combination once, the last name first', () => {
    const sampler = right(grid({ levels: 3 }))
    expect(sampler.size(small)).toBe((1 + 3) * 3 * 2)
    const rows = study(sampler, 24, bowl, small).map(({ params }) => params)
    expect(new Set(rows.map(keyOf)).size).toBe(24)
    expect(rows.slice(0, 7)).toEqual(
      [
        [1e-4, 1],
        [1e-4, 2],
        [1e-2, 1],
        [1e-2, 2],
        [1, 1],
        [1, 2],
      ]
        .map(([reg, layers]) => ({ rule: 'sgd', reg: expect.closeTo(reg as number, 12), layers }))
        .concat([{ rule: 'sgdMomentum', momentum: 0.5, reg: expect.closeTo(1e-4, 12), layers: 1 } as never]),
    )
    expect(rows.at(-1)).toEqual({ rule: 'sgdMomentum', momentum: 0.9, reg: 1, layers: 2 })
    expect(study(sampler, 25, bowl, small).at(-1)?.params).toEqual(rows[0])
  })

  test('levels: ends and between, quantiles of a normal, the middle for one', () => {
    const values = (levels: number, one: Space): unknown[] =>
      study(right(grid({ levels })), right(grid({ levels })).size(one), bowl, one).map(({ params }) => params.x)
    expect(values(5, { x: uniform(0, 1) })).toEqual([0, 0.25, 0.5, 0.75, 1])
    expect(values(1, { x: uniform(0, 1) })).toEqual([0.5])
    expect(values(4, { x: uniform(2, 2) })).toEqual([2])
    expect(values(1, { x: normal(5, 2) })).toEqual([5])
    expect(values(2, { x: int(0, 30, { step: 10 }) })).toEqual([0, 10, 20, 30])
    expect(values(2, { x: int(1, 4, { log: true }) })).toEqual([1, 2, 3, 4])
    const huge: Space = { a: int(1, 1e12), b: choice(['x', 'y']) }
    expect(right(grid()).size(huge)).toBe(2e12)
    expect(study(right(grid()), 4, bowl, huge).at(-1)?.params).toEqual({ a: 2, b: 'y' })
  })
})

describe('quasiRandom', () => {
  const square: Space = { x: uniform(0, 1), y: uniform(0, 1), z: int(1, 4) }
  const points = (seed: number, count: number): readonly Params[] =>
    study(quasiRandom(), count, bowl, square, key(seed)).map(({ params }) => params)

  test.each([0, 1, 2])('each 16th by 16th holds one of 256 points, whatever the seed: %i', (seed) => {
    const cells = points(seed, 256).map(
      ({ x, y }) => 16 * Math.floor(16 * (x as number)) + Math.floor(16 * (y as number)),
    )
    expect(new Set(cells).size).toBe(256)
  })

  test('each stretch of 4 trials has each of 4 integers', () => {
    const z = points(3, 64).map((params) => params.z)
    for (let i = 0; i < 64; i += 4) expect(new Set(z.slice(i, i + 4)).size).toBe(4)
  })

  test('each seed has another sequence', () => {
    expect(points(0, 8)).not.toEqual(points(1, 8))
  })

  test('more parameters than dimensions: the rest are drawn by the key', () => {
    const wide: Space = Object.fromEntries(Array.from({ length: 66 }, (_, i) => [`p${i}`, uniform(0, 1)]))
    const draw = (k: number): Params =>
      quasiRandom().suggest({ space: wide, direction: 'minimize', number: 5, studyKey, seen: [] }, key(k))
    expect(Object.keys(draw(0)).length).toBe(66)
    expect(draw(0).p63).toBe(draw(1).p63)
    expect(draw(0).p64).not.toBe(draw(1).p64)
  })
})

describe('tpe', () => {
  const x: Space = { x: uniform(0, 1), c: choice(['a', 'b', 'c']) }
  const params = (i: number): Params => ({ x: i / 30, c: (['a', 'b', 'c'] as const)[i % 3] as string })
  const draws = (seen: readonly Trial[], direction: 'minimize' | 'maximize', within = x): readonly Params[] =>
    Array.from({ length: 200 }, (_, i) =>
      right(tpe()).suggest({ space: within, direction, number: 30, studyKey, seen }, key(i)),
    )
  const meanOf = (rows: readonly Params[]): number =>
    rows.reduce((sum, row) => sum + (row.x as number), 0) / rows.length

  test('sees all startup trials, then whole generations', () => {
    const sampler = right(tpe({ startup: 10, generation: 8 }))
    expect([0, 9, 10, 17, 18, 25, 26].map((n) => sampler.sees(n))).toEqual([0, 0, 10, 10, 18, 18, 26])
  })

  test('draws its first trials like random', () => {
    const view: SamplerView = { space, direction: 'minimize', number: 9, studyKey, seen: [] }
    expect(right(tpe()).suggest(view, key(8))).toEqual(sampleSpace(space, key(8)))
  })

  test('goes where values are good, in both directions', () => {
    const seen = Array.from({ length: 30 }, (_, i) => trial(i, params(i), i))
    expect(meanOf(draws(seen, 'minimize'))).toBeLessThan(0.2)
    expect(meanOf(draws(seen, 'maximize'))).toBeGreaterThan(0.8)
  })

  test('pruned trials rank behind complete ones, those that came further first', () => {
    const pruned = (i: number, step: number): Trial => ({
      ...trial(i, params(i), -100, 'pruned'),
      reported: [{ step, value: -100 }],
    })
    // The complete ones on the right win, though the pruned ones have lower values.
    const seen = Array.from({ length: 30 }, (_, i) => (i < 20 ? pruned(i, 1) : trial(i, params(i), 5)))
    expect(meanOf(draws(seen, 'minimize'))).toBeGreaterThan(0.6)
    // Without any, those pruned last: the ones in the middle.
    const onlyPruned = Array.from({ length: 30 }, (_, i) => pruned(i, i >= 13 && i < 18 ? 9 : 1))
    expect(Math.abs(meanOf(draws(onlyPruned, 'minimize')) - 0.5)).toBeLessThan(0.1)
  })

  test('what diverged or failed is never good', () => {
    const seen = Array.from({ length: 30 }, (_, i) => {
      if (i >= 28) return trial(i, params(i), 1)
      return trial(i, params(i), i % 2 === 0 ? Number.NaN : undefined, i % 2 === 0 ? 'diverged' : 'failed')
    })
    expect(meanOf(draws(seen, 'minimize'))).toBeGreaterThan(0.7)
    const none = Array.from({ length: 30 }, (_, i) => trial(i, params(i), undefined, 'failed'))
    expect(draws(none, 'minimize').every((row) => contains(domainAt(x, 'x'), row.x))).toBe(true)
  })

  test('prefers the choice of the good ones', () => {
    const seen = Array.from({ length: 30 }, (_, i) => trial(i, params(i), i % 3 === 1 ? 0 : 1))
    const b = draws(seen, 'minimize').filter(({ c }) => c === 'b').length
    expect(b).toBeGreaterThan(150)
  })

  test('learns which values are good together', () => {
    const within: Space = { c: choice(['a', 'b']), x: uniform(0, 1) }
    // a with small ones, b with large ones: by themselves all are as good.
    const together = ({ c, x: at }: Params): boolean => (c === 'a') === (at as number) < 0.5
    const seen = Array.from({ length: 60 }, (_, i) => {
      const own: Params = { c: i % 2 === 0 ? 'a' : 'b', x: ((7 * i) % 60) / 60 }
      return trial(i, own, together(own) ? Math.abs((own.c === 'a' ? 0.15 : 0.85) - (own.x as number)) : 1)
    })
    const rows = draws(seen, 'minimize', within)
    expect(rows.filter(together).length).toBeGreaterThan(170)
    expect(rows.filter(({ c }) => c === 'a').length).toBeGreaterThan(20)
    expect(rows.filter(({ c }) => c === 'b').length).toBeGreaterThan(20)
  })

  test('a conditional parameter learns from the trials that have it', () => {
    const within: Space = { c: choice(['a', 'b']), x: when('c', ['a'], uniform(0, 1)) }
    const seen = Array.from({ length: 30 }, (_, i) =>
      i % 2 === 0 ? trial(i, { c: 'a', x: i / 30 }, i) : trial(i, { c: 'b' }, 100),
    )
    const rows = draws(seen, 'minimize', within)
    expect(rows.every((row) => 'x' in row === (row.c === 'a'))).toBe(true)
    expect(meanOf(rows.filter((row) => row.c === 'a'))).toBeLessThan(0.25)
  })

  test('what it remembers of a generation does not change what it draws', () => {
    const seen = Array.from({ length: 30 }, (_, i) => trial(i, params(i), i))
    const other = Array.from({ length: 30 }, (_, i) => trial(i, params(i), -i))
    const views: readonly SamplerView[] = [
      { space: x, direction: 'minimize', number: 30, studyKey, seen },
      { space: x, direction: 'minimize', number: 30, studyKey, seen: other },
      { space: x, direction: 'maximize', number: 30, studyKey, seen: other },
      {
        space: { x: uniform(-9, 9), c: x.c as Space[string] },
        direction: 'maximize',
        number: 30,
        studyKey,
        seen: other,
      },
    ]
    const used = right(tpe())
    for (const view of [...views, ...views.toReversed()]) {
      expect(used.suggest(view, key(1))).toEqual(right(tpe()).suggest(view, key(1)))
    }
    // The first and the third have the same good trials.
    expect(new Set(views.map((view) => keyOf(used.suggest(view, key(1))))).size).toBe(3)
  })

  test('finds a narrow valley better than random', () => {
    const lowest = (sampler: Sampler, seed: number): number =>
      Math.min(...study(sampler, 60, bowl, space, key(seed)).map(({ value }) => value as number))
    const won = [0, 1, 2, 3, 4].filter((seed) => lowest(right(tpe()), seed) < lowest(random(), seed))
    expect(won.length).toBeGreaterThanOrEqual(4)
  })
})

describe('coarseToFine', () => {
  const line: Space = { x: uniform(0, 10), rate: logUniform(1e-4, 1), c: choice(['a', 'b', 'c', 'd']) }
  const view = (seen: readonly Trial[], number: number): SamplerView => ({
    ...{ space: line, direction: 'minimize', number, studyKey, seen },
  })
  const rows = (seen: readonly Trial[], number: number): readonly Params[] =>
    Array.from({ length: 400 }, (_, i) => right(coarseToFine({ stage: 10 })).suggest(view(seen, number), key(i)))
  const range = (params: readonly Params[], name: string): readonly [number, number] => {
    const values = params.map((row) => row[name] as number)
    return [Math.min(...values), Math.max(...values)]
  }
  const best = [trial(0, { x: 4, rate: 1e-2, c: 'b' }, 0), trial(1, { x: 9, rate: 1e-4, c: 'a' }, 1)]

  test('sees whole stages', () => {
    expect([0, 9, 10, 19, 20].map((n) => right(coarseToFine({ stage: 10 })).sees(n))).toEqual([0, 0, 10, 10, 20])
  })

  test('halves the range around the best, a log range by orders of magnitude', () => {
    const [low, high] = range(rows(best, 10), 'x')
    expect(low).toBeGreaterThanOrEqual(1.5)
    expect(low).toBeLessThan(1.6)
    expect(high).toBeLessThanOrEqual(6.5)
    expect(high).toBeGreaterThan(6.4)
    const [slow, fast] = range(rows(best, 20), 'rate')
    expect(slow).toBeGreaterThanOrEqual(10 ** -2.5 * (1 - 1e-12))
    expect(fast).toBeLessThanOrEqual(10 ** -1.5 * (1 + 1e-12))
  })

  test('a window at the border stays inside and as wide', () => {
    const [low, high] = range(rows([trial(0, { x: 10, rate: 1, c: 'a' }, 0)], 10), 'x')
    expect(low).toBeGreaterThanOrEqual(5)
    expect(low).toBeLessThan(5.1)
    expect(high).toBeLessThanOrEqual(10)
  })

  test("the best trial's choice, but for a share of the draws", () => {
    const share = (number: number): number => rows(best, number).filter(({ c }) => c === 'b').length / 400
    // 1 − width + width/4
    expect(Math.abs(share(10) - 0.625)).toBeLessThan(0.08)
    expect(Math.abs(share(30) - 0.90625)).toBeLessThan(0.05)
  })

  test('the whole range while nothing is complete', () => {
    const [low, high] = range(rows([trial(0, { x: 4, rate: 1e-2, c: 'b' }, undefined, 'failed')], 10), 'x')
    expect(low).toBeLessThan(0.1)
    expect(high).toBeGreaterThan(9.9)
  })
})
