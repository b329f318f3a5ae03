import { describe, expect, expectTypeOf, test } from 'vitest'
import { foldIn, key, normalQuantile } from '../../src/random/index.ts'
import {
  boundsOf,
  checkSpace,
  choice,
  contains,
  type Domain,
  domainAt,
  int,
  isActive,
  keyOf,
  logUniform,
  type Numeric,
  normal,
  orderOf,
  type ParamsOf,
  type Space,
  sampleSpace,
  shareBelow,
  spaceSize,
  spaces,
  uniform,
  valueAt,
  when,
} from '../../src/sweep/space/index.ts'
import { leftMessage, right } from '../support.ts'

const COUNT = 2000

const space = {
  momentum: when('rule', ['sgdMomentum'], uniform(0.5, 0.99)),
  rule: choice(['sgdMomentum', 'adam']),
  learningRate: logUniform(1e-5, 1e-1),
  hidden: int(32, 512, { step: 32 }),
  width: int(1, 200, { log: true }),
  offset: normal(3, 2),
  layers: int(1, 4),
  nesterov: when('momentum2', [true], choice([true, false])),
  momentum2: when('rule', ['adam'], choice([true, false, null])),
}

const draws = Array.from({ length: COUNT }, (_, i) => sampleSpace(space, foldIn(key(1), i)))
const column = (name: keyof typeof space): number[] => draws.map((params) => params[name] as number)

/** Kolmogorov–Smirnov: passed by one sample in a thousand. */
const LIMIT = 1.95 / Math.sqrt(COUNT)
const distance = (values: readonly number[], cumulative: (x: number) => number): number =>
  Math.max(...[...values].sort((a, b) => a - b).map((x, i) => Math.abs((i + 0.5) / values.length - cumulative(x))))

const chiSquare = (values: readonly unknown[], shares: ReadonlyMap<unknown, number>): number =>
  [...shares].reduce((sum, [value, share]) => {
    const expected = share * values.length
    return sum + (values.filter((v) => v === value).length - expected) ** 2 / expected
  }, 0)

describe('draws', () => {
  test('are a pure function of space and key', () => {
    expect(sampleSpace(space, [1, 2])).toEqual(sampleSpace(space, [1, 2]))
    expect(sampleSpace(space, [1, 2])).not.toEqual(sampleSpace(space, [1, 3]))
  })

  test('of one parameter do not depend on the others', () => {
    const { learningRate } = sampleSpace(space, [1, 2])
    expect(sampleSpace({ learningRate: space.learningRate }, [1, 2])).toEqual({ learningRate })
  })

  test('are values of their domains', () => {
    for (const params of draws) {
      for (const [name, value] of Object.entries(params)) expect(contains(domainAt(space, name), value)).toBe(true)
    }
  })

  test('conditional parameters are there exactly where their conditions hold', () => {
    for (const params of draws) {
      expect('momentum' in params).toBe(params.rule === 'sgdMomentum')
      expect('momentum2' in params).toBe(params.rule === 'adam')
      expect('nesterov' in params).toBe(params.momentum2 === true)
    }
    expect(draws.some((params) => 'nesterov' in params)).toBe(true)
  })

  test('are uniform, uniform in the logarithm, normal', () => {
    const momentum = column('momentum').filter((value) => value !== undefined)
    expect(distance(momentum, (x) => (x - 0.5) / 0.49)).toBeLessThan(1.95 / Math.sqrt(momentum.length))
    expect(distance(column('learningRate'), (x) => (Math.log10(x) + 5) / 4)).toBeLessThan(LIMIT)
    expect(distance(column('offset'), (x) => shareBelow(space.offset, x))).toBeLessThan(LIMIT)
    expect(valueAt(space.offset, 0.9)).toBeCloseTo(3 + 2 * normalQuantile(0.9), 12)
  })

  test('integers and choices: each as often, or by the width of its logarithm', () => {
    const even = (values: readonly unknown[]): Map<unknown, number> =>
      new Map(values.map((v) => [v, 1 / values.length]))
    // 99.9 % quantiles for 15, 3, 1 and 5 degrees of freedom.
    const hidden = Array.from({ length: 16 }, (_, i) => 32 * (i + 1))
    expect(chiSquare(column('hidden'), even(hidden))).toBeLessThan(37.7)
    expect(chiSquare(column('layers'), even([1, 2, 3, 4]))).toBeLessThan(16.3)
    expect(chiSquare(column('rule'), even(['sgdMomentum', 'adam']))).toBeLessThan(10.8)
    const share = (k: number): number => Math.log((k + 0.5) / (k - 0.5)) / Math.log(200.5 / 0.5)
    const widths = [1, 2, 3, 4, 5].map((k) => [k, share(k)] as const)
    const rest = 1 - widths.reduce((sum, [, p]) => sum + p, 0)
    const grouped = column('width').map((k) => (k > 5 ? 'more' : k))
    expect(chiSquare(grouped, new Map<unknown, number>([...widths, ['more', rest]]))).toBeLessThan(20.5)
  })
})

