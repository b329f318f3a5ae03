import { JOE_KUO } from './sobolDirections.ts'

const BITS = 32

/** v₁ … v₃₂ of one dimension, as fractions of 2³². */
const directionNumbers = (a: number, m: readonly number[]): Uint32Array => {
  const v = new Uint32Array(BITS)
  const degree = m.length
  for (let k = 0; k < BITS; k++) {
    if (k < degree) {
      v[k] = (m[k] as number) << (BITS - 1 - k)
      continue
    }
    const last = v[k - degree] as number
    let next = last ^ (last >>> degree)
    for (let i = 1; i < degree; i++) if ((a >>> (degree - 1 - i)) & 1) next ^= v[k - i] as number
    v[k] = next
  }
  return v
}

// The first dimension is van der Corput's sequence: all m are 1.
const directions = [
  directionNumbers(0, Array<number>(BITS).fill(1)),
  ...JOE_KUO.map(([a, ...m]) => directionNumbers(a, m)),
]

/** As many dimensions have direction numbers. */
export const SOBOL_DIMENSIONS = directions.length

/**
 * x_n = g₁v₁ ⊕ g₂v₂ ⊕ … with the Gray code g = n ⊕ ⌊n/2⌋, as a fraction of 2³²
 *
 * @param n          from 0 to 2³² − 1
 * @param dimension  from 0 to 63
 * @example          [0, 1, 2, 3].map((n) => sobol(n, 1) / 2 ** 32)   // [0, 0.5, 0.25, 0.75]
 * @see              Antonov & Saleev, 1979; Joe & Kuo, "Notes on generating Sobol sequences", 2008
 */
export const sobol = (n: number, dimension: number): number => {
  const v = directions[dimension] as Uint32Array
  let x = 0
  for (let gray = (n ^ (n >>> 1)) >>> 0, bit = 0; gray !== 0; gray >>>= 1, bit++) if (gray & 1) x ^= v[bit] as number
  return x >>> 0
}
