// AssemblyScript. Update rules in one pass: what JS gives as float64 is rounded to float32 once, before the loop. As in
// float32 NumPy a dw² beyond 3.4·10³⁸ is infinite, and then the update of adagrad, rmsprop and adam is 0.

import { power } from './math'
import { loadTail, madd, splat, storeTail, wholeBytes } from './vector'

export function sgd(w: usize, dw: usize, learningRate: f64, nextW: usize, n: usize): void {
  const rest = n & 3
  const s = splat(-learningRate)
  for (const end = w + wholeBytes(n); w != end; w += 16, dw += 16, nextW += 16) {
    v128.store(nextW, madd(s, v128.load(dw), v128.load(w)))
  }
  if (rest) storeTail(nextW, madd(s, loadTail(dw, rest), loadTail(w, rest)), rest)
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
): void {
  const rest = n & 3
  const s = splat(-learningRate)
  const mu = splat(momentum)
  for (const end = w + wholeBytes(n); w != end; w += 16, dw += 16, v += 16, nextW += 16, nextV += 16) {
    const next = madd(s, v128.load(dw), f32x4.mul(mu, v128.load(v)))
    const moved = f32x4.add(v128.load(w), next)
    v128.store(nextV, next)
    v128.store(nextW, moved)
  }
  if (rest) {
    const next = madd(s, loadTail(dw, rest), f32x4.mul(mu, loadTail(v, rest)))
    const moved = f32x4.add(loadTail(w, rest), next)
    storeTail(nextV, next, rest)
    storeTail(nextW, moved, rest)
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
): void {
  const rest = n & 3
  const s = splat(-learningRate)
  const mu = splat(momentum)
  const ahead = splat(1 + momentum)
  for (const end = w + wholeBytes(n); w != end; w += 16, dw += 16, v += 16, nextW += 16, nextV += 16) {
    const kept = f32x4.mul(mu, v128.load(v))
    const next = madd(s, v128.load(dw), kept)
    const moved = madd(ahead, next, f32x4.sub(v128.load(w), kept))
    v128.store(nextV, next)
    v128.store(nextW, moved)
  }
  if (rest) {
    const kept = f32x4.mul(mu, loadTail(v, rest))
    const next = madd(s, loadTail(dw, rest), kept)
    const moved = madd(ahead, next, f32x4.sub(loadTail(w, rest), kept))
    storeTail(nextV, next, rest)
    storeTail(nextW, moved, rest)
  }
}

/** −rate·g/(√c + eps) */
// @ts-ignore: decorator
@inline
function scaledStep(minusRate: v128, g: v128, c: v128, eps: v128): v128 {
  return f32x4.div(f32x4.mul(minusRate, g), f32x4.add(f32x4.sqrt(c), eps))
}

/** rmsprop with its two factors given, so that adagrad is the case (1, 1). */
// @ts-ignore: decorator
@inline
function squareScaled(
  w: usize,
  dw: usize,
  c: usize,
  learningRate: f64,
  decay: f64,
  share: f64,
  epsilon: f64,
  nextW: usize,
  nextC: usize,
  n: usize,
): void {
  const rest = n & 3
  const rate = splat(-learningRate)
  const keep = splat(decay)
  const take = splat(share)
  const eps = splat(epsilon)
  for (const end = w + wholeBytes(n); w != end; w += 16, dw += 16, c += 16, nextW += 16, nextC += 16) {
    const g = v128.load(dw)
    const next = madd(keep, v128.load(c), f32x4.mul(take, f32x4.mul(g, g)))
    const moved = f32x4.add(v128.load(w), scaledStep(rate, g, next, eps))
    v128.store(nextC, next)
    v128.store(nextW, moved)
  }
  if (rest) {
    const g = loadTail(dw, rest)
    const next = madd(keep, loadTail(c, rest), f32x4.mul(take, f32x4.mul(g, g)))
    const moved = f32x4.add(loadTail(w, rest), scaledStep(rate, g, next, eps))
    storeTail(nextC, next, rest)
    storeTail(nextW, moved, rest)
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
): void {
  squareScaled(w, dw, c, learningRate, 1, 1, eps, nextW, nextC, n)
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
): void {
  squareScaled(w, dw, c, learningRate, decay, 1 - decay, eps, nextW, nextC, n)
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
): void {
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
  for (; w != end; w += 16, dw += 16, m += 16, v += 16, nextW += 16, nextM += 16, nextV += 16) {
    const g = v128.load(dw)
    const first = madd(b1, v128.load(m), f32x4.mul(a1, g))
    const second = madd(b2, v128.load(v), f32x4.mul(a2, f32x4.mul(g, g)))
    const step = f32x4.div(f32x4.mul(rate, first), madd(root, f32x4.sqrt(second), eps))
    const moved = madd(kept, v128.load(w), step)
    v128.store(nextM, first)
    v128.store(nextV, second)
    v128.store(nextW, moved)
  }
  if (rest) {
    const g = loadTail(dw, rest)
    const first = madd(b1, loadTail(m, rest), f32x4.mul(a1, g))
    const second = madd(b2, loadTail(v, rest), f32x4.mul(a2, f32x4.mul(g, g)))
    const step = f32x4.div(f32x4.mul(rate, first), madd(root, f32x4.sqrt(second), eps))
    const moved = madd(kept, loadTail(w, rest), step)
    storeTail(nextM, first, rest)
    storeTail(nextV, second, rest)
    storeTail(nextW, moved, rest)
  }
}
