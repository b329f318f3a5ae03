/** A point of a curve: where, and how much. */
export type Point = readonly [x: number, y: number]

/** Points that a curve in the page has at most. */
export const MOST_POINTS = 1000

/**
 * At most `limit` of the points: of each of limit/2 runs of neighbours the lowest and the highest, so that spikes stay visible.
 * Points without a finite y are left out.
 *
 * @example thin([[1, 0], [2, 5], [3, 1], [4, 2]], 2)   // [[1, 0], [2, 5]]
 */
export const thin = (points: readonly Point[], limit = MOST_POINTS): readonly Point[] => {
  const finite = points.filter(([, y]) => Number.isFinite(y))
  if (finite.length <= limit) return finite
  const runs = Math.max(1, Math.floor(limit / 2))
  const kept: Point[] = []
  for (let run = 0; run < runs; run++) {
    const start = Math.floor((run * finite.length) / runs)
    const stop = Math.floor(((run + 1) * finite.length) / runs)
    let low = start
    let high = start
    for (let i = start + 1; i < stop; i++) {
      if ((finite[i] as Point)[1] < (finite[low] as Point)[1]) low = i
      if ((finite[i] as Point)[1] > (finite[high] as Point)[1]) high = i
    }
    kept.push(finite[Math.min(low, high)] as Point)
    if (low !== high) kept.push(finite[Math.max(low, high)] as Point)
  }
  return kept
}

/** Value i at x = i + 1, as steps are counted. */
export const bySteps = (values: readonly number[]): readonly Point[] => values.map((y, i) => [i + 1, y])

/**
 * The exponential moving mean over about `span` points, without a bias towards 0 at the start.
 *
 * @example smooth([[1, 4], [2, 4]], 10)   // [[1, 4], [2, 4]]
 */
export const smooth = (points: readonly Point[], span: number): readonly Point[] => {
  const keep = 1 - 2 / (Math.max(1, span) + 1)
  let sum = 0
  let weight = 0
  return points
    .filter(([, y]) => Number.isFinite(y))
    .map(([x, y]) => {
      sum = keep * sum + (1 - keep) * y
      weight = keep * weight + (1 - keep)
      return [x, sum / weight]
    })
}
