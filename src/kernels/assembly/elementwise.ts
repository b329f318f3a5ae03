// AssemblyScript. n is a number of floats, everything else a byte address. y may be an input.

import { loadTail, madd, promoteHigh, promoteLow, splat, storeTail, sumOfPair, wholeBytes } from './vector'

export function add(a: usize, b: usize, y: usize, n: usize): void {
  const rest = n & 3
  for (const end = y + wholeBytes(n); y != end; a += 16, b += 16, y += 16) {
    v128.store(y, f32x4.add(v128.load(a), v128.load(b)))
  }
  if (rest) storeTail(y, f32x4.add(loadTail(a, rest), loadTail(b, rest)), rest)
}

export function multiply(a: usize, b: usize, y: usize, n: usize): void {
  const rest = n & 3
  for (const end = y + wholeBytes(n); y != end; a += 16, b += 16, y += 16) {
    v128.store(y, f32x4.mul(v128.load(a), v128.load(b)))
  }
  if (rest) storeTail(y, f32x4.mul(loadTail(a, rest), loadTail(b, rest)), rest)
}

export function scale(a: usize, factor: f64, y: usize, n: usize): void {
  const rest = n & 3
  const s = splat(factor)
  for (const end = y + wholeBytes(n); y != end; a += 16, y += 16) v128.store(y, f32x4.mul(s, v128.load(a)))
  if (rest) storeTail(y, f32x4.mul(s, loadTail(a, rest)), rest)
}

export function addScaled(a: usize, factor: f64, b: usize, y: usize, n: usize): void {
  const rest = n & 3
  const s = splat(factor)
  for (const end = y + wholeBytes(n); y != end; a += 16, b += 16, y += 16) {
    v128.store(y, madd(s, v128.load(b), v128.load(a)))
  }
  if (rest) storeTail(y, madd(s, loadTail(b, rest), loadTail(a, rest)), rest)
}

export function sumSquares(x: usize, n: usize): f64 {
  const rest = n & 3
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (const end = x + wholeBytes(n); x != end; x += 16) {
    const v = v128.load(x)
    const a = promoteLow(v)
    const b = promoteHigh(v)
    low = f64x2.add(low, f64x2.mul(a, a))
    high = f64x2.add(high, f64x2.mul(b, b))
  }
  if (rest) {
    const v = loadTail(x, rest)
    const a = promoteLow(v)
    const b = promoteHigh(v)
    low = f64x2.add(low, f64x2.mul(a, a))
    high = f64x2.add(high, f64x2.mul(b, b))
  }
  return sumOfPair(f64x2.add(low, high))
}

/** Bits without the sign, doubled: those of a NaN or an infinity are at least 0xff000000. */
@inline
function larger(magnitudes: v128, v: v128): v128 {
  return i32x4.max_u(magnitudes, i32x4.shl(v, 1))
}

/**
 * Writes 0 to `verdict` when an element is not finite, else nothing, so threads can share it. Four maxima, since one would wait for
 * its own last comparison.
 */
export function allFinite(x: usize, n: usize, verdict: usize): void {
  const rest = n & 3
  const end = x + wholeBytes(n)
  let a = i32x4.splat(0)
  let b = a
  let c = a
  let d = a
  for (const last = x + (wholeBytes(n) & ~63); x != last; x += 64) {
    a = larger(a, v128.load(x))
    b = larger(b, v128.load(x, 16))
    c = larger(c, v128.load(x, 32))
    d = larger(d, v128.load(x, 48))
  }
  for (; x != end; x += 16) a = larger(a, v128.load(x))
  if (rest) b = larger(b, loadTail(x, rest))
  const magnitudes = i32x4.max_u(i32x4.max_u(a, b), i32x4.max_u(c, d))
  if (v128.any_true(i32x4.ge_u(magnitudes, i32x4.splat(0xff000000)))) store<i32>(verdict, 0)
}

export function addBias(x: usize, b: usize, y: usize, rows: usize, columns: usize): void {
  const stride = columns << 2
  for (; rows; rows--, x += stride, y += stride) add(x, b, y, columns)
}

export function addBiasRelu(x: usize, b: usize, y: usize, rows: usize, columns: usize): void {
  const rest = columns & 3
  const zero = f32x4.splat(0)
  const whole = wholeBytes(columns)
  for (; rows; rows--) {
    for (let j: usize = 0; j != whole; j += 16, x += 16, y += 16) {
      v128.store(y, f32x4.pmax(f32x4.add(v128.load(x), v128.load(b + j)), zero))
    }
    if (rest) {
      storeTail(y, f32x4.pmax(f32x4.add(loadTail(x, rest), loadTail(b + whole, rest)), zero), rest)
      x += rest << 2
      y += rest << 2
    }
  }
}
