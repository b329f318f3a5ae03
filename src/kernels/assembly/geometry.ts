// AssemblyScript. What a convolution is told through a block of words on the heap (convolution.ts writes it), the piece of the
// work that a group is, and the matrix product that its loops call.

import { matmul } from './matmul'

// The order of the words is that of `geometryOf` in convolution.ts.
@inline
export const IMAGES: usize = 0
@inline
export const CHANNELS: usize = 1
@inline
export const HEIGHT: usize = 2
@inline
export const WIDTH: usize = 3
@inline
export const FILTERS: usize = 4
@inline
export const WINDOW_HEIGHT: usize = 5
@inline
export const WINDOW_WIDTH: usize = 6
@inline
export const STRIDE_Y: usize = 7
@inline
export const STRIDE_X: usize = 8
@inline
export const PAD_Y: usize = 9
@inline
export const PAD_X: usize = 10
@inline
export const OUT_HEIGHT: usize = 11
@inline
export const OUT_WIDTH: usize = 12
/** A group is `TOGETHER` images, or one of the `BANDS` of an image, which has `ROWS` rows (of tiles, or of places). */
@inline
export const TOGETHER: usize = 13
@inline
export const BANDS: usize = 14
@inline
export const ROWS: usize = 15
/** Of a thread's working memory: where a product's begins and how long it is, and the same of a convolution's. */
@inline
const PRODUCT: usize = 16
@inline
const PRODUCT_BYTES: usize = 17
@inline
const SCRATCH: usize = 18
@inline
const SCRATCH_BYTES: usize = 19
/** Inside the working memory: the second matrix, the bands or the third matrix, and what comes behind them. */
@inline
export const SECOND: usize = 20
@inline
export const THIRD: usize = 21
@inline
export const FOURTH: usize = 22
/** Bytes from one partial sum of the weights' gradient to the next. */
@inline
export const PARTIAL: usize = 23

@inline
export function word(geometry: usize, index: usize): usize {
  return load<u32>(geometry + (index << 2))
}

// The thread that this instance of the module belongs to; 0 is the one that calls.
@external('env', 'thread')
declare const thread: i32

/** The working memory of this thread. */
@inline
export function scratchOf(geometry: usize): usize {
  return word(geometry, SCRATCH) + thread * word(geometry, SCRATCH_BYTES)
}

// The product of a BLAS, where there is one, and the address at which it sees the heap; else that is 0.
@external('env', 'base')
declare const base: f64
@external('env', 'product')
declare function product(
  order: i32,
  transA: i32,
  transB: i32,
  m: i32,
  n: i32,
  k: i32,
  alpha: f32,
  a: f64,
  aStride: i32,
  b: f64,
  bStride: i32,
  beta: f32,
  out: f64,
  stride: i32,
): void

@inline
const ROW_MAJOR: i32 = 101
@inline
const AS_IS: i32 = 111
@inline
const TRANSPOSED: i32 = 112

/** out = op(a)·op(b), or added to out; strides in floats. The same as `matmul`, by the BLAS if there is one. */
export function multiplyInto(
  geometry: usize,
  transA: bool,
  transB: bool,
  m: usize,
  n: usize,
  k: usize,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  out: usize,
  stride: usize,
  added: bool,
): void {
  if (base == 0) {
    const scratch = word(geometry, PRODUCT) + thread * word(geometry, PRODUCT_BYTES)
    matmul(transA, transB, m, n, k, a, aStride << 2, b, bStride << 2, out, stride << 2, scratch, added)
    return
  }
  product(
    ROW_MAJOR,
    transA ? TRANSPOSED : AS_IS,
    transB ? TRANSPOSED : AS_IS,
    <i32>m,
    <i32>n,
    <i32>k,
    1,
    base + <f64>a,
    <i32>aStride,
    base + <f64>b,
    <i32>bStride,
    added ? 1 : 0,
    base + <f64>out,
    <i32>stride,
  )
}

/** Images of group `group`. */
@inline
export function imagesIn(geometry: usize, group: usize): usize {
  return min(word(geometry, TOGETHER), word(geometry, IMAGES) - firstImage(geometry, group))
}

@inline
export function firstImage(geometry: usize, group: usize): usize {
  return (group / word(geometry, BANDS)) * word(geometry, TOGETHER)
}

/** The first row that group `group` has of its images. */
@inline
export function firstRow(geometry: usize, group: usize): usize {
  return (group % word(geometry, BANDS)) * word(geometry, ROWS)
}
