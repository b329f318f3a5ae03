// AssemblyScript. Philox4x32-10 with the counters (block, 0, 0, 0). Lane b of the vector of word w belongs to block b;
// two times four blocks go through the rounds side by side, since one round's products have to wait for the last one's.

import { storeTail } from './vector'

@inline
const M0: u32 = 0xd2511f53
@inline
const M1: u32 = 0xcd9e8d57
@inline
const W0: u32 = 0x9e3779b9
@inline
const W1: u32 = 0xbb67ae85

/** High halves of the 64-bit products of lanes 0, 1 and lanes 2, 3. */
@inline
function highs(first: v128, last: v128): v128 {
  return i32x4.shuffle(first, last, 1, 3, 5, 7)
}

@inline
function lows(first: v128, last: v128): v128 {
  return i32x4.shuffle(first, last, 0, 2, 4, 6)
}

/** kept where the word is below the limit (both with their sign bit flipped, for an unsigned comparison), else 0 */
@inline
function choose(word: v128, sign: v128, limit: v128, kept: v128): v128 {
  return v128.and(kept, i32x4.lt_s(v128.xor(word, sign), limit))
}

/** As many of the four as are left. */
@inline
function put(to: usize, v: v128, left: isize): void {
  if (left >= 4) v128.store(to, v)
  else if (left > 0) storeTail(to, v, left)
}

/** Four blocks: transposed, each vector holds the four words of one of them. */
@inline
function write(to: usize, left: isize, w0: v128, w1: v128, w2: v128, w3: v128): void {
  const low01 = i32x4.shuffle(w0, w1, 0, 4, 1, 5)
  const low23 = i32x4.shuffle(w2, w3, 0, 4, 1, 5)
  const high01 = i32x4.shuffle(w0, w1, 2, 6, 3, 7)
  const high23 = i32x4.shuffle(w2, w3, 2, 6, 3, 7)
  put(to, i64x2.shuffle(low01, low23, 0, 2), left)
  put(to + 16, i64x2.shuffle(low01, low23, 1, 3), left - 4)
  put(to + 32, i64x2.shuffle(high01, high23, 0, 2), left - 8)
  put(to + 48, i64x2.shuffle(high01, high23, 1, 3), left - 12)
}

/**
 * mask = 1/keepProb where the word < round(keepProb·2³²), else 0. The mask begins with word `first`, which is the first
 * of a block.
 */
export function dropoutMask(key0: u32, key1: u32, keepProb: f64, mask: usize, n: usize, first: u32): void {
  const threshold = Math.round(keepProb * 4294967296)
  const keep = 1 / keepProb
  if (threshold >= 4294967296) {
    for (let i: usize = 0; i < n; i++) store<f32>(mask + (i << 2), <f32>keep)
    return
  }
  const kept = f32x4.splat(<f32>keep)
  const sign = i32x4.splat(0x80000000)
  const limit = v128.xor(i32x4.splat(<u32>threshold), sign)
  const m0 = i32x4.splat(M0)
  const m1 = i32x4.splat(M1)
  // Round 1 leaves (key0, 0, high ^ key1, low), so round 2 multiplies key0 in every block.
  const shared = <u64>M0 * key0
  const key0Two = i32x4.splat(key0 + W0)
  const c2Two = i32x4.splat(<u32>(shared >> 32) ^ (key1 + W1))
  const c3Two = i32x4.splat(<u32>shared)
  let block = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(first >> 2))
  for (let done: usize = 0; done < n; done += 32, mask += 128) {
    const next = i32x4.add(block, i32x4.splat(4))
    let p = i64x2.extmul_low_i32x4_u(block, m0)
    let q = i64x2.extmul_high_i32x4_u(block, m0)
    let r = i64x2.extmul_low_i32x4_u(next, m0)
    let s = i64x2.extmul_high_i32x4_u(next, m0)
    let c2 = v128.xor(highs(p, q), i32x4.splat(key1))
    let d2 = v128.xor(highs(r, s), i32x4.splat(key1))
    const c3One = lows(p, q)
    const d3One = lows(r, s)
    p = i64x2.extmul_low_i32x4_u(c2, m1)
    q = i64x2.extmul_high_i32x4_u(c2, m1)
    r = i64x2.extmul_low_i32x4_u(d2, m1)
    s = i64x2.extmul_high_i32x4_u(d2, m1)
    let c0 = v128.xor(highs(p, q), key0Two)
    let d0 = v128.xor(highs(r, s), key0Two)
    let c1 = lows(p, q)
    let d1 = lows(r, s)
    c2 = v128.xor(c3One, c2Two)
    d2 = v128.xor(d3One, c2Two)
    let c3 = c3Two
    let d3 = c3Two
    let k0 = key0 + 2 * W0
    let k1 = key1 + 2 * W1
    for (let round = 2; round < 10; round++, k0 += W0, k1 += W1) {
      const key0s = i32x4.splat(k0)
      const key1s = i32x4.splat(k1)
      p = i64x2.extmul_low_i32x4_u(c0, m0)
      q = i64x2.extmul_high_i32x4_u(c0, m0)
      r = i64x2.extmul_low_i32x4_u(d0, m0)
      s = i64x2.extmul_high_i32x4_u(d0, m0)
      const t = i64x2.extmul_low_i32x4_u(c2, m1)
      const u = i64x2.extmul_high_i32x4_u(c2, m1)
      const v = i64x2.extmul_low_i32x4_u(d2, m1)
      const w = i64x2.extmul_high_i32x4_u(d2, m1)
      c0 = v128.xor(v128.xor(c1, key0s), highs(t, u))
      d0 = v128.xor(v128.xor(d1, key0s), highs(v, w))
      c2 = v128.xor(v128.xor(c3, key1s), highs(p, q))
      d2 = v128.xor(v128.xor(d3, key1s), highs(r, s))
      c1 = lows(t, u)
      d1 = lows(v, w)
      c3 = lows(p, q)
      d3 = lows(r, s)
    }
    const rest = <isize>(n - done)
    c0 = choose(c0, sign, limit, kept)
    c1 = choose(c1, sign, limit, kept)
    c2 = choose(c2, sign, limit, kept)
    c3 = choose(c3, sign, limit, kept)
    write(mask, rest, c0, c1, c2, c3)
    if (rest > 16) {
      d0 = choose(d0, sign, limit, kept)
      d1 = choose(d1, sign, limit, kept)
      d2 = choose(d2, sign, limit, kept)
      d3 = choose(d3, sign, limit, kept)
      write(mask + 64, rest - 16, d0, d1, d2, d3)
    }
    block = i32x4.add(next, i32x4.splat(4))
  }
}
