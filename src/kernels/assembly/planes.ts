// AssemblyScript. Columns that are channels of images: each has `inner` elements a row, one behind the other, so that sums and
// loops run along them. Statistics are float64, as in normalization.ts.

import { geluForward } from './activations'
import { sumRow } from './columns'
import { centred, normalized, squareRow } from './normalization'
import { loadTail, madd, promoteHigh, promoteLow, storeTail, sumOfPair, wholeBytes } from './vector'

/** Σ a·b of one plane in float64 */
function productRow(a: usize, b: usize, count: usize): f64 {
  const rest = count & 3
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (const end = a + wholeBytes(count); a != end; a += 16, b += 16) {
    const v = v128.load(a)
    const w = v128.load(b)
    low = f64x2.add(low, f64x2.mul(promoteLow(v), promoteLow(w)))
    high = f64x2.add(high, f64x2.mul(promoteHigh(v), promoteHigh(w)))
  }
  if (rest) {
    const v = loadTail(a, rest)
    const w = loadTail(b, rest)
    low = f64x2.add(low, f64x2.mul(promoteLow(v), promoteLow(w)))
    high = f64x2.add(high, f64x2.mul(promoteHigh(v), promoteHigh(w)))
  }
  return sumOfPair(f64x2.add(low, high))
}

/** xHat and y of one plane; scale and shift are the addresses of a float each. */
function normalizePlane(
  x: usize,
  mu: f64,
  inv: f32,
  scale: usize,
  shift: usize,
  xHat: usize,
  y: usize,
  count: usize,
): void {
  const mean = f32x4.splat(<f32>mu)
  const error = f32x4.splat(<f32>(mu - <f64>(<f32>mu)))
  const invStd = f32x4.splat(inv)
  const gamma = v128.load32_splat(scale)
  const beta = v128.load32_splat(shift)
  const rest = count & 3
  for (const end = x + wholeBytes(count); x != end; x += 16, xHat += 16, y += 16) {
    const h = normalized(v128.load(x), mean, error, invStd)
    v128.store(xHat, h)
    v128.store(y, madd(gamma, h, beta))
  }
  if (rest) {
    const h = normalized(loadTail(x, rest), mean, error, invStd)
    storeTail(xHat, h, rest)
    storeTail(y, madd(gamma, h, beta), rest)
  }
}

/** dx = factor·(dy·scale − a − xHat·b) of one plane */
function centrePlane(
  dy: usize,
  scale: v128,
  xHat: usize,
  a: f64,
  b: f64,
  factor: v128,
  dx: usize,
  count: usize,
): void {
  const sum = f32x4.splat(<f32>a)
  const product = f32x4.splat(<f32>b)
  const rest = count & 3
  for (const end = dy + wholeBytes(count); dy != end; dy += 16, xHat += 16, dx += 16) {
    v128.store(dx, centred(f32x4.mul(v128.load(dy), scale), sum, v128.load(xHat), product, factor))
  }
  if (rest) {
    const d = f32x4.mul(loadTail(dy, rest), scale)
    storeTail(dx, centred(d, sum, loadTail(xHat, rest), product, factor), rest)
  }
}

// What follows a normalization, plane by plane. As in elementwise.ts a type argument stands for the function.

@unmanaged
export class Nothing {
  @inline after(y: usize, count: usize): void {}
}

@unmanaged
export class GeluAfter {
  @inline after(y: usize, count: usize): void {
    geluForward(y, y, count)
  }
}

export function batchnormPlanesForward<F>(
  x: usize,
  gamma: usize,
  beta: usize,
  inner: usize,
  eps: f64,
  y: usize,
  xHat: usize,
  mean: usize,
  variance: usize,
  invStd: usize,
  rows: usize,
  columns: usize,
  stride: usize,
): void {
  const count = <f64>(rows * inner)
  const all = rows * stride
  for (let j: usize = 0; j < columns; j++) {
    const at = j * (inner << 2)
    let sum: f64 = 0
    for (let i: usize = 0; i != all; i += stride) sum += sumRow(x + at + i, inner)
    const mu = sum / count
    let squares: f64 = 0
    for (let i: usize = 0; i != all; i += stride) squares += squareRow(x + at + i, mu, inner)
    const sigma2 = squares / count
    const inv = <f32>(1 / Math.sqrt(sigma2 + eps))
    store<f32>(mean + (j << 2), <f32>mu)
    store<f32>(variance + (j << 2), <f32>sigma2)
    store<f32>(invStd + (j << 2), inv)
    for (let i: usize = 0; i != all; i += stride) {
      const o = at + i
      normalizePlane(x + o, mu, inv, gamma + (j << 2), beta + (j << 2), xHat + o, y + o, inner)
      changetype<F>(0).after(y + o, inner)
    }
  }
}

export function batchnormPlanesBackward(
  dy: usize,
  gamma: usize,
  xHat: usize,
  invStd: usize,
  inner: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  rows: usize,
  columns: usize,
  stride: usize,
): void {
  const count = <f64>(rows * inner)
  const all = rows * stride
  const one = f32x4.splat(1)
  for (let j: usize = 0; j < columns; j++) {
    const at = j * (inner << 2)
    let sum: f64 = 0
    let product: f64 = 0
    for (let i: usize = 0; i != all; i += stride) {
      sum += sumRow(dy + at + i, inner)
      product += productRow(dy + at + i, xHat + at + i, inner)
    }
    store<f32>(dbeta + (j << 2), <f32>sum)
    store<f32>(dgamma + (j << 2), <f32>product)
    const factor = f32x4.mul(v128.load32_splat(gamma + (j << 2)), v128.load32_splat(invStd + (j << 2)))
    for (let i: usize = 0; i != all; i += stride) {
      const o = at + i
      centrePlane(dy + o, one, xHat + o, sum / count, product / count, factor, dx + o, inner)
    }
  }
}

