/** How often values fell between `low` and `high`, in bins of equal width, at the start and at the end of a run. */
export interface Distribution {
  /** Of the weight, or of what leaves a part of the net. */
  readonly name: string
  /** What was counted. */
  readonly of: 'weights' | 'activations'
  /** Where the first bin begins. */
  readonly low: number
  /** Where the last bin ends. */
  readonly high: number
  /** Counts at the start, a number a bin. */
  readonly start: readonly number[]
  /** Counts at the end. */
  readonly end: readonly number[]
}

const BINS = 48

const tally = (values: ArrayLike<number>, low: number, high: number): number[] => {
  const counts = new Array<number>(BINS).fill(0)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number
    if (!Number.isFinite(value)) continue
    const bin = Math.min(BINS - 1, Math.floor(((value - low) / (high - low)) * BINS))
    counts[bin] = (counts[bin] as number) + 1
  }
  return counts
}

/**
 * Both sets of values in the same bins, which reach from the smallest to the largest of all.
 *
 * @returns  undefined when there is no finite value
 * @example  distribution('W1', 'weights', [0, 0], [0, 1])?.end.at(-1)   // 1
 */
export const distribution = (
  name: string,
  of: Distribution['of'],
  start: ArrayLike<number>,
  end: ArrayLike<number>,
): Distribution | undefined => {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const values of [start, end]) {
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number
      if (!Number.isFinite(value)) continue
      if (value < low) low = value
      if (value > high) high = value
    }
  }
  if (low > high) return undefined
  if (low === high) {
    low -= 0.5
    high += 0.5
  }
  return { name, of, low, high, start: tally(start, low, high), end: tally(end, low, high) }
}
