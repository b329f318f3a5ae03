const value = new Float64Array(1)
const halves = new Uint32Array(value.buffer)
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1
const HIGH = littleEndian ? 1 : 0

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { POSITIVE_INFINITY: INFINITY, NaN: NAN } = Number
const { SQRT2 } = Math

const LN2_HIGH = 6.9314718036912381649e-1
const LN2_LOW = 1.90821492927058770002e-10
const SERIES = [
  6.66666666666673513e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
  1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1,
] as const

/**
 * ln x for x > 0, from additions, multiplications and one division, so the same bits on every machine and in every version of the
 * engine; Math.log promises neither.
 *
 * x = 2ᵏ·(1 + f) with √½ < 1 + f < √2, s = f/(2 + f): ln(1 + f) = 2·artanh(s), by a minimax polynomial in s² with error < 2⁻⁵⁸·⁴⁵.
 *
 * @see the freely available fdlibm, e_log.c (Sun Microsystems, 1993), for the coefficients
 */
export const log = (x: number): number => {
  if (!(x > 0) || x === INFINITY) return x === 0 ? -INFINITY : x > 0 ? x : NAN
  const subnormal = x < 2.2250738585072014e-308
  value[0] = subnormal ? x * 2 ** 54 : x
  let exponent = ((halves[HIGH] as number) >>> 20) - 1023 - (subnormal ? 54 : 0)
  halves[HIGH] = ((halves[HIGH] as number) & 0xfffff) | 0x3ff00000
  let mantissa = value[0] as number
  if (mantissa > SQRT2) {
    mantissa /= 2
    exponent++
  }
  const f = mantissa - 1
  const s = f / (2 + f)
  const z = s * s
  let r = 0
  for (let i = SERIES.length - 1; i >= 0; i--) r = (r + (SERIES[i] as number)) * z
  const half = 0.5 * f * f
  return exponent * LN2_HIGH - (half - (s * (half + r) + exponent * LN2_LOW) - f)
}
