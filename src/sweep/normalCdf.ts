import { exp } from './exp.ts'

/**
 * Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + z⁷/(3·5·7) + …), to about 1e-15
 *
 * @example normalCdf(0)   // 0.5
 * @see     Marsaglia, "Evaluating the normal distribution", Journal of Statistical Software 11(4), 2004
 */
export const normalCdf = (z: number): number => {
  if (z < -8.5) return 0
  if (z > 8.5) return 1
  const square = z * z
  let term = z
  let sum = z
  for (let odd = 3, before = 0; sum !== before; odd += 2) {
    term *= square / odd
    before = sum
    sum += term
  }
  // Rounding may lead a hair below 0.
  return Math.max(0, 0.5 + (sum * exp(-square / 2)) / Math.sqrt(2 * Math.PI))
}
