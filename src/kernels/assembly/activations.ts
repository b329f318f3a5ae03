// AssemblyScript. What an activation does to a vector; the loops are those of elementwise.ts.

import { constant, GELU, ONE } from './constants'
import { binary, none, unary } from './elementwise'
import { exp, tanh } from './math'
import { madd, splat } from './vector'

@unmanaged
class Relu {
  // pmax(x, 0) is x < 0 ? 0 : x, so a NaN stays.
  @inline of(x: v128, s: v128): v128 {
    return f32x4.pmax(x, f32x4.splat(0))
  }
}

export function reluForward(x: usize, y: usize, n: usize): void {
  unary<Relu>(x, none(), y, n)
}

@unmanaged
class ReluSlope {
  @inline of(dy: v128, x: v128, s: v128): v128 {
    return v128.and(dy, f32x4.gt(x, f32x4.splat(0)))
  }
}

export function reluBackward(dy: usize, x: usize, dx: usize, n: usize): void {
  binary<ReluSlope>(dy, x, none(), dx, n)
}

/** v where x > 0, else alpha·v */
@unmanaged
class Leaky {
  @inline of(v: v128, x: v128, alpha: v128): v128 {
    return v128.bitselect(v, f32x4.mul(alpha, v), f32x4.gt(x, f32x4.splat(0)))
  }
}

export function leakyReluForward(x: usize, alpha: f64, y: usize, n: usize): void {
  leakyReluBackward(x, x, alpha, y, n)
}

export function leakyReluBackward(dy: usize, x: usize, alpha: f64, dx: usize, n: usize): void {
  binary<Leaky>(dy, x, splat(alpha), dx, n)
}

/** From e⁻|x|, which never overflows: 1/(1 + e⁻|x|), or e⁻|x| times that for a negative x. */
@inline
function sigmoid(x: v128): v128 {
  const e = exp(f32x4.neg(f32x4.abs(x)))
  const one = constant(ONE)
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e))
}

@unmanaged
class Sigmoid {
  @inline of(x: v128, s: v128): v128 {
    return sigmoid(x)
  }
}

export function sigmoidForward(x: usize, y: usize, n: usize): void {
  unary<Sigmoid>(x, none(), y, n)
}

@unmanaged
class SigmoidSlope {
  @inline of(dy: v128, y: v128, s: v128): v128 {
    return f32x4.mul(f32x4.mul(dy, y), f32x4.sub(constant(ONE), y))
  }
}

export function sigmoidBackward(dy: usize, y: usize, dx: usize, n: usize): void {
  binary<SigmoidSlope>(dy, y, none(), dx, n)
}

@unmanaged
class Tanh {
  @inline of(x: v128, s: v128): v128 {
    return tanh(x)
  }
}

export function tanhForward(x: usize, y: usize, n: usize): void {
  unary<Tanh>(x, none(), y, n)
}

/** dy·(1 − y²), as a product since y² rounds where 1 − y does not. */
@unmanaged
class TanhSlope {
  @inline of(dy: v128, y: v128, s: v128): v128 {
    const one = constant(ONE)
    return f32x4.mul(dy, f32x4.mul(f32x4.sub(one, y), f32x4.add(one, y)))
  }
}

export function tanhBackward(dy: usize, y: usize, dx: usize, n: usize): void {
  binary<TanhSlope>(dy, y, none(), dx, n)
}

// ½·(1 + tanh u) is sigmoid(2u), which keeps its precision where tanh u is near −1.
// 2u = 2·√(2/π)·(x + 0.044715·x³)
@inline
function doubleInner(x: v128): v128 {
  const square = f32x4.mul(x, x)
  return f32x4.mul(x, madd(constant(GELU + 1), square, constant(GELU)))
}

@unmanaged
class Gelu {
  @inline of(x: v128, s: v128): v128 {
    return f32x4.mul(x, sigmoid(doubleInner(x)))
  }
}

export function geluForward(x: usize, y: usize, n: usize): void {
  unary<Gelu>(x, none(), y, n)
}

/** With σ = sigmoid(2u): dy·(σ + x·σ·(1 − σ)·(2u)′) */
@unmanaged
export class GeluSlope {
  @inline of(dy: v128, x: v128, s: v128): v128 {
    const one = constant(ONE)
    const zero = f32x4.splat(0)
    const inner = doubleInner(x)
    const e = exp(f32x4.neg(f32x4.abs(inner)))
    const r = f32x4.div(one, f32x4.add(one, e))
    const er = f32x4.mul(e, r)
    const share = v128.bitselect(er, r, f32x4.lt(inner, zero))
    const square = f32x4.mul(x, x)
    const slope = madd(constant(GELU + 2), square, constant(GELU))
    // Far out e is 0 and the slope may be infinite: their product counts as 0.
    const bend = v128.andnot(f32x4.mul(f32x4.mul(er, r), f32x4.mul(x, slope)), f32x4.eq(e, zero))
    return f32x4.mul(dy, f32x4.add(share, bend))
  }
}

export function geluBackward(dy: usize, x: usize, dx: usize, n: usize): void {
  binary<GeluSlope>(dy, x, none(), dx, n)
}
