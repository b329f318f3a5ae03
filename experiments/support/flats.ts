import { foldIn, key, normal, type Tensor, tensor, uniform } from '../../src/index.ts'

const ROWS = 3000

/** Flats that never were: area in m², age in years, distance to the centre in km, and a column that is the same for all. */
export const flats = (): {
  readonly x: Tensor
  /** Prices in 100,000. */
  readonly y: Float64Array
  /** What is to be known of the price of each; the rest is chance. */
  readonly expected: Float64Array
} => {
  const draw = (name: string, low: number, high: number) =>
    uniform(foldIn(key(1936), name), [ROWS], low, high, 'float64').data
  const [area, age, distance] = [draw('area', 25, 150), draw('age', 0, 100), draw('distance', 0, 30)]
  const chance = normal(foldIn(key(1936), 'chance'), [ROWS], 0.3, 'float64').data
  const expected = Float64Array.from(
    area,
    (m2, i) => 0.04 * m2 * Math.exp(-(distance[i] as number) / 20) - 0.006 * (age[i] as number) + 0.8,
  )
  const rows = Array.from(area, (m2, i) => [m2, age[i] as number, distance[i] as number, 1])
  return { x: tensor(rows), y: expected.map((price, i) => price + (chance[i] as number)), expected }
}
