/** What lies above a share of the values; between two of them in proportion. NaN for none. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const [low = Number.NaN, high = Number.NaN] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return low + (at - Math.floor(at)) * (high - low)
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export const quartiles = (values: readonly number[]): readonly [lower: number, upper: number] => [
  quantile(values, 0.25),
  quantile(values, 0.75),
]
