// Taylor coefficients of cos and sin at 0; on |x| ≤ π/4 the first one left out is below 1e-17.
const COS = [1, -1 / 2, 1 / 24, -1 / 720, 1 / 40320, -1 / 3628800, 1 / 479001600, -1 / 87178291200]
const SIN = [1, -1 / 6, 1 / 120, -1 / 5040, 1 / 362880, -1 / 39916800, 1 / 6227020800, -1 / 1307674368000]

const series = (coefficients: readonly number[], square: number): number => {
  let value = 0
  for (let i = coefficients.length - 1; i >= 0; i--) value = value * square + (coefficients[i] as number)
  return value
}

/**
 * cos(π·t) for t in [0, 1], from additions and multiplications only: the same bits on every machine, which Math.cos does not promise.
 *
 * @example cosPi(0.5)   // 0
 */
export const cosPi = (t: number): number => {
  if (t > 0.5) return -cosPi(1 - t)
  if (t > 0.25) {
    const x = Math.PI * (0.5 - t)
    return x * series(SIN, x * x)
  }
  const x = Math.PI * t
  return series(COS, x * x)
}
