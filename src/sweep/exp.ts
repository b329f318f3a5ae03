const value = new Float64Array(1)
const halves = new Uint32Array(value.buffer)
const HIGH = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0

// ln 2 in two parts: k times the first is exact.
const LN2_HIGH = 0.6931471803691238
const LN2_LOW = 1.9082149292705877e-10
const DEGREE = 13

/**
 * eˣ from additions and multiplications only: the same bits on every machine, which Math.exp does not promise; 0 below e⁻⁷⁰⁷
 *
 * x = k·ln 2 + r with |r| ≤ ½·ln 2: eˣ = 2ᵏ·eʳ, by the series of eʳ, whose first term left out is below 1e-17.
 *
 * @example exp(0)   // 1
 */
export const exp = (x: number): number => {
  if (x < -707) return 0
  if (x > 709.78) return Number.POSITIVE_INFINITY
  const k = Math.round(x / Math.LN2)
  const r = x - k * LN2_HIGH - k * LN2_LOW
  let sum = 1
  for (let n = DEGREE; n > 0; n--) sum = 1 + (sum * r) / n
  // 2ᵏ⁻¹, since 2¹⁰²⁴ is no number.
  halves[HIGH] = (k + 1022) << 20
  halves[1 - HIGH] = 0
  return 2 * sum * (value[0] as number)
}
