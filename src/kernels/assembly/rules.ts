// AssemblyScript. Update rules in one pass: what JS gives as float64 is rounded to float32 once, before the loop. As in
// float32 NumPy a dw² beyond 3.4·10³⁸ is infinite, and then the update of adagrad, rmsprop and adam is 0: so each rule looks at
// what it writes, and returns whether all of it is finite.

import { areFinite, larger } from './elementwise'
import { power } from './math'
import { loadSome, madd, splat, storeSome, wholeBytes } from './vector'

export function sgd(w: usize, dw: usize, learningRate: f64, nextW: usize, n: usize): bool {
  const rest = n & 3
  const s = splat(-learningRate)
  let magnitudes = i32x4.splat(0)
  for (const end = w + wholeBytes(n); w != end; w += 16, dw += 16, nextW += 16) {
    const moved = madd(s, v128.load(dw), v128.load(w))
    magnitudes = larger(magnitudes, moved)
    v128.store(nextW, moved)
  }
  if (rest) {
    const moved = madd(s, loadSome(dw, rest), loadSome(w, rest))
    magnitudes = larger(magnitudes, moved)
    storeSome(nextW, moved, rest)
  }
  return areFinite(magnitudes)
}

/** nextSlot = f.slot(dw, slot), nextW = f.weight(w, dw, slot, nextSlot). As in elementwise.ts F stands for a function. */
@inline
function withSlot<F>(
  w: usize,
  dw: usize,
  slot: usize,
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  nextW: usize,
  nextSlot: usize,
  n: usize,
): bool {
  const rest = n & 3
  let magnitudes = i32x4.splat(0)
  for (const end = w + wholeBytes(n); w != end; w += 16, dw += 16, slot += 16, nextW += 16, nextSlot += 16) {
    magnitudes = withSlotAt<F>(w, dw, slot, a, b, c, d, nextW, nextSlot, magnitudes, 4)
  }
  if (rest) magnitudes = withSlotAt<F>(w, dw, slot, a, b, c, d, nextW, nextSlot, magnitudes, rest)
  return areFinite(magnitudes)
}

@inline
function withSlotAt<F>(
  w: usize,
  dw: usize,
  slot: usize,
  a: v128,
  b: v128,
  c: v128,
  d: v128,
  nextW: usize,
  nextSlot: usize,
  magnitudes: v128,
  count: usize,
): v128 {
  const f = changetype<F>(0)
  const g = loadSome(dw, count)
  const v = loadSome(slot, count)
  const next = f.slot(g, v, a, b, c)
  const moved = f.weight(loadSome(w, count), g, v, next, a, b, c, d)
  storeSome(nextSlot, next, count)
  storeSome(nextW, moved, count)
  return larger(larger(magnitudes, next), moved)
}

@unmanaged
class Momentum {
  @inline slot(g: v128, v: v128, s: v128, mu: v128, c: v128): v128 {
    return madd(s, g, f32x4.mul(mu, v))
  }

  @inline weight(w: v128, g: v128, v: v128, next: v128, s: v128, mu: v128, c: v128, d: v128): v128 {
    return f32x4.add(w, next)
  }
}

export function sgdMomentum(
  w: usize,
  dw: usize,
  v: usize,
  learningRate: f64,
  momentum: f64,
  nextW: usize,
  nextV: usize,
  n: usize,
): bool {
  const none = splat(0)
  return withSlot<Momentum>(w, dw, v, splat(-learningRate), splat(momentum), none, none, nextW, nextV, n)
}

@unmanaged
class Nesterov {
  @inline slot(g: v128, v: v128, s: v128, mu: v128, ahead: v128): v128 {
    return madd(s, g, f32x4.mul(mu, v))
  }

  @inline weight(w: v128, g: v128, v: v128, next: v128, s: v128, mu: v128, ahead: v128, d: v128): v128 {
    return madd(ahead, next, f32x4.sub(w, f32x4.mul(mu, v)))
  }
}

