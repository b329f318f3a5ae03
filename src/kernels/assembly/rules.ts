// AssemblyScript. Update rules in one pass: what JS gives as float64 is rounded to float32 once, before the loop. As in
// float32 NumPy a dw² beyond 3.4·10³⁸ is infinite, and then the update of adagrad, rmsprop and adam is 0.

import { power } from './math'
import { loadSome, madd, splat, storeSome, wholeBytes } from './vector'

export function sgd(w: usize, dw: usize, learningRate: f64, nextW: usize, n: usize): void {
  const rest = n & 3
  const s = splat(-learningRate)
  for (const end = w + wholeBytes(n); w != end; w += 16, dw += 16, nextW += 16) {
    v128.store(nextW, madd(s, v128.load(dw), v128.load(w)))
  }
  if (rest) storeSome(nextW, madd(s, loadSome(dw, rest), loadSome(w, rest)), rest)
}

@inline
function momentumAt(w: usize, dw: usize, v: usize, s: v128, mu: v128, nextW: usize, nextV: usize, count: usize): void {
  const next = madd(s, loadSome(dw, count), f32x4.mul(mu, loadSome(v, count)))
  const moved = f32x4.add(loadSome(w, count), next)
  storeSome(nextV, next, count)
  storeSome(nextW, moved, count)
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
    momentumAt(w, dw, v, s, mu, nextW, nextV, 4)
  }
  if (rest) momentumAt(w, dw, v, s, mu, nextW, nextV, rest)
}

@inline
function nesterovAt(
  w: usize,
  dw: usize,
  v: usize,
  s: v128,
  mu: v128,
  ahead: v128,
  nextW: usize,
  nextV: usize,
  count: usize,
): void {
  const kept = f32x4.mul(mu, loadSome(v, count))
  const next = madd(s, loadSome(dw, count), kept)
  const moved = madd(ahead, next, f32x4.sub(loadSome(w, count), kept))
  storeSome(nextV, next, count)
  storeSome(nextW, moved, count)
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
    nesterovAt(w, dw, v, s, mu, ahead, nextW, nextV, 4)
  }
  if (rest) nesterovAt(w, dw, v, s, mu, ahead, nextW, nextV, rest)
}

/** −rate·g/(√c + eps) */
@inline
function scaledStep(minusRate: v128, g: v128, c: v128, eps: v128): v128 {
  return f32x4.div(f32x4.mul(minusRate, g), f32x4.add(f32x4.sqrt(c), eps))
}

@inline
function squareScaledAt(
  w: usize,
  dw: usize,
  c: usize,
  rate: v128,
  keep: v128,
  take: v128,
  eps: v128,
  nextW: usize,
  nextC: usize,
  count: usize,
): void {
  const g = loadSome(dw, count)
  const next = madd(keep, loadSome(c, count), f32x4.mul(take, f32x4.mul(g, g)))
  const moved = f32x4.add(loadSome(w, count), scaledStep(rate, g, next, eps))
  storeSome(nextC, next, count)
  storeSome(nextW, moved, count)
}

/** rmsprop with its two factors given, so that adagrad is the case (1, 1). */
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
    squareScaledAt(w, dw, c, rate, keep, take, eps, nextW, nextC, 4)
  }
  if (rest) squareScaledAt(w, dw, c, rate, keep, take, eps, nextW, nextC, rest)
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
  count: usize,
): void {
  const g = loadSome(dw, count)
  const first = madd(b1, loadSome(m, count), f32x4.mul(a1, g))
  const second = madd(b2, loadSome(v, count), f32x4.mul(a2, f32x4.mul(g, g)))
  const step = f32x4.div(f32x4.mul(rate, first), madd(root, f32x4.sqrt(second), eps))
  const moved = madd(kept, loadSome(w, count), step)
  storeSome(nextM, first, count)
  storeSome(nextV, second, count)
  storeSome(nextW, moved, count)
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
    adamAt(w, dw, m, v, b1, a1, b2, a2, rate, root, eps, kept, nextW, nextM, nextV, 4)
  }
  if (rest) adamAt(w, dw, m, v, b1, a1, b2, a2, rate, root, eps, kept, nextW, nextM, nextV, rest)
}
