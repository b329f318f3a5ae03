// AssemblyScript. Sums over the rows for every column of a panel, in float64 and in the order of the rows. They go down
// the rows four at a time, which saves most of the loads and stores of the sums, and two columns at a time.

import { loadPair, loadTail, promoteHigh, promoteLow, sumOfPair, wholeBytes } from './vector'

/**
 * Columns that are worked on together: what is read of their rows stays in the second cache from one pass to the next.
 */
@inline
export const PANEL: usize = 128

/** Bytes of a panel's sums. */
@inline
export const SUMS: usize = PANEL * 8

/** Two floats as doubles, or one and 0 where the row ends. */
@inline
function pairOf(from: usize, single: bool): v128 {
  return single ? f64x2.promote_low_f32x4(v128.load32_zero(from)) : loadPair(from)
}

@inline
function sumFour(x: usize, stride: usize, sums: usize, single: bool): void {
  let s = f64x2.add(v128.load(sums), pairOf(x, single))
  s = f64x2.add(s, pairOf(x + stride, single))
  s = f64x2.add(s, pairOf(x + 2 * stride, single))
  s = f64x2.add(s, pairOf(x + 3 * stride, single))
  v128.store(sums, s)
}

@inline
function sumOne(x: usize, sums: usize, single: bool): void {
  v128.store(sums, f64x2.add(v128.load(sums), pairOf(x, single)))
}

/** sums[j] = Σᵢ x[i, j]; rows are `stride` bytes apart, of which `columns` floats are summed. */
export function sumColumns(x: usize, stride: usize, rows: usize, columns: usize, sums: usize): void {
  const pairs = (columns & ~1) << 2
  const odd = columns & 1
  memory.fill(sums, 0, SUMS)
  for (; rows >= 4; rows -= 4, x += stride << 2) {
    for (let j: usize = 0; j != pairs; j += 8) sumFour(x + j, stride, sums + 2 * j, false)
    if (odd) sumFour(x + pairs, stride, sums + 2 * pairs, true)
  }
  for (; rows; rows--, x += stride) {
    for (let j: usize = 0; j != pairs; j += 8) sumOne(x + j, sums + 2 * j, false)
    if (odd) sumOne(x + pairs, sums + 2 * pairs, true)
  }
}

@inline
function squareOf(x: usize, mean: v128, single: bool): v128 {
  const d = f64x2.sub(pairOf(x, single), mean)
  return f64x2.mul(d, d)
}

@inline
function squareFour(x: usize, stride: usize, means: usize, sums: usize, single: bool): void {
  const mean = v128.load(means)
  let s = f64x2.add(v128.load(sums), squareOf(x, mean, single))
  s = f64x2.add(s, squareOf(x + stride, mean, single))
  s = f64x2.add(s, squareOf(x + 2 * stride, mean, single))
  s = f64x2.add(s, squareOf(x + 3 * stride, mean, single))
  v128.store(sums, s)
}

@inline
function squareOne(x: usize, means: usize, sums: usize, single: bool): void {
  v128.store(sums, f64x2.add(v128.load(sums), squareOf(x, v128.load(means), single)))
}

/** sums[j] = Σᵢ (x[i, j] − means[j])² with means in float64 */
export function squareColumns(x: usize, stride: usize, rows: usize, columns: usize, means: usize, sums: usize): void {
  const pairs = (columns & ~1) << 2
  const odd = columns & 1
  memory.fill(sums, 0, SUMS)
  for (; rows >= 4; rows -= 4, x += stride << 2) {
    for (let j: usize = 0; j != pairs; j += 8) squareFour(x + j, stride, means + 2 * j, sums + 2 * j, false)
    if (odd) squareFour(x + pairs, stride, means + 2 * pairs, sums + 2 * pairs, true)
  }
  for (; rows; rows--, x += stride) {
    for (let j: usize = 0; j != pairs; j += 8) squareOne(x + j, means + 2 * j, sums + 2 * j, false)
    if (odd) squareOne(x + pairs, means + 2 * pairs, sums + 2 * pairs, true)
  }
}

@inline
function multiplyFour(a: usize, b: usize, stride: usize, sums: usize, products: usize, single: bool): void {
  let v = pairOf(a, single)
  let s = f64x2.add(v128.load(sums), v)
  let p = f64x2.add(v128.load(products), f64x2.mul(v, pairOf(b, single)))
  v = pairOf(a + stride, single)
  s = f64x2.add(s, v)
  p = f64x2.add(p, f64x2.mul(v, pairOf(b + stride, single)))
  v = pairOf(a + 2 * stride, single)
  s = f64x2.add(s, v)
  p = f64x2.add(p, f64x2.mul(v, pairOf(b + 2 * stride, single)))
  v = pairOf(a + 3 * stride, single)
  s = f64x2.add(s, v)
  p = f64x2.add(p, f64x2.mul(v, pairOf(b + 3 * stride, single)))
  v128.store(sums, s)
  v128.store(products, p)
}

@inline
function multiplyOne(a: usize, b: usize, sums: usize, products: usize, single: bool): void {
  const v = pairOf(a, single)
  v128.store(sums, f64x2.add(v128.load(sums), v))
  v128.store(products, f64x2.add(v128.load(products), f64x2.mul(v, pairOf(b, single))))
}

/** sums[j] = Σᵢ a[i, j]; products[j] = Σᵢ a[i, j]·b[i, j] */
export function multiplyColumns(
  a: usize,
  b: usize,
  stride: usize,
  rows: usize,
  columns: usize,
  sums: usize,
  products: usize,
): void {
  const pairs = (columns & ~1) << 2
  const odd = columns & 1
  memory.fill(sums, 0, SUMS)
  memory.fill(products, 0, SUMS)
  for (; rows >= 4; rows -= 4, a += stride << 2, b += stride << 2) {
    for (let j: usize = 0; j != pairs; j += 8) multiplyFour(a + j, b + j, stride, sums + 2 * j, products + 2 * j, false)
    if (odd) multiplyFour(a + pairs, b + pairs, stride, sums + 2 * pairs, products + 2 * pairs, true)
  }
  for (; rows; rows--, a += stride, b += stride) {
    for (let j: usize = 0; j != pairs; j += 8) multiplyOne(a + j, b + j, sums + 2 * j, products + 2 * j, false)
    if (odd) multiplyOne(a + pairs, b + pairs, sums + 2 * pairs, products + 2 * pairs, true)
  }
}

/** out[j] = Σᵢ x[i, j]; rows are `stride` bytes apart; `scratch` holds SUMS. */
export function columnSums(x: usize, out: usize, rows: usize, columns: usize, stride: usize, scratch: usize): void {
  for (let j0: usize = 0; j0 < columns; j0 += PANEL) {
    const width = min(columns - j0, PANEL)
    sumColumns(x + (j0 << 2), stride, rows, width, scratch)
    for (let j: usize = 0; j < width; j++) store<f32>(out + ((j0 + j) << 2), <f32>load<f64>(scratch + (j << 3)))
  }
}

/** Σ x of one row in float64 */
export function sumRow(x: usize, columns: usize): f64 {
  const rest = columns & 3
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (const end = x + wholeBytes(columns); x != end; x += 16) {
    low = f64x2.add(low, loadPair(x))
    high = f64x2.add(high, loadPair(x + 8))
  }
  if (rest) {
    const v = loadTail(x, rest)
    low = f64x2.add(low, promoteLow(v))
    high = f64x2.add(high, promoteHigh(v))
  }
  return sumOfPair(f64x2.add(low, high))
}
