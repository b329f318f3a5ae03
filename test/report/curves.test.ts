import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Point, smooth, thin } from '../../src/report/page/curves.ts'
import { decade, duration, percent, short } from '../../src/report/page/numbers.ts'
import { distribution } from '../../src/report/run/histogram.ts'

describe('thin', () => {
  const curve = fc.array(fc.double(), { maxLength: 300 }).map((ys) => ys.map((y, x): Point => [x, y]))

  test('keeps the highest and the lowest, the order, and only what was there', () => {
    fc.assert(
      fc.property(curve, fc.integer({ min: 2, max: 50 }), (points, limit) => {
        const kept = thin(points, limit)
        const finite = points.filter(([, y]) => Number.isFinite(y))
        expect(kept.length).toBeLessThanOrEqual(limit)
        expect(kept.every((point) => finite.includes(point))).toBe(true)
        expect(kept.every(([x], i) => i === 0 || x > (kept[i - 1]?.[0] as number))).toBe(true)
        const ys = finite.map(([, y]) => y)
        const keptYs = kept.map(([, y]) => y)
        expect(keptYs.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)).toBe(
          ys.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
        )
        expect(keptYs.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)).toBe(
          ys.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
        )
      }),
    )
  })

  test('leaves short curves alone', () => {
    const points: Point[] = [
      [1, 2],
      [3, 1],
    ]
    expect(thin(points)).toEqual(points)
  })
})

describe('smooth', () => {
  test('of a constant is the constant, from the first point on', () => {
    for (const [, y] of smooth(
      Array.from({ length: 30 }, (_, x): Point => [x, 3]),
      10,
    ))
      expect(y).toBeCloseTo(3, 12)
  })

  test('weighs new points by 2/(span + 1)', () => {
    // With span 3 the weight is ½: (½·1 + ¼·0)/(½ + ¼).
    expect(
      smooth(
        [
          [1, 0],
          [2, 1],
        ],
        3,
      )[1]?.[1],
    ).toBeCloseTo(2 / 3, 12)
  })

  test('skips what is not finite', () => {
    expect(
      smooth(
        [
          [1, 1],
          [2, Number.NaN],
          [3, 1],
        ],
        5,
      ),
    ).toEqual([
      [1, 1],
      [3, 1],
    ])
  })
})

describe('distribution', () => {
  test('counts each value once, the largest in the last bin', () => {
    const { low, high, start, end } = distribution(
      'w',
      'weights',
      [-1, 1],
      [0, 3, 3, Number.NaN, Number.POSITIVE_INFINITY],
    ) ?? {
      start: [],
      end: [],
    }
    expect([low, high]).toEqual([-1, 3])
    expect([start[0], start.at(24)]).toEqual([1, 1])
    expect([end[12], end.at(-1)]).toEqual([1, 2])
    expect(end.reduce((a, b) => a + b, 0)).toBe(3)
  })

  test('of equal values, and of none', () => {
    expect(distribution('w', 'weights', [2, 2], [2])?.start.reduce((a, b) => a + b, 0)).toBe(2)
    expect(distribution('w', 'weights', [], [Number.NaN])).toBeUndefined()
  })
})

describe('numbers as people read them', () => {
  test.each<[string, string]>([
    [percent(0.97605), '97.6 %'],
    [percent(0.99996), '99.996 %'],
    [percent(1), '100 %'],
    [percent(0), '0 %'],
    [percent(Number.NaN), '–'],
    [short(0.00248), '0.00248'],
    [short(0.0000102), '1.02·10⁻⁵'],
    [short(-0.5), '−0.5'],
    [short(1e6), '10⁶'],
    [short(999_999), '10⁶'],
    [short(-2.5e-7), '−2.5·10⁻⁷'],
    [short(Number.MAX_VALUE), '1.8·10³⁰⁸'],
    [short(-Number.MAX_VALUE, 1), '−2·10³⁰⁸'],
    [short(Number.MIN_VALUE), '4.94·10⁻³²⁴'],
    [short(12345), '12,300'],
    [short(0), '0'],
    [short(Number.POSITIVE_INFINITY), '–'],
    [decade(0.0001), '10⁻⁴'],
    [decade(0.01), '0.01'],
    [decade(0.002), '0.002'],
    [duration(0.4321), '432 ms'],
    [duration(12.345), '12.3 s'],
    [duration(125), '2 min'],
    [duration(7300), '2 h 2 min'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected)
  })
})