describe('valueAt', () => {
  const domains: readonly Domain[] = [
    uniform(-3, 5),
    logUniform(1e-7, 1e3),
    int(-4, 20, { step: 3 }),
    int(1, 1000, { log: true }),
    normal(0, 1e-3),
    choice(['a', 'b', null]),
    uniform(2, 2),
  ]
  test.each(domains)('$kind: ends lie within, shareBelow leads back', (domain) => {
    for (const u of [0, 1e-12, 0.2, 0.5, 0.999, 1 - 2 ** -53, 1]) {
      const value = valueAt(domain, u)
      expect(contains(domain, value)).toBe(true)
    }
    for (const u of [0.01, 0.2, 0.5, 0.999]) {
      const value = valueAt(domain, u)
      const again = valueAt(domain, shareBelow(domain, value))
      if (typeof value === 'number')
        expect(Math.abs((again as number) - value)).toBeLessThan(1e-12 * (1 + Math.abs(value)))
      else expect(again).toBe(value)
    }
  })

  test('contains', () => {
    expect(contains(int(0, 10, { step: 5 }), 5)).toBe(true)
    expect(contains(int(0, 10, { step: 5 }), 6)).toBe(false)
    expect(contains(uniform(0, 1), Number.NaN)).toBe(false)
    expect(contains(uniform(0, 1), '0.5')).toBe(false)
    expect(contains(choice(['a']), 'b')).toBe(false)
    expect(boundsOf(normal(1, 2) as Numeric)).toEqual([-17, 19])
  })
})

describe('a space', () => {
  test('order: parents first, otherwise as written', () => {
    expect(orderOf(space)).toEqual([
      ...['rule', 'momentum', 'momentum2', 'nesterov'],
      ...['learningRate', 'hidden', 'width', 'offset', 'layers'],
    ])
  })

  test('size counts what is there together', () => {
    expect(spaceSize({ a: int(1, 4), b: choice(['x', 'y']) })).toBe(8)
    expect(spaceSize({ a: choice(['x', 'y', 'z']), b: when('a', ['y'], int(1, 5)) })).toBe(7)
    const nested = { a: int(1, 3), b: when('a', [2, 3], choice([true, false])), c: when('b', [true], int(1, 10)) }
    expect(spaceSize(nested)).toBe(1 + 2 * (10 + 1))
    expect(new Set(Array.from({ length: 800 }, (_, i) => keyOf(sampleSpace(nested, [0, i])))).size).toBe(23)
    expect(spaceSize({ a: choice([1]), b: uniform(0, 1) })).toBe(Number.POSITIVE_INFINITY)
    expect(spaceSize({ a: uniform(1, 1) })).toBe(1)
  })

  test('isActive', () => {
    expect(isActive(space, { rule: 'adam' }, 'momentum2')).toBe(true)
    expect(isActive(space, { rule: 'sgdMomentum' }, 'nesterov')).toBe(false)
    expect(isActive(space, {}, 'layers')).toBe(true)
  })

  test('keyOf does not depend on the order', () => {
    expect(keyOf({ a: 1, b: 'x' })).toBe(keyOf({ b: 'x', a: 1 }))
    expect(keyOf({ a: 1 })).not.toBe(keyOf({ a: '1' }))
  })

  test('params have its types', () => {
    expectTypeOf<ParamsOf<typeof space>['rule']>().toEqualTypeOf<'sgdMomentum' | 'adam'>()
    expectTypeOf<ParamsOf<typeof space>['momentum']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<ParamsOf<typeof space>['momentum2']>().toEqualTypeOf<boolean | null | undefined>()
    expectTypeOf<ParamsOf<typeof space>['layers']>().toEqualTypeOf<number>()
  })

  test('is plain data', () => {
    expect(JSON.parse(JSON.stringify(space))).toEqual(space)
  })
})

