// AssemblyScript. Statistics are float64. x − mean is taken as (x − m) − (mean − m) with m the mean rounded to float32,
// which keeps the digits of columns whose mean is large. Rows are `stride` bytes apart. `work` holds two times SUMS.

import { multiplyColumns, PANEL, squareColumns, SUMS, sumColumns, sumRow } from './columns'
import { batchnormPlanesBackward, batchnormPlanesForward, batchnormPlanesPredict, Nothing } from './planes'
import { loadPair, loadSome, loadTail, madd, promoteHigh, promoteLow, storeSome, sumOfPair, wholeBytes } from './vector'

@inline
export function normalized(x: v128, mean: v128, error: v128, invStd: v128): v128 {
  return f32x4.mul(f32x4.sub(f32x4.sub(x, mean), error), invStd)
}

/** factor·(dy − a − xHat·b) */
@inline
export function centred(dy: v128, a: v128, xHat: v128, b: v128, factor: v128): v128 {
  return f32x4.mul(factor, f32x4.sub(f32x4.sub(dy, a), f32x4.mul(xHat, b)))
}

/** xHat and y of `count` elements */
@inline
function normalizeAt(
  x: usize,
  mean: v128,
  error: v128,
  invStd: v128,
  gamma: usize,
  beta: usize,
  xHat: usize,
  y: usize,
  count: usize,
): void {
  const h = normalized(loadSome(x, count), mean, error, invStd)
  storeSome(xHat, h, count)
  storeSome(y, madd(loadSome(gamma, count), h, loadSome(beta, count)), count)
}

/**
 * f.at for all elements of a panel's rows: a, b and c are elements of matrices, p to t those of vectors with one element
 * a column. As in elementwise.ts F stands for a function.
 */
@inline
function eachInPanel<F>(
  a: usize,
  b: usize,
  c: usize,
  p: usize,
  q: usize,
  r: usize,
  s: usize,
  t: usize,
  rows: usize,
  columns: usize,
  stride: usize,
): void {
  const f = changetype<F>(0)
  const whole = wholeBytes(columns)
  const rest = columns & 3
  for (let i: usize = 0, end = rows * stride; i != end; i += stride) {
    for (let j: usize = 0; j != whole; j += 16) f.at(a + i + j, b + i + j, c + i + j, p + j, q + j, r + j, s + j, t + j, 4)
    if (rest) {
      const j = whole
      f.at(a + i + j, b + i + j, c + i + j, p + j, q + j, r + j, s + j, t + j, rest)
    }
  }
}

@unmanaged
class Normalize {
  @inline at(
    x: usize,
    xHat: usize,
    y: usize,
    mean: usize,
    errors: usize,
    invStd: usize,
    gamma: usize,
    beta: usize,
    count: usize,
  ): void {
    const mu = loadSome(mean, count)
    const error = loadSome(errors, count)
    normalizeAt(x, mu, error, loadSome(invStd, count), gamma, beta, xHat, y, count)
  }
}

export function batchnormForward(
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
  work: usize,
): void {
  if (inner != 1) {
    batchnormPlanesForward<Nothing>(x, gamma, beta, inner, eps, y, xHat, mean, variance, invStd, rows, columns, stride)
    return
  }
  const count = <f64>rows
  const squares = work + SUMS
  // The rounding errors of the means take the place of the squares, as floats.
  const errors = squares
  for (let j0: usize = 0; j0 < columns; j0 += PANEL) {
    const at = j0 << 2
    const width = min(columns - j0, PANEL)
    sumColumns(x + at, stride, rows, width, work)
    for (let j: usize = 0; j < width; j++) store<f64>(work + 8 * j, load<f64>(work + 8 * j) / count)
    squareColumns(x + at, stride, rows, width, work, squares)
    for (let j: usize = 0; j < width; j++) {
      const mu = load<f64>(work + 8 * j)
      const sigma2 = load<f64>(squares + 8 * j) / count
      store<f32>(mean + at + 4 * j, <f32>mu)
      store<f32>(variance + at + 4 * j, <f32>sigma2)
      store<f32>(invStd + at + 4 * j, <f32>(1 / Math.sqrt(sigma2 + eps)))
      store<f32>(errors + 4 * j, <f32>(mu - <f64>(<f32>mu)))
    }
    eachInPanel<Normalize>(
      x + at,
      xHat + at,
      y + at,
      mean + at,
      errors,
      invStd + at,
      gamma + at,
      beta + at,
      rows,
      width,
      stride,
    )
  }
}

