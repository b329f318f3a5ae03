/**
 * The first place where the running sum of the weights passes a share of the whole.
 *
 * @example pick([1, 2, 1], 0.5)   // 1
 */
export const pick = (weights: readonly number[], share: number): number => {
  let left = share * weights.reduce((sum, weight) => sum + weight, 0)
  const found = weights.findIndex((weight) => {
    left -= weight
    return left < 0
  })
  return found < 0 ? weights.length - 1 : found
}