export function batchnormPlanesPredict<F>(
  x: usize,
  gamma: usize,
  beta: usize,
  mean: usize,
  variance: usize,
  inner: usize,
  eps: f64,
  y: usize,
  rows: usize,
  columns: usize,
  stride: usize,
): void {
  const rest = inner & 3
  const all = rows * stride
  for (let j: usize = 0; j < columns; j++) {
    const mu = v128.load32_splat(mean + (j << 2))
    const inv = f32x4.splat(<f32>(1 / Math.sqrt(<f64>load<f32>(variance + (j << 2)) + eps)))
    const scale = v128.load32_splat(gamma + (j << 2))
    const shift = v128.load32_splat(beta + (j << 2))
    for (let i: usize = 0; i != all; i += stride) {
      let from = x + i + j * (inner << 2)
      let to = y + i + j * (inner << 2)
      for (const end = from + wholeBytes(inner); from != end; from += 16, to += 16) {
        v128.store(to, madd(scale, f32x4.mul(f32x4.sub(v128.load(from), mu), inv), shift))
      }
      if (rest) storeTail(to, madd(scale, f32x4.mul(f32x4.sub(loadTail(from, rest), mu), inv), shift), rest)
      changetype<F>(0).after(y + i + j * (inner << 2), inner)
    }
  }
}

export function groupnormForward(
  x: usize,
  gamma: usize,
  beta: usize,
  inner: usize,
  groups: usize,
  eps: f64,
  y: usize,
  xHat: usize,
  invStd: usize,
  rows: usize,
  columns: usize,
): void {
  if (groups == 0) return
  const each = columns / groups
  const count = each * inner
  const plane = inner << 2
  for (; rows; rows--) {
    for (let j: usize = 0; j < columns; j += each, invStd += 4) {
      const mu = sumRow(x, count) / <f64>count
      const inv = <f32>(1 / Math.sqrt(squareRow(x, mu, count) / <f64>count + eps))
      store<f32>(invStd, inv)
      for (let c = j; c < j + each; c++, x += plane, xHat += plane, y += plane) {
        normalizePlane(x, mu, inv, gamma + (c << 2), beta + (c << 2), xHat, y, inner)
      }
    }
  }
}

export function groupnormBackward(
  dy: usize,
  gamma: usize,
  xHat: usize,
  invStd: usize,
  inner: usize,
  groups: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  rows: usize,
  columns: usize,
): void {
  if (groups == 0) return
  const plane = inner << 2
  const stride = columns * plane
  const all = rows * stride
  for (let j: usize = 0; j < columns; j++) {
    let sum: f64 = 0
    let product: f64 = 0
    for (let i: usize = 0; i != all; i += stride) {
      const o = i + j * plane
      sum += sumRow(dy + o, inner)
      product += productRow(dy + o, xHat + o, inner)
    }
    store<f32>(dbeta + (j << 2), <f32>sum)
    store<f32>(dgamma + (j << 2), <f32>product)
  }
  const each = columns / groups
  const count = <f64>(each * inner)
  for (; rows; rows--) {
    for (let j: usize = 0; j < columns; j += each, invStd += 4) {
      let sum: f64 = 0
      let product: f64 = 0
      for (let c: usize = 0; c < each; c++) {
        const scale = <f64>load<f32>(gamma + ((j + c) << 2))
        sum += scale * sumRow(dy + c * plane, inner)
        product += scale * productRow(dy + c * plane, xHat + c * plane, inner)
      }
      const factor = v128.load32_splat(invStd)
      for (let c = j; c < j + each; c++, dy += plane, xHat += plane, dx += plane) {
        const scale = v128.load32_splat(gamma + (c << 2))
        centrePlane(dy, scale, xHat, sum / count, product / count, factor, dx, inner)
      }
    }
  }
}

export function addChannelBias(
  x: usize,
  b: usize,
  inner: usize,
  y: usize,
  rows: usize,
  columns: usize,
  stride: usize,
): void {
  const rest = inner & 3
  for (; rows; rows--, x += stride, y += stride) {
    let from = x
    let to = y
    for (let j: usize = 0; j < columns; j++) {
      const shift = v128.load32_splat(b + (j << 2))
      for (const end = from + wholeBytes(inner); from != end; from += 16, to += 16) {
        v128.store(to, f32x4.add(v128.load(from), shift))
      }
      if (rest) storeTail(to, f32x4.add(loadTail(from, rest), shift), rest)
      from += rest << 2
      to += rest << 2
    }
  }
}

/** out[j] = Σᵢ x[i, j, :] */
export function planeSums(x: usize, inner: usize, out: usize, rows: usize, columns: usize, stride: usize): void {
  const all = rows * stride
  for (let j: usize = 0; j < columns; j++) {
    let sum: f64 = 0
    for (let i: usize = 0; i != all; i += stride) sum += sumRow(x + i + j * (inner << 2), inner)
    store<f32>(out + (j << 2), <f32>sum)
  }
}
