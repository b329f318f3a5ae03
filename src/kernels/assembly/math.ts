// AssemblyScript. Own exp, log and tanh: the ones of a platform differ in their last bits.

import { constant, EXP, ONE, TANH, TWO } from './constants'
import { madd } from './vector'

/**
 * eˣ within about one unit in the last place, also where the result is subnormal; 0 far below, ∞ far above, NaN of NaN.
 * x = n·ln 2 + r with |r| ≤ ln 2 / 2; the polynomial is that of Cephes' expf.
 */
@inline
export function exp(value: v128): v128 {
  // pmax and pmin hand a NaN in their first operand on.
  const x = f32x4.pmin(f32x4.pmax(value, constant(EXP)), constant(EXP + 1))
  const shift = constant(EXP + 3)
  const t = f32x4.add(f32x4.mul(x, constant(EXP + 2)), shift)
  const n = f32x4.sub(t, shift)
  const r0 = f32x4.sub(x, f32x4.mul(n, constant(EXP + 4)))
  const r = f32x4.sub(r0, f32x4.mul(n, constant(EXP + 5)))
  // In pairs (Estrin) rather than one after the other (Horner): half as long to wait for.
  const square = f32x4.mul(r, r)
  const high = madd(constant(EXP + 6), r, constant(EXP + 7))
  const middle = madd(constant(EXP + 8), r, constant(EXP + 9))
  const low = madd(constant(EXP + 10), r, constant(EXP + 11))
  const linear = f32x4.add(r, constant(ONE))
  const p = madd(madd(madd(high, square, middle), square, low), square, linear)
  // 2ⁿ in two factors, since n reaches −150 and 128: only the last product rounds.
  const whole = i32x4.sub(t, shift)
  const half = i32x4.shr_s(whole, 1)
  const bias = constant(EXP + 12)
  const factor1 = i32x4.shl(i32x4.add(half, bias), 23)
  const factor2 = i32x4.shl(i32x4.add(i32x4.sub(whole, half), bias), 23)
  return f32x4.mul(f32x4.mul(p, factor1), factor2)
}

/** tanh x without cancellation near 0: Cephes' polynomial there, 1 − 2/(e²ˣ + 1) elsewhere. */
@inline
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x)
  const one = constant(ONE)
  const e = exp(f32x4.add(size, size))
  const far = f32x4.sub(one, f32x4.div(constant(TWO), f32x4.add(e, one)))
  const signed = v128.or(far, v128.xor(x, size))
  const z = f32x4.mul(x, x)
  let p = madd(constant(TANH), z, constant(TANH + 1))
  p = madd(p, z, constant(TANH + 2))
  p = madd(p, z, constant(TANH + 3))
  p = madd(p, z, constant(TANH + 4))
  const near = madd(f32x4.mul(p, z), x, x)
  return v128.bitselect(near, signed, f32x4.lt(size, constant(TANH + 5)))
}

/** log x in float64 for x ≥ 2⁻¹⁰²² or NaN, within one unit in the last place: fdlibm's e_log. */
export function log(x: f64): f64 {
  if (!(x < Infinity)) return x
  let bits = reinterpret<i64>(x)
  // x = 2ᵏ·m with m from √½ to √2
  const offset = (bits & 0x000fffffffffffff) + 0x95f6400000000
  const over = (offset >> 52) & 1
  const k = <f64>((bits >> 52) - 1023 + over)
  bits = (bits & 0x000fffffffffffff) | ((1023 - over) << 52)
  const f = reinterpret<f64>(bits) - 1
  const s = f / (2 + f)
  const z = s * s
  const w = z * z
  const even = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1))
  const odd =
    z *
    (6.666666666666735130e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)))
  const square = 0.5 * f * f
  return k * 6.93147180369123816490e-1 - (square - (s * (square + even + odd) + k * 1.90821492927058770002e-10) - f)
}

/** base to a whole power, by squaring: Math.pow differs between platforms. */
export function power(base: f64, exponent: f64): f64 {
  let result: f64 = 1
  for (let e = <u64>exponent; e != 0; e >>= 1) {
    if (e & 1) result *= base
    base *= base
  }
  return result
}