describe('checkSpace', () => {
  test('gives a good space back', () => {
    expect(right(checkSpace(space))).toBe(space)
    expect(right(checkSpace(spaces({ a: int(1, 1) }, { b: uniform(-1, -1) })))).toEqual({
      a: int(1, 1),
      b: uniform(-1, -1),
    })
  })

  const good = { rule: choice(['sgd', 'adam']), depth: int(2, 8, { step: 2 }), reg: uniform(0, 1) }
  const bad: readonly (readonly [string, unknown])[] = [
    ["'x': low 2 is above high 1; exchange them", uniform(2, 1)],
    ["'x': the bounds of uniform must be finite numbers, but one is NaN", uniform(0, Number.NaN)],
    ["'x': the bounds of uniform must be finite numbers, but one is '1'", uniform(0, '1' as never)],
    ["'x': low 0.1 is above high 0.01; exchange them", logUniform(0.1, 0.01)],
    ["'x': logUniform needs low > 0, but low is 0", logUniform(0, 1)],
    ["'x': logUniform needs low > 0, but low is -1", logUniform(-1, 1)],
    ["'x': low 8 is above high 4; exchange them", int(8, 4)],
    ["'x': the bounds of int must be integers, but one is 0.5; uniform takes any number", int(0.5, 4)],
    ["'x': step 32 does not divide 32 … 500; the last value would be 480", int(32, 500, { step: 32 })],
    ["'x': step must be an integer ≥ 1, but is 0", int(1, 4, { step: 0 })],
    ["'x': int: unknown option 'steps'; did you mean 'step'?", int(1, 9, { steps: 2 } as never)],
    ["'x': log must be true or false, but is 1", int(1, 9, { log: 1 as never })],
    ["'x': -1e+308 … 1e+308 is wider than any number; bring the bounds closer", uniform(-1e308, 1e308)],
    ["'x': the bounds of normal must be finite numbers, but one is -Infinity", normal(0, 1e308)],
    ["'x': int with log needs low ≥ 1, but low is 0", int(0, 4, { log: true })],
    [
      "'x': int with log takes every integer, each as likely as its logarithm says, but step is 2; leave step or log out",
      int(1, 9, { step: 2, log: true }),
    ],
    ["'x': choice is empty; give it at least one value", choice([])],
    ["'x': choice has 'a' twice", choice(['a', 'b', 'a'])],
    [
      "'x': a choice must be a text, a finite number, true, false or null, but one is NaN; choose among names and look it up in the objective",
      choice([1, Number.NaN]),
    ],
    [
      "'x': a choice must be a text, a finite number, true, false or null, but one is { a }; choose among names and look it up in the objective",
      choice([{ a: 1 } as never]),
    ],
    ["'x': std must be a number > 0, but is 0", normal(0, 0)],
    ["'x': mean must be a finite number, but is Infinity", normal(Number.POSITIVE_INFINITY, 1)],
    [
      "'x': expected one of uniform, logUniform, int, normal, choice, when, but got 3; for a fixed value write choice([value])",
      3,
    ],
    [
      "'x': expected one of uniform, logUniform, int, normal, choice, when, but got null; for a fixed value write choice([value])",
      null,
    ],
    [
      "'x': its condition looks at 'rules', which is no parameter; did you mean 'rule'?",
      when('rules', ['sgd'], int(1, 2)),
    ],
    ["'x': its condition depends on itself: x → x", when('x', [1], int(1, 2))],
    [
      "'x': its condition looks at 'reg', which is uniform; only a choice or an int can be looked at",
      when('reg', [1], int(1, 2)),
    ],
    ["'x': its condition has no value of 'rule'; name at least one", when('rule', [], int(1, 2))],
    [
      "'x': its condition needs 'rule' to be 'adamw', but that is one of 'sgd', 'adam'",
      when('rule', ['adamw'], int(1, 2)),
    ],
    [
      "'x': its condition needs 'depth' to be 3, but that is one of 2 … 8 in steps of 2",
      when('depth', [2, 3], int(1, 2)),
    ],
    ["'x': low 2 is above high 1; exchange them", when('rule', ['sgd'], uniform(2, 1))],
    [
      "'x': a condition within a condition; give the parent a condition instead",
      when('rule', ['sgd'], when('depth', [2], int(1, 2)) as never),
    ],
  ]
  test.each(bad)('%s', (message, domain) => {
    expect(leftMessage(checkSpace({ ...good, x: domain } as Space))).toBe(`space: ${message}`)
  })

  test('conditions in a circle', () => {
    const circle = { a: when('b', [1], int(1, 2)), b: when('a', [1], int(1, 2)), c: int(1, 2) }
    expect(leftMessage(checkSpace(circle))).toBe("space: 'a': its condition depends on itself: a → b → a")
  })

  test('the domain of a parent is judged before conditions that look at it, whatever their order', () => {
    const space = { a: when('b', [1], int(1, 2)), b: when('c', [1], undefined as never), c: choice([1]) }
    expect(leftMessage(checkSpace(space))).toMatch(/^space: 'b': expected one of uniform, .*, but got undefined;/)
    const halves = { a: when('b', [1], int(1, 2)), b: { kind: 'choice' } as never }
    expect(leftMessage(checkSpace(halves))).toBe("space: 'b': choice is empty; give it at least one value")
  })

  test('a name used twice, also in spaces of spaces', () => {
    const twice = spaces(spaces({ reg: uniform(0, 1) }, { reg: uniform(0, 2) }), { other: int(1, 2) })
    expect(leftMessage(checkSpace(twice))).toBe("space: 'reg' is used twice, in spaces that were joined; rename one")
  })

  test('nothing at all', () => {
    expect(leftMessage(checkSpace({}))).toBe('space: it has no parameter')
    expect(leftMessage(checkSpace(undefined as never))).toContain('expected parameters by name')
    expect(leftMessage(checkSpace({ '': int(1, 2) }))).toBe("space: '': a name must not be empty")
  })
})
