// AssemblyScript. n is a number of floats, everything else a byte address. The output may be an input.

import { constant, GELU, ONE } from './constants'
import { exp, tanh } from './math'
import { loadTail, madd, splat, storeTail, wholeBytes } from './vector'

export function reluForward(x: usize, y: usize, n: usize): void {
  const rest = n & 3
  const zero = f32x4.splat(0)
  // pmax(x, 0) is x < 0 ? 0 : x, so a NaN stays.
  for (const end = y + wholeBytes(n); y != end; x += 16, y += 16) v128.store(y, f32x4.pmax(v128.load(x), zero))
  if (rest) storeTail(y, f32x4.pmax(loadTail(x, rest), zero), rest)
}

export function reluBackward(dy: usize, x: usize, dx: usize, n: usize): void {
  const rest = n & 3
  const zero = f32x4.splat(0)
  for (const end = dx + wholeBytes(n); dx != end; dy += 16, x += 16, dx += 16) {
    v128.store(dx, v128.and(v128.load(dy), f32x4.gt(v128.load(x), zero)))
  }
  if (rest) storeTail(dx, v128.and(loadTail(dy, rest), f32x4.gt(loadTail(x, rest), zero)), rest)
}

/** v where x > 0, else alpha·v */
@inline
function leaky(v: v128, x: v128, alpha: v128): v128 {
  return v128.bitselect(v, f32x4.mul(alpha, v), f32x4.gt(x, f32x4.splat(0)))
}

export function leakyReluForward(x: usize, slope: f64, y: usize, n: usize): void {
  leakyReluBackward(x, x, slope, y, n)
}

export function leakyReluBackward(dy: usize, x: usize, slope: f64, dx: usize, n: usize): void {
  const rest = n & 3
  const alpha = splat(slope)
  for (const end = dx + wholeBytes(n); dx != end; dy += 16, x += 16, dx += 16) {
    v128.store(dx, leaky(v128.load(dy), v128.load(x), alpha))
  }
  if (rest) storeTail(dx, leaky(loadTail(dy, rest), loadTail(x, rest), alpha), rest)
}

/** From e⁻|x|, which never overflows: 1/(1 + e⁻|x|), or e⁻|x| times that for a negative x. */
@inline
function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)))
  const one = constant(ONE)
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e))
}

export function sigmoidForward(x: usize, y: usize, n: usize): void {
  const rest = n & 3
  for (const end = y + wholeBytes(n); y != end; x += 16, y += 16) v128.store(y, sigmoid(v128.load(x)))
  if (rest) storeTail(y, sigmoid(loadTail(x, rest)), rest)
}

@inline
function sigmoidSlope(dy: v128, y: v128): v128 {
  return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(constant(ONE), y))
}

export function sigmoidBackward(dy: usize, y: usize, dx: usize, n: usize): void {
  const rest = n & 3
  for (const end = dx + wholeBytes(n); dx != end; dy += 16, y += 16, dx += 16) {
    v128.store(dx, sigmoidSlope(v128.load(dy), v128.load(y)))
  }
  if (rest) storeTail(dx, sigmoidSlope(loadTail(dy, rest), loadTail(y, rest)), rest)
}

export function tanhForward(x: usize, y: usize, n: usize): void {
  const rest = n & 3
  for (const end = y + wholeBytes(n); y != end; x += 16, y += 16) v128.store(y, tanh(v128.load(x)))
  if (rest) storeTail(y, tanh(loadTail(x, rest)), rest)
}

/** dy·(1 − y²), as a product since y² rounds where 1 − y does not. */
@inline
function tanhSlope(dy: v128, y: v128): v128 {
  const one = constant(ONE)
  return f32x4.mul(dy, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y)))
}

export function tanhBackward(dy: usize, y: usize, dx: usize, n: usize): void {
  const rest = n & 3
  for (const end = dx + wholeBytes(n); dx != end; dy += 16, y += 16, dx += 16) {
    v128.store(dx, tanhSlope(v128.load(dy), v128.load(y)))
  }
  if (rest) storeTail(dx, tanhSlope(loadTail(dy, rest), loadTail(y, rest)), rest)
}

// ½·(1 + tanh u) is sigmoid(2u), which keeps its precision where tanh u is near −1.
// 2u = 2·√(2/π)·(x + 0.044715·x³)
@inline
function doubleInner(x: v128): v128 {
  const square = f32x4.mul(x, x)
  return f32x4.mul(x, madd(constant(GELU + 1), square, constant(GELU)))
}

@inline
function gelu(x: v128): v128 {
  return f32x4.mul(x, sigmoid(doubleInner(x)))
}

export function geluForward(x: usize, y: usize, n: usize): void {
  const rest = n & 3
  for (const end = y + wholeBytes(n); y != end; x += 16, y += 16) v128.store(y, gelu(v128.load(x)))
  if (rest) storeTail(y, gelu(loadTail(x, rest)), rest)
}

/** With s = sigmoid(2u): dy·(s + x·s·(1 − s)·(2u)′) */
@inline
function geluSlope(dy: v128, x: v128): v128 {
  const one = constant(ONE)
  const zero = f32x4.splat(0)
  const inner = doubleInner(x)
  const e = exp(f32x4.neg(f32x4.abs(inner)))
  const r = f32x4.div(one, f32x4.add(one, e))
  const er = f32x4.mul(e, r)
  const s = v128.bitselect(er, r, f32x4.lt(inner, zero))
  const square = f32x4.mul(x, x)
  const slope = madd(constant(GELU + 2), square, constant(GELU))
  // Far out e is 0 and the slope may be infinite: their product counts as 0.
  const bend = v128.andnot(f32x4.mul(f32x4.mul(er, r), f32x4.mul(x, slope)), f32x4.eq(e, zero))
  return f32x4.mul(dy, f32x4.add(s, bend))
}

export function geluBackward(dy: usize, x: usize, dx: usize, n: usize): void {
  const rest = n & 3
  for (const end = dx + wholeBytes(n); dx != end; dy += 16, x += 16, dx += 16) {
    v128.store(dx, geluSlope(v128.load(dy), v128.load(x)))
  }
  if (rest) storeTail(dx, geluSlope(loadTail(dy, rest), loadTail(x, rest)), rest)
}
