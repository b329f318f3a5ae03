// AssemblyScript. n is a number of floats, s what JS gave as float64, everything else a byte address. y may be an input.

import { loadTail, madd, promoteHigh, promoteLow, splat, storeTail, sumOfPair, wholeBytes } from './vector'

// An elementwise kernel is a function of vectors in one of two loops. The function comes as the method of a class
// without fields, since a type argument is compiled into the loop and a function would be called.

/** y = f(a) */
@inline
export function unary<F>(a: usize, s: v128, y: usize, n: usize): void {
  const f = changetype<F>(0)
  const rest = n & 3
  for (const end = y + wholeBytes(n); y != end; a += 16, y += 16) v128.store(y, f.of(v128.load(a), s))
  if (rest) storeTail(y, f.of(loadTail(a, rest), s), rest)
}

/** y = f(a, b) */
@inline
export function binary<F>(a: usize, b: usize, s: v128, y: usize, n: usize): void {
  const f = changetype<F>(0)
  const rest = n & 3
  for (const end = y + wholeBytes(n); y != end; a += 16, b += 16, y += 16) {
    v128.store(y, f.of(v128.load(a), v128.load(b), s))
  }
  if (rest) storeTail(y, f.of(loadTail(a, rest), loadTail(b, rest), s), rest)
}

/** For functions without a number. */
@inline
export function none(): v128 {
  return f32x4.splat(0)
}

@unmanaged
class Add {
  @inline of(a: v128, b: v128, s: v128): v128 {
    return f32x4.add(a, b)
  }
}

export function add(a: usize, b: usize, y: usize, n: usize): void {
  binary<Add>(a, b, none(), y, n)
}

@unmanaged
class Multiply {
  @inline of(a: v128, b: v128, s: v128): v128 {
    return f32x4.mul(a, b)
  }
}

export function multiply(a: usize, b: usize, y: usize, n: usize): void {
  binary<Multiply>(a, b, none(), y, n)
}

@unmanaged
class Scale {
  @inline of(a: v128, s: v128): v128 {
    return f32x4.mul(s, a)
  }
}

export function scale(a: usize, factor: f64, y: usize, n: usize): void {
  unary<Scale>(a, splat(factor), y, n)
}

@unmanaged
class AddScaled {
  @inline of(a: v128, b: v128, s: v128): v128 {
    return madd(s, b, a)
  }
}

export function addScaled(a: usize, factor: f64, b: usize, y: usize, n: usize): void {
  binary<AddScaled>(a, b, splat(factor), y, n)
}

/** The bits without the sign, doubled, whose order is that of the magnitudes: an infinity has 0xff000000, a NaN more. */
@inline
export function larger(magnitudes: v128, v: v128): v128 {
  return i32x4.max_u(magnitudes, i32x4.shl(v, 1))
}

/** Whether magnitudes that `larger` collected are those of numbers. */
@inline
export function areFinite(magnitudes: v128): bool {
  return !v128.any_true(i32x4.ge_u(magnitudes, i32x4.splat(0xff000000)))
}

/** Whether |xᵢ| ≤ limit everywhere. Four maxima, since one would wait for its own last comparison. */
export function allWithin(x: usize, limit: f64, n: usize): bool {
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
  return !v128.any_true(i32x4.gt_u(magnitudes, i32x4.splat(reinterpret<i32>(<f32>limit) << 1)))
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
