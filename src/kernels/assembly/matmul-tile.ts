// AssemblyScript. The inner loop of the matrix product: a tile of `TILE` rows and 8 (or 4) columns stays in registers
// while k runs. a holds k groups of TILE floats, b holds k groups of 8 (or 4).
//
// The form is what V8 (Node 20, 22, 24) turns into a loop without spills, at the speed of the processor's 128-bit
// units; it has 15 vector registers to give. Six rows: twelve sums, two of b, one of a. The strict build needs one more
// for the product: five rows. Unrolled by hand, with sums that start at 0 and are added to c in the end, or inlined
// into the caller, V8 loads ahead, spills and takes twice as long.

import { madd } from './vector'

/** Rows of a tile. */
@inline
export const TILE: usize = ASC_FEATURE_RELAXED_SIMD ? 6 : 5

/**
 * c = before + a·b, the sum starting with `before`; rows are `stride` and `beforeStride` bytes apart. A first block of
 * k has eight zeros with a stride of 0 before it, the next ones c itself.
 */
export function tile8(a: usize, b: usize, k: usize, before: usize, beforeStride: usize, c: usize, stride: usize): void {
  let s00 = v128.load(before)
  let s01 = v128.load(before, 16)
  before += beforeStride
  let s10 = v128.load(before)
  let s11 = v128.load(before, 16)
  before += beforeStride
  let s20 = v128.load(before)
  let s21 = v128.load(before, 16)
  before += beforeStride
  let s30 = v128.load(before)
  let s31 = v128.load(before, 16)
  before += beforeStride
  let s40 = v128.load(before)
  let s41 = v128.load(before, 16)
  if (TILE == 6) before += beforeStride
  let s50 = v128.load(before)
  let s51 = v128.load(before, 16)
  for (; k; k--, a += TILE << 2, b += 32) {
    const b0 = v128.load(b)
    const b1 = v128.load(b, 16)
    let x = v128.load32_splat(a)
    s00 = madd(x, b0, s00)
    s01 = madd(x, b1, s01)
    x = v128.load32_splat(a, 4)
    s10 = madd(x, b0, s10)
    s11 = madd(x, b1, s11)
    x = v128.load32_splat(a, 8)
    s20 = madd(x, b0, s20)
    s21 = madd(x, b1, s21)
    x = v128.load32_splat(a, 12)
    s30 = madd(x, b0, s30)
    s31 = madd(x, b1, s31)
    x = v128.load32_splat(a, 16)
    s40 = madd(x, b0, s40)
    s41 = madd(x, b1, s41)
    if (TILE == 6) {
      x = v128.load32_splat(a, 20)
      s50 = madd(x, b0, s50)
      s51 = madd(x, b1, s51)
    }
  }
  v128.store(c, s00)
  v128.store(c, s01, 16)
  c += stride
  v128.store(c, s10)
  v128.store(c, s11, 16)
  c += stride
  v128.store(c, s20)
  v128.store(c, s21, 16)
  c += stride
  v128.store(c, s30)
  v128.store(c, s31, 16)
  c += stride
  v128.store(c, s40)
  v128.store(c, s41, 16)
  if (TILE == 6) {
    c += stride
    v128.store(c, s50)
    v128.store(c, s51, 16)
  }
}

/** The same for four columns. */
export function tile4(a: usize, b: usize, k: usize, before: usize, beforeStride: usize, c: usize, stride: usize): void {
  let s0 = v128.load(before)
  before += beforeStride
  let s1 = v128.load(before)
  before += beforeStride
  let s2 = v128.load(before)
  before += beforeStride
  let s3 = v128.load(before)
  before += beforeStride
  let s4 = v128.load(before)
  if (TILE == 6) before += beforeStride
  let s5 = v128.load(before)
  for (; k; k--, a += TILE << 2, b += 16) {
    const b0 = v128.load(b)
    s0 = madd(v128.load32_splat(a), b0, s0)
    s1 = madd(v128.load32_splat(a, 4), b0, s1)
    s2 = madd(v128.load32_splat(a, 8), b0, s2)
    s3 = madd(v128.load32_splat(a, 12), b0, s3)
    s4 = madd(v128.load32_splat(a, 16), b0, s4)
    if (TILE == 6) s5 = madd(v128.load32_splat(a, 20), b0, s5)
  }
  v128.store(c, s0)
  c += stride
  v128.store(c, s1)
  c += stride
  v128.store(c, s2)
  c += stride
  v128.store(c, s3)
  c += stride
  v128.store(c, s4)
  if (TILE == 6) v128.store(c + stride, s5)
}