export function nesterov(
  w: usize,
  dw: usize,
  v: usize,
  learningRate: f64,
  momentum: f64,
  nextW: usize,
  nextV: usize,
  n: usize,
): bool {
  const ahead = splat(1 + momentum)
  return withSlot<Nesterov>(w, dw, v, splat(-learningRate), splat(momentum), ahead, ahead, nextW, nextV, n)
}

/** nextC = keep·c + take·dw²; nextW = w + rate·dw/(√nextC + eps) */
@unmanaged
class DividedByRoot {
  @inline slot(g: v128, c: v128, rate: v128, keep: v128, take: v128): v128 {
    return madd(keep, c, f32x4.mul(take, f32x4.mul(g, g)))
  }

  @inline weight(w: v128, g: v128, c: v128, next: v128, rate: v128, keep: v128, take: v128, eps: v128): v128 {
    return f32x4.add(w, f32x4.div(f32x4.mul(rate, g), f32x4.add(f32x4.sqrt(next), eps)))
  }
}

export function adagrad(
  w: usize,
  dw: usize,
  c: usize,
  learningRate: f64,
  eps: f64,
  nextW: usize,
  nextC: usize,
  n: usize,
): bool {
  return withSlot<DividedByRoot>(w, dw, c, splat(-learningRate), splat(1), splat(1), splat(eps), nextW, nextC, n)
}

export function rmsprop(
  w: usize,
  dw: usize,
  c: usize,
  learningRate: f64,
  decay: f64,
  eps: f64,
  nextW: usize,
  nextC: usize,
  n: usize,
): bool {
  const take = splat(1 - decay)
  return withSlot<DividedByRoot>(w, dw, c, splat(-learningRate), splat(decay), take, splat(eps), nextW, nextC, n)
}

@inline
function adamAt(
  w: usize,
  dw: usize,
  m: usize,
  v: usize,
  b1: v128,
  a1: v128,
  b2: v128,
  a2: v128,
  rate: v128,
  root: v128,
  eps: v128,
  kept: v128,
  nextW: usize,
  nextM: usize,
  nextV: usize,
  magnitudes: v128,
  count: usize,
): v128 {
  const g = loadSome(dw, count)
  const first = madd(b1, loadSome(m, count), f32x4.mul(a1, g))
  const second = madd(b2, loadSome(v, count), f32x4.mul(a2, f32x4.mul(g, g)))
  const step = f32x4.div(f32x4.mul(rate, first), madd(root, f32x4.sqrt(second), eps))
  const moved = madd(kept, loadSome(w, count), step)
  storeSome(nextM, first, count)
  storeSome(nextV, second, count)
  storeSome(nextW, moved, count)
  // Where the first moment is not finite, the weight is not either.
  return larger(larger(magnitudes, second), moved)
}

/**
 * The bias corrections move into two factors of the loop: learningRate/(1 − beta1ᵗ) and 1/√(1 − beta2ᵗ), both taken in
 * float64.
 */
export function adam(
  w: usize,
  dw: usize,
  m: usize,
  v: usize,
  learningRate: f64,
  beta1: f64,
  beta2: f64,
  epsilon: f64,
  t: f64,
  keep: f64,
  nextW: usize,
  nextM: usize,
  nextV: usize,
  n: usize,
): bool {
  const rest = n & 3
  const b1 = splat(beta1)
  const b2 = splat(beta2)
  const a1 = splat(1 - beta1)
  const a2 = splat(1 - beta2)
  const eps = splat(epsilon)
  const kept = splat(keep)
  const rate = splat(-learningRate / (1 - power(beta1, t)))
  const root = splat(1 / Math.sqrt(1 - power(beta2, t)))
  const end = w + wholeBytes(n)
  let seen = i32x4.splat(0)
  for (; w != end; w += 16, dw += 16, m += 16, v += 16, nextW += 16, nextM += 16, nextV += 16) {
    seen = adamAt(w, dw, m, v, b1, a1, b2, a2, rate, root, eps, kept, nextW, nextM, nextV, seen, 4)
  }
  if (rest) seen = adamAt(w, dw, m, v, b1, a1, b2, a2, rate, root, eps, kept, nextW, nextM, nextV, seen, rest)
  return areFinite(seen)
}
