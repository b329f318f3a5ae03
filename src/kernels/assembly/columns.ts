// AssemblyScript. Sums over the rows for every column of a panel, in float64 and in the order of the rows, two columns at
// a time.

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

// What a pass adds for two columns of a row. As in elementwise.ts a type argument stands for the function.
// Four rows at a time saves most of the loads and stores of the sums.

@unmanaged
class Sum {
  @inline four(x: usize, b: usize, stride: usize, sums: usize, others: usize, single: bool): void {
    let s = f64x2.add(v128.load(sums), pairOf(x, single))
    s = f64x2.add(s, pairOf(x + stride, single))
    s = f64x2.add(s, pairOf(x + 2 * stride, single))
    s = f64x2.add(s, pairOf(x + 3 * stride, single))
    v128.store(sums, s)
  }

  @inline one(x: usize, b: usize, sums: usize, others: usize, single: bool): void {
    v128.store(sums, f64x2.add(v128.load(sums), pairOf(x, single)))
  }
}

@inline
function squareOf(x: usize, mean: v128, single: bool): v128 {
  const d = f64x2.sub(pairOf(x, single), mean)
  return f64x2.mul(d, d)
}

@unmanaged
class Square {
  @inline four(x: usize, b: usize, stride: usize, sums: usize, means: usize, single: bool): void {
    const mean = v128.load(means)
    let s = f64x2.add(v128.load(sums), squareOf(x, mean, single))
    s = f64x2.add(s, squareOf(x + stride, mean, single))
    s = f64x2.add(s, squareOf(x + 2 * stride, mean, single))
    s = f64x2.add(s, squareOf(x + 3 * stride, mean, single))
    v128.store(sums, s)
  }

  @inline one(x: usize, b: usize, sums: usize, means: usize, single: bool): void {
    v128.store(sums, f64x2.add(v128.load(sums), squareOf(x, v128.load(means), single)))
  }
}

@unmanaged
class SumAndProduct {
  @inline four(a: usize, b: usize, stride: usize, sums: usize, products: usize, single: bool): void {
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

  @inline one(a: usize, b: usize, sums: usize, products: usize, single: bool): void {
    const v = pairOf(a, single)
    v128.store(sums, f64x2.add(v128.load(sums), v))
    v128.store(products, f64x2.add(v128.load(products), f64x2.mul(v, pairOf(b, single))))
  }
}

@inline
function pass<F>(a: usize, b: usize, stride: usize, rows: usize, columns: usize, sums: usize, others: usize): void {
  const f = changetype<F>(0)
  const pairs = (columns & ~1) << 2
  const odd = columns & 1
  memory.fill(sums, 0, SUMS)
  for (; rows >= 4; rows -= 4, a += stride << 2, b += stride << 2) {
    for (let j: usize = 0; j != pairs; j += 8) f.four(a + j, b + j, stride, sums + 2 * j, others + 2 * j, false)
    if (odd) f.four(a + pairs, b + pairs, stride, sums + 2 * pairs, others + 2 * pairs, true)
  }
  for (; rows; rows--, a += stride, b += stride) {
    for (let j: usize = 0; j != pairs; j += 8) f.one(a + j, b + j, sums + 2 * j, others + 2 * j, false)
    if (odd) f.one(a + pairs, b + pairs, sums + 2 * pairs, others + 2 * pairs, true)
  }
}

/** sums[j] = Σᵢ x[i, j]; rows are `stride` bytes apart, of which `columns` floats are summed. */
export function sumColumns(x: usize, stride: usize, rows: usize, columns: usize, sums: usize): void {
  pass<Sum>(x, x, stride, rows, columns, sums, sums)
}

/** sums[j] = Σᵢ (x[i, j] − means[j])² with means in float64 */
export function squareColumns(x: usize, stride: usize, rows: usize, columns: usize, means: usize, sums: usize): void {
  pass<Square>(x, x, stride, rows, columns, sums, means)
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
  memory.fill(products, 0, SUMS)
  pass<SumAndProduct>(a, b, stride, rows, columns, sums, products)
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