@unmanaged
class Centre {
  @inline at(
    dy: usize,
    xHat: usize,
    dx: usize,
    sums: usize,
    products: usize,
    gamma: usize,
    invStd: usize,
    t: usize,
    count: usize,
  ): void {
    const factor = f32x4.mul(loadSome(gamma, count), loadSome(invStd, count))
    const h = loadSome(xHat, count)
    const d = loadSome(dy, count)
    storeSome(dx, centred(d, loadSome(sums, count), h, loadSome(products, count), factor), count)
  }
}

export function batchnormBackward(
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
  work: usize,
): void {
  if (inner != 1) {
    batchnormPlanesBackward(dy, gamma, xHat, invStd, inner, dx, dgamma, dbeta, rows, columns, stride)
    return
  }
  const count = <f64>rows
  const products = work + SUMS
  for (let j0: usize = 0; j0 < columns; j0 += PANEL) {
    const at = j0 << 2
    const width = min(columns - j0, PANEL)
    multiplyColumns(dy + at, xHat + at, stride, rows, width, work, products)
    // Divided by the rows, the sums stay in their places as floats.
    for (let j: usize = 0; j < width; j++) {
      const sum = load<f64>(work + 8 * j)
      const product = load<f64>(products + 8 * j)
      store<f32>(dbeta + at + 4 * j, <f32>sum)
      store<f32>(dgamma + at + 4 * j, <f32>product)
      store<f32>(work + 4 * j, <f32>(sum / count))
      store<f32>(products + 4 * j, <f32>(product / count))
    }
    eachInPanel<Centre>(
      dy + at,
      xHat + at,
      dx + at,
      work,
      products,
      gamma + at,
      invStd + at,
      work,
      rows,
      width,
      stride,
    )
  }
}

@unmanaged
class Predict {
  @inline at(
    x: usize,
    y: usize,
    c: usize,
    mean: usize,
    invStd: usize,
    gamma: usize,
    beta: usize,
    t: usize,
    count: usize,
  ): void {
    const d = f32x4.sub(loadSome(x, count), loadSome(mean, count))
    const h = f32x4.mul(d, loadSome(invStd, count))
    storeSome(y, madd(loadSome(gamma, count), h, loadSome(beta, count)), count)
  }
}

export function batchnormPredict(
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
  work: usize,
): void {
  if (inner != 1) {
    batchnormPlanesPredict<Nothing>(x, gamma, beta, mean, variance, inner, eps, y, rows, columns, stride)
    return
  }
  for (let j0: usize = 0; j0 < columns; j0 += PANEL) {
    const at = j0 << 2
    const width = min(columns - j0, PANEL)
    for (let j: usize = 0; j < width; j++) {
      store<f32>(work + 4 * j, <f32>(1 / Math.sqrt(<f64>load<f32>(variance + at + 4 * j) + eps)))
    }
    eachInPanel<Predict>(
      x + at,
      y + at,
      y + at,
      mean + at,
      work,
      gamma + at,
      beta + at,
      work,
      rows,
      width,
      stride,
    )
  }
}

@inline
function squareOf(x: v128, mean: v128): v128 {
  const d = f64x2.sub(x, mean)
  return f64x2.mul(d, d)
}

/** Σ (x − mean)² of one row in float64 */
export function squareRow(x: usize, mean: f64, columns: usize): f64 {
  const mu = f64x2.splat(mean)
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (const end = x + wholeBytes(columns); x != end; x += 16) {
    low = f64x2.add(low, squareOf(loadPair(x), mu))
    high = f64x2.add(high, squareOf(loadPair(x + 8), mu))
  }
  let sum = sumOfPair(f64x2.add(low, high))
  for (let rest = columns & 3; rest; rest--, x += 4) {
    const d = <f64>load<f32>(x) - mean
    sum += d * d
  }
  return sum
}

export function layernormForward(
  x: usize,
  gamma: usize,
  beta: usize,
  eps: f64,
  y: usize,
  xHat: usize,
  invStd: usize,
  rows: usize,
  columns: usize,
): void {
  const count = <f64>columns
  const whole = wholeBytes(columns)
  const rest = columns & 3
  for (; rows; rows--, invStd += 4) {
    const mu = sumRow(x, columns) / count
    const inv = <f32>(1 / Math.sqrt(squareRow(x, mu, columns) / count + eps))
    store<f32>(invStd, inv)
    const mean = f32x4.splat(<f32>mu)
    const error = f32x4.splat(<f32>(mu - <f64>(<f32>mu)))
    const factor = f32x4.splat(inv)
    for (let j: usize = 0; j != whole; j += 16, x += 16, y += 16, xHat += 16) {
      normalizeAt(x, mean, error, factor, gamma + j, beta + j, xHat, y, 4)
    }
    if (rest) {
      normalizeAt(x, mean, error, factor, gamma + whole, beta + whole, xHat, y, rest)
      x += rest << 2
      y += rest << 2
      xHat += rest << 2
    }
  }
}

/** dx of `count` elements, from the row's means */
@inline
function centreRowAt(
  dy: usize,
  gamma: usize,
  a: v128,
  xHat: usize,
  b: v128,
  invStd: v128,
  dx: usize,
  count: usize,
): void {
  const d = f32x4.mul(loadSome(dy, count), loadSome(gamma, count))
  storeSome(dx, centred(d, a, loadSome(xHat, count), b, invStd), count)
}

/** dx of one row, which needs the sums over the row of dy·gamma and of that times xHat. */
@inline
function layernormRow(dy: usize, gamma: usize, xHat: usize, invStd: v128, dx: usize, columns: usize): void {
  const whole = wholeBytes(columns)
  const rest = columns & 3
  const count = <f64>columns
  let sum = f64x2.splat(0)
  let product = f64x2.splat(0)
  for (let j: usize = 0; j != whole; j += 16) {
    const d = f32x4.mul(v128.load(dy + j), v128.load(gamma + j))
    const h = v128.load(xHat + j)
    const low = promoteLow(d)
    const high = promoteHigh(d)
    sum = f64x2.add(sum, f64x2.add(low, high))
    product = f64x2.add(product, f64x2.add(f64x2.mul(low, promoteLow(h)), f64x2.mul(high, promoteHigh(h))))
  }
  if (rest) {
    const d = f32x4.mul(loadTail(dy + whole, rest), loadTail(gamma + whole, rest))
    const h = loadTail(xHat + whole, rest)
    const low = promoteLow(d)
    const high = promoteHigh(d)
    sum = f64x2.add(sum, f64x2.add(low, high))
    product = f64x2.add(product, f64x2.add(f64x2.mul(low, promoteLow(h)), f64x2.mul(high, promoteHigh(h))))
  }
  const a = f32x4.splat(<f32>(sumOfPair(sum) / count))
  const b = f32x4.splat(<f32>(sumOfPair(product) / count))
  for (let j: usize = 0; j != whole; j += 16) {
    centreRowAt(dy + j, gamma + j, a, xHat + j, b, invStd, dx + j, 4)
  }
  if (rest) centreRowAt(dy + whole, gamma + whole, a, xHat + whole, b, invStd, dx + whole, rest)
}

export function layernormBackward(
  dy: usize,
  gamma: usize,
  xHat: usize,
  invStd: usize,
  dx: usize,
  dgamma: usize,
  dbeta: usize,
  rows: usize,
  columns: usize,
  work: usize,
): void {
  const stride = columns << 2
  const products = work + SUMS
  for (let j0: usize = 0; j0 < columns; j0 += PANEL) {
    const width = min(columns - j0, PANEL)
    const at = j0 << 2
    multiplyColumns(dy + at, xHat + at, stride, rows, width, work, products)
    for (let j: usize = 0; j < width; j++) {
      store<f32>(dbeta + at + 4 * j, <f32>load<f64>(work + 8 * j))
      store<f32>(dgamma + at + 4 * j, <f32>load<f64>(products + 8 * j))
    }
  }
  for (let i: usize = 0; i < rows; i++) {
    const at = i * stride
    layernormRow(dy + at, gamma, xHat + at, v128.load32_splat(invStd + (i << 2)), dx + at, columns)
  }
}
