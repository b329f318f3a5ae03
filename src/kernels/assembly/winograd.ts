// AssemblyScript. Convolutions of 3×3 windows with a rim of 1 in steps of 1 by Winograd's F(4×4, 3×3): a tile of 4×4 outputs
// takes 36 multiplications a channel instead of 144. The tiles of a group are the columns of 36 matrices V, one for
// each place in a transformed tile, which 36 products with the transformed filters U make into M, and those become outputs.
//
// A transform goes down the columns of a plane first, along whole rows of it; what comes out lies in bands, and then four tiles at a
// time are turned by a transpose, so that vectors hold the same place of four tiles.

import {
  CHANNELS,
  FILTERS,
  FOURTH,
  firstImage,
  firstRow,
  HEIGHT,
  imagesIn,
  multiplyInto,
  ROWS,
  SECOND,
  scratchOf,
  THIRD,
  WIDTH,
  word,
} from './geometry'
import { loadSome, loadTail, storeSome } from './vector'
import {
  firsts,
  high,
  inputGradient0,
  inputGradient1,
  inputGradient2,
  inputGradient3,
  inputGradient4,
  k,
  low,
  output0,
  output1,
  output2,
  output3,
  putInputs,
  putOutputGradients,
  putTaps,
  seconds,
  tap0,
  tap1,
  tap2,
} from './winograd-tile'

@inline
const PLACES: usize = 36
// Matrices of 36 would otherwise lie where the cache has room for eight of their rows.
@inline
const APART: usize = 64

@inline
function tilesIn(size: usize): usize {
  return (size + 3) >> 2
}

/** Floats of a row of a band: that of tiles, their right neighbours, and what a vector at the end reaches over. */
@inline
function rowBytesOf(width: usize): usize {
  return (tilesIn(width) << 4) + 32
}

/** Bytes from one of the 36 matrices to the next. */
@inline
function matrixBytes(rows: usize, columns: usize): usize {
  return (((rows * columns + 3) & ~3) << 2) + APART
}

@inline
function rowAt(plane: usize, y: isize, height: usize, width: usize, zeros: usize): usize {
  return <usize>y < height ? plane + ((y * width) << 2) : zeros
}

/** Four floats of a row from x on; where a row has fewer, all of them. */
@inline
function loadAt(row: usize, x: usize, width: usize): v128 {
  return width < 4 ? loadTail(row, width) : v128.load(row + (x << 2))
}

/** Where the last vector of a row begins: it may overlap the one before. */
@inline
function lastOf(width: usize): usize {
  return width < 4 ? 0 : width - 4
}

/** Writes where the tiles of a group begin in a band, and a few more, and clears the bands. */
function layOut(table: usize, bands: usize, bandBytes: usize, strips: usize, across: usize, rowBytes: usize): void {
  memory.fill(bands, 0, bandBytes)
  const all = strips * across + 4
  for (let t: usize = 0, at: usize = 0; t < all; at += 6 * rowBytes) {
    for (let j: usize = 0; j < across && t < all; j++, t++, table += 4) store<u32>(table, at + (j << 4))
  }
}

/** Bᵀ down the columns: a strip's six rows of the band from six rows of the plane. */
function stripOfInput(plane: usize, top: isize, height: usize, width: usize, zeros: usize, to: usize, rowBytes: usize): void {
  const k0 = k(0)
  const k1 = k(1)
  const k4 = k(4)
  const k5 = k(5)
  const k6 = k(6)
  const k7 = k(7)
  const r0 = rowAt(plane, top, height, width, zeros)
  const r1 = rowAt(plane, top + 1, height, width, zeros)
  const r2 = rowAt(plane, top + 2, height, width, zeros)
  const r3 = rowAt(plane, top + 3, height, width, zeros)
  const r4 = rowAt(plane, top + 4, height, width, zeros)
  const r5 = rowAt(plane, top + 5, height, width, zeros)
  const last = lastOf(width)
  // The rim's column comes first.
  to += 4
  for (let x: usize = 0; ; x += 4) {
    x = min(x, last)
    putInputs(
      loadAt(r0, x, width),
      loadAt(r1, x, width),
      loadAt(r2, x, width),
      loadAt(r3, x, width),
      loadAt(r4, x, width),
      loadAt(r5, x, width),
      to + (x << 2),
      rowBytes, k0, k1, k4, k5, k6, k7)
    if (x == last) break
  }
}

/** A down the columns: a strip's six rows of the band from four rows of outputs' gradients. */
function stripOfGradient(plane: usize, top: isize, height: usize, width: usize, zeros: usize, to: usize, rowBytes: usize): void {
  const k0 = k(0)
  const k1 = k(1)
  const k2 = k(2)
  const k3 = k(3)
  const k8 = k(8)
  const k9 = k(9)
  const r0 = rowAt(plane, top, height, width, zeros)
  const r1 = rowAt(plane, top + 1, height, width, zeros)
  const r2 = rowAt(plane, top + 2, height, width, zeros)
  const r3 = rowAt(plane, top + 3, height, width, zeros)
  const last = lastOf(width)
  for (let x: usize = 0; ; x += 4) {
    x = min(x, last)
    putOutputGradients(
      loadAt(r0, x, width),
      loadAt(r1, x, width),
      loadAt(r2, x, width),
      loadAt(r3, x, width),
      to + (x << 2),
      rowBytes, k0, k1, k2, k3, k8, k9)
    if (x == last) break
  }
}

/** Bᵀ along the rows: from the band to a row of each of the 36 matrices, `step` bytes apart. */
function tilesOfInput(band: usize, rowBytes: usize, table: usize, tiles: usize, to: usize, step: usize): void {
  const k0 = k(0)
  const k1 = k(1)
  const k4 = k(4)
  const k5 = k(5)
  const k6 = k(6)
  const k7 = k(7)
  // Six of the 36 matrices at a time, each along its row: more at once are more than the processor reads ahead.
  for (let i = 0; i < 6; i++, band += rowBytes, to += 6 * step) {
    for (let t: usize = 0, at = to, tile = table; t < tiles; t += 4, tile += 16, at += 16) {
      const p0 = band + load<u32>(tile)
      const p1 = band + load<u32>(tile, 4)
      const p2 = band + load<u32>(tile, 8)
      const p3 = band + load<u32>(tile, 12)
      const v0 = v128.load(p0)
      const v1 = v128.load(p1)
      const v2 = v128.load(p2)
      const v3 = v128.load(p3)
      const low01 = low(v0, v1)
      const low23 = low(v2, v3)
      const high01 = high(v0, v1)
      const high23 = high(v2, v3)
      const next01 = low(v128.load64_zero(p0, 16), v128.load64_zero(p1, 16))
      const next23 = low(v128.load64_zero(p2, 16), v128.load64_zero(p3, 16))
      putInputs(
        firsts(low01, low23),
        seconds(low01, low23),
        firsts(high01, high23),
        seconds(high01, high23),
        firsts(next01, next23),
        seconds(next01, next23),
        at,
        step, k0, k1, k4, k5, k6, k7)
    }
  }
}

/** A along the rows. */
function tilesOfGradient(band: usize, rowBytes: usize, table: usize, tiles: usize, to: usize, step: usize): void {
  const k0 = k(0)
  const k1 = k(1)
  const k2 = k(2)
  const k3 = k(3)
  const k8 = k(8)
  const k9 = k(9)
  // Six of the 36 matrices at a time, each along its row: more at once are more than the processor reads ahead.
  for (let i = 0; i < 6; i++, band += rowBytes, to += 6 * step) {
    for (let t: usize = 0, at = to, tile = table; t < tiles; t += 4, tile += 16, at += 16) {
      const p0 = band + load<u32>(tile)
      const p1 = band + load<u32>(tile, 4)
      const p2 = band + load<u32>(tile, 8)
      const p3 = band + load<u32>(tile, 12)
      const v0 = v128.load(p0)
      const v1 = v128.load(p1)
      const v2 = v128.load(p2)
      const v3 = v128.load(p3)
      const low01 = low(v0, v1)
      const low23 = low(v2, v3)
      const high01 = high(v0, v1)
      const high23 = high(v2, v3)
      putOutputGradients(
        firsts(low01, low23),
        seconds(low01, low23),
        firsts(high01, high23),
        seconds(high01, high23),
        at,
        step, k0, k1, k2, k3, k8, k9)
    }
  }
}

/** Aᵀ along the rows: from a row of each of the 36 matrices to the band. */
function bandOfOutput(from: usize, step: usize, band: usize, rowBytes: usize, table: usize, tiles: usize): void {
  const k0 = k(0)
  const k1 = k(1)
  const k2 = k(2)
  const k3 = k(3)
  const k8 = k(8)
  const k9 = k(9)
  for (let i = 0; i < 6; i++, band += rowBytes, from += 6 * step) {
    for (let t: usize = 0, row = from, tile = table; t < tiles; t += 4, tile += 16, row += 16) {
      const p0 = band + load<u32>(tile)
      const p1 = band + load<u32>(tile, 4)
      const p2 = band + load<u32>(tile, 8)
      const p3 = band + load<u32>(tile, 12)
      let at = row
      const m0 = v128.load(at)
      at += step
      const m1 = v128.load(at)
      at += step
      const m2 = v128.load(at)
      at += step
      const m3 = v128.load(at)
      at += step
      const m4 = v128.load(at)
      at += step
      const m5 = v128.load(at)
      at += step
      const sumA = f32x4.add(m1, m2)
      const differenceA = f32x4.sub(m1, m2)
      const sumB = f32x4.add(m3, m4)
      const differenceB = f32x4.sub(m3, m4)
      const y0 = output0(m0, sumA, sumB)
      const y1 = output1(differenceA, differenceB, k0, k1)
      const y2 = output2(sumA, sumB, k2, k3)
      const y3 = output3(differenceA, differenceB, m5, k8, k9)
      const low01 = low(y0, y1)
      const low23 = low(y2, y3)
      const high01 = high(y0, y1)
      const high23 = high(y2, y3)
      v128.store(p0, firsts(low01, low23))
      v128.store(p1, seconds(low01, low23))
      v128.store(p2, firsts(high01, high23))
      v128.store(p3, seconds(high01, high23))
    }
  }
}

/** Aᵀ down the columns: four rows of outputs, `bias` added, from a strip's six rows. */
function stripToOutput(band: usize, rowBytes: usize, bias: v128, plane: usize, top: usize, height: usize, width: usize): void {
  const k0 = k(0)
  const k1 = k(1)
  const k2 = k(2)
  const k3 = k(3)
  const k8 = k(8)
  const k9 = k(9)
  const last = lastOf(width)
  const row = width << 2
  const rows = height - top
  plane += top * row
  for (let x: usize = 0; ; x += 4) {
    x = min(x, last)
    let at = band + (x << 2)
    const m0 = v128.load(at)
    at += rowBytes
    const m1 = v128.load(at)
    at += rowBytes
    const m2 = v128.load(at)
    at += rowBytes
    const m3 = v128.load(at)
    at += rowBytes
    const m4 = v128.load(at)
    at += rowBytes
    const m5 = v128.load(at)
    const sumA = f32x4.add(m1, m2)
    const differenceA = f32x4.sub(m1, m2)
    const sumB = f32x4.add(m3, m4)
    const differenceB = f32x4.sub(m3, m4)
    let to = plane + (x << 2)
    const count = min<usize>(width, 4)
    storeSome(to, f32x4.add(output0(m0, sumA, sumB), bias), count)
    if (rows > 1) storeSome((to += row), f32x4.add(output1(differenceA, differenceB, k0, k1), bias), count)
    if (rows > 2) storeSome((to += row), f32x4.add(output2(sumA, sumB, k2, k3), bias), count)
    if (rows > 3) storeSome((to += row), f32x4.add(output3(differenceA, differenceB, m5, k8, k9), bias), count)
    if (x == last) break
  }
}

/** B along the rows: a tile's first four columns in one band, and in a second one the last two, which the next tile overlaps. */
function bandsOfInputGradient(
  from: usize,
  step: usize,
  band: usize,
  second: usize,
  rowBytes: usize,
  table: usize,
  tiles: usize,
): void {
  const k0 = k(0)
  const k1 = k(1)
  const k4 = k(4)
  const k5 = k(5)
  const k6 = k(6)
  const k7 = k(7)
  const k10 = k(10)
  const k11 = k(11)
  const zero = f32x4.splat(0)
  const over = second - band + 16
  for (let i = 0; i < 6; i++, band += rowBytes, from += 6 * step) {
    for (let t: usize = 0, row = from, tile = table; t < tiles; t += 4, tile += 16, row += 16) {
      const p0 = band + load<u32>(tile)
      const p1 = band + load<u32>(tile, 4)
      const p2 = band + load<u32>(tile, 8)
      const p3 = band + load<u32>(tile, 12)
      let at = row
      const v0 = v128.load(at)
      at += step
      const v1 = v128.load(at)
      at += step
      const v2 = v128.load(at)
      at += step
      const v3 = v128.load(at)
      at += step
      const v4 = v128.load(at)
      at += step
      const v5 = v128.load(at)
      at += step
      const sumA = f32x4.add(v1, v2)
      const differenceA = f32x4.sub(v1, v2)
      const sumB = f32x4.add(v3, v4)
      const differenceB = f32x4.sub(v3, v4)
      const d0 = inputGradient0(v0, k6)
      const d1 = inputGradient1(differenceA, differenceB, v5, k6, k10, k11)
      const d2 = inputGradient2(v0, sumA, sumB, k4, k5, k7)
      const d3 = inputGradient3(differenceA, differenceB, v5, k0, k1, k7)
      const low01 = low(d0, d1)
      const low23 = low(d2, d3)
      const high01 = high(d0, d1)
      const high23 = high(d2, d3)
      v128.store(p0, firsts(low01, low23))
      v128.store(p1, seconds(low01, low23))
      v128.store(p2, firsts(high01, high23))
      v128.store(p3, seconds(high01, high23))
      const d4 = inputGradient4(v0, sumA, sumB)
      const low45 = low(d4, v5)
      const high45 = high(d4, v5)
      v128.store(p0 + over, firsts(low45, zero))
      v128.store(p1 + over, seconds(low45, zero))
      v128.store(p2 + over, firsts(high45, zero))
      v128.store(p3 + over, seconds(high45, zero))
    }
  }
}

@inline
function bothAt(at: usize, second: usize): v128 {
  return f32x4.add(v128.load(at), v128.load(at + second))
}

/** B down the columns: six rows of dx from a strip's six rows of both bands. The first two overlap with those of the strip before. */
function stripToInputGradient(
  band: usize,
  second: usize,
  rowBytes: usize,
  plane: usize,
  top: usize,
  height: usize,
  width: usize,
): void {
  const k0 = k(0)
  const k1 = k(1)
  const k4 = k(4)
  const k5 = k(5)
  const k6 = k(6)
  const k7 = k(7)
  const k10 = k(10)
  const k11 = k(11)
  const row = width << 2
  const below = height - top
  plane += top * row
  for (let x: usize = 0; x < width; x += 4) {
    const count = min<usize>(width - x, 4)
    // The rim's column comes first.
    let at = band + (x << 2) + 4
    const v0 = bothAt(at, second)
    at += rowBytes
    const v1 = bothAt(at, second)
    at += rowBytes
    const v2 = bothAt(at, second)
    at += rowBytes
    const v3 = bothAt(at, second)
    at += rowBytes
    const v4 = bothAt(at, second)
    at += rowBytes
    const v5 = bothAt(at, second)
    const sumA = f32x4.add(v1, v2)
    const differenceA = f32x4.sub(v1, v2)
    const sumB = f32x4.add(v3, v4)
    const differenceB = f32x4.sub(v3, v4)
    let to = plane + (x << 2)
    const d1 = inputGradient1(differenceA, differenceB, v5, k6, k10, k11)
    if (top == 0) storeSome(to, d1, count)
    else {
      storeSome(to - row, f32x4.add(loadSome(to - row, count), inputGradient0(v0, k6)), count)
      storeSome(to, f32x4.add(loadSome(to, count), d1), count)
    }
    if (below > 1) storeSome((to += row), inputGradient2(v0, sumA, sumB, k4, k5, k7), count)
    if (below > 2) storeSome((to += row), inputGradient3(differenceA, differenceB, v5, k0, k1, k7), count)
    if (below > 3) storeSome((to += row), inputGradient4(v0, sumA, sumB), count)
    if (below > 4) storeSome((to += row), v5, count)
  }
}

/** U = G·w·Gᵀ for `count` filters' planes from number `first` on, of all `all`. */
export function winogradFilters(w: usize, u: usize, all: usize, first: usize, count: usize, work: usize): void {
  const k0 = k(0)
  const k1 = k(1)
  const k2 = k(2)
  const k3 = k(3)
  const k12 = k(12)
  const k13 = k(13)
  const k14 = k(14)
  const step = matrixBytes(all, 1)
  const end = first + count
  for (let q = first; q < end; q += 4) {
    const w0 = w + q * 36
    const w1 = w + min(q + 1, all - 1) * 36
    const w2 = w + min(q + 2, all - 1) * 36
    const w3 = w + min(q + 3, all - 1) * 36
    for (let v: usize = 0; v < 12; v += 4) putTaps(four(w0, w1, w2, w3, v), four(w0, w1, w2, w3, v + 12), four(w0, w1, w2, w3, v + 24), work + (v << 2), 48, k0, k1, k2, k3, k12, k13, k14)
    let to = u + (q << 2)
    for (let i = work; i < work + 6 * 48; i += 48, to += 6 * step) {
      putTaps(v128.load(i), v128.load(i, 16), v128.load(i, 32), to, step, k0, k1, k2, k3, k12, k13, k14)
    }
  }
}

@inline
function four(a: usize, b: usize, c: usize, d: usize, at: usize): v128 {
  let v = v128.load32_zero(a + at)
  v = v128.load32_lane(b + at, v, 1)
  v = v128.load32_lane(c + at, v, 2)
  return v128.load32_lane(d + at, v, 3)
}

/** dw = Gᵀ·dU·G for `count` filters' planes, where dU is the sum of partial ones in their order. */
export function winogradWeights(
  partials: usize,
  bytes: usize,
  parts: usize,
  dw: usize,
  all: usize,
  first: usize,
  count: usize,
  work: usize,
): void {
  const step = matrixBytes(all, 1)
  const end = first + count
  for (let q = first; q < end; q += 4) {
    for (let i: usize = 0, from = partials + (q << 2); i < 6; i++) {
      // Six places of a row become three.
      const m0 = sumOf(from, bytes, parts)
      from += step
      const m1 = sumOf(from, bytes, parts)
      from += step
      const m2 = sumOf(from, bytes, parts)
      from += step
      const m3 = sumOf(from, bytes, parts)
      from += step
      const m4 = sumOf(from, bytes, parts)
      from += step
      const m5 = sumOf(from, bytes, parts)
      from += step
      putThree(m0, m1, m2, m3, m4, m5, work + i * 48, 16)
    }
    for (let v: usize = 0; v < 48; v += 16) {
      const at = work + v
      putThree(
        v128.load(at),
        v128.load(at, 48),
        v128.load(at, 96),
        v128.load(at, 144),
        v128.load(at, 192),
        v128.load(at, 240),
        work + 288 + v,
        48,
      )
    }
    const to = dw + q * 36
    const lanes = min(end - q, 4)
    for (let i: usize = 0; i < 9; i++) {
      const from = work + 288 + (i << 4)
      for (let lane: usize = 0; lane < lanes; lane++) store<f32>(to + lane * 36 + (i << 2), load<f32>(from + (lane << 2)))
    }
  }
}

@inline
function sumOf(from: usize, bytes: usize, parts: usize): v128 {
  let sum = v128.load(from)
  for (let part: usize = 1; part < parts; part++) sum = f32x4.add(sum, v128.load((from += bytes)))
  return sum
}

@inline
function putThree(m0: v128, m1: v128, m2: v128, m3: v128, m4: v128, m5: v128, to: usize, step: usize): void {
  const k0 = k(0)
  const k1 = k(1)
  const k2 = k(2)
  const k3 = k(3)
  const k12 = k(12)
  const k13 = k(13)
  const k14 = k(14)
  const sumA = f32x4.add(m1, m2)
  const differenceA = f32x4.sub(m1, m2)
  const sumB = f32x4.add(m3, m4)
  const differenceB = f32x4.sub(m3, m4)
  v128.store(to, tap0(m0, sumA, sumB, k12, k13, k14))
  v128.store(to + step, tap1(differenceA, differenceB, k0, k1, k13, k14))
  v128.store(to + 2 * step, tap2(sumA, sumB, m5, k2, k3, k13, k14))
}

/** V of a group. */
function transformInput(
  geometry: usize,
  x: usize,
  group: usize,
  strips: usize,
  bands: usize,
  table: usize,
  zeros: usize,
  to: usize,
  tiles: usize,
): void {
  const channels = word(geometry, CHANNELS)
  const height = word(geometry, HEIGHT)
  const width = word(geometry, WIDTH)
  const rowBytes = rowBytesOf(width)
  const images = imagesIn(geometry, group)
  const top = firstRow(geometry, group)
  const stride = (tiles + 3) & ~3
  const step = matrixBytes(channels, stride)
  const plane = (height * width) << 2
  x += firstImage(geometry, group) * channels * plane
  for (let c: usize = 0; c < channels; c++, x += plane, to += stride << 2) {
    let band = bands
    for (let n: usize = 0; n < images; n++) {
      for (let s: usize = 0; s < strips; s++, band += 6 * rowBytes) {
        stripOfInput(x + n * channels * plane, ((top + s) << 2) - 1, height, width, zeros, band, rowBytes)
      }
    }
    tilesOfInput(bands, rowBytes, table, tiles, to, step)
  }
}

/** Strips that group `group` has of each of its images. */
@inline
function stripsIn(geometry: usize, group: usize): usize {
  return min(word(geometry, ROWS), tilesIn(word(geometry, HEIGHT)) - firstRow(geometry, group))
}

/** The outputs of `count` groups, with the bias b, if it is not 0. */
export function winogradForward(geometry: usize, x: usize, u: usize, b: usize, out: usize, first: usize, count: usize): void {
  const channels = word(geometry, CHANNELS)
  const filters = word(geometry, FILTERS)
  const height = word(geometry, HEIGHT)
  const width = word(geometry, WIDTH)
  const across = tilesIn(width)
  const rowBytes = rowBytesOf(width)
  const scratch = scratchOf(geometry)
  const m = scratch + word(geometry, SECOND)
  const bands = scratch + word(geometry, THIRD)
  const bandBytes = word(geometry, FOURTH)
  const outBand = bands + bandBytes
  const zeros = outBand + bandBytes
  const table = zeros + rowBytes
  const plane = (height * width) << 2
  const uStep = matrixBytes(filters * channels, 1)
  layOut(table, bands, 2 * bandBytes + rowBytes, word(geometry, ROWS) * imagesIn(geometry, 0), across, rowBytes)
  for (let group = first; group < first + count; group++) {
    const images = imagesIn(geometry, group)
    const strips = stripsIn(geometry, group)
    const top = firstRow(geometry, group)
    const tiles = images * strips * across
    const stride = (tiles + 3) & ~3
    const vStep = matrixBytes(channels, stride)
    const mStep = matrixBytes(filters, stride)
    transformInput(geometry, x, group, strips, bands, table, zeros, scratch, tiles)
    for (let p: usize = 0; p < PLACES; p++) {
      multiplyInto(geometry, false, false, filters, tiles, channels, u + p * uStep, channels, scratch + p * vStep, stride, m + p * mStep, stride, false)
    }
    let to = out + firstImage(geometry, group) * filters * plane
    for (let f: usize = 0; f < filters; f++, to += plane) {
      const bias = b == 0 ? f32x4.splat(0) : v128.load32_splat(b + (f << 2))
      bandOfOutput(m + ((f * stride) << 2), mStep, outBand, rowBytes, table, tiles)
      let band = outBand
      for (let n: usize = 0; n < images; n++) {
        for (let s: usize = 0; s < strips; s++, band += 6 * rowBytes) {
          stripToOutput(band, rowBytes, bias, to + n * filters * plane, (top + s) << 2, height, width)
        }
      }
    }
  }
}

/** Of `count` groups, whole images: dU and dx, each if it is not 0. The transformed dout serves both. */
export function winogradBackward(
  geometry: usize,
  dout: usize,
  x: usize,
  u: usize,
  dx: usize,
  du: usize,
  first: usize,
  count: usize,
): void {
  const channels = word(geometry, CHANNELS)
  const filters = word(geometry, FILTERS)
  const height = word(geometry, HEIGHT)
  const width = word(geometry, WIDTH)
  const across = tilesIn(width)
  const rowBytes = rowBytesOf(width)
  const scratch = scratchOf(geometry)
  const d = scratch + word(geometry, SECOND)
  const bands = scratch + word(geometry, THIRD)
  const bandBytes = word(geometry, FOURTH)
  const doutBand = bands + bandBytes
  const dxBand = doutBand + bandBytes
  const overlaps = dxBand + bandBytes
  const zeros = overlaps + bandBytes
  const table = zeros + rowBytes
  const plane = (height * width) << 2
  const uStep = matrixBytes(filters * channels, 1)
  layOut(table, bands, 4 * bandBytes + rowBytes, word(geometry, ROWS) * imagesIn(geometry, 0), across, rowBytes)
  for (let group = first; group < first + count; group++) {
    const images = imagesIn(geometry, group)
    const strips = stripsIn(geometry, group)
    const top = firstRow(geometry, group)
    const tiles = images * strips * across
    const stride = (tiles + 3) & ~3
    const vStep = matrixBytes(channels, stride)
    const dStep = matrixBytes(filters, stride)
    const image = firstImage(geometry, group)
    for (let f: usize = 0; f < filters; f++) {
      let band = doutBand
      for (let n: usize = 0; n < images; n++) {
        const from = dout + ((image + n) * filters + f) * plane
        for (let s: usize = 0; s < strips; s++, band += 6 * rowBytes) {
          stripOfGradient(from, (top + s) << 2, height, width, zeros, band, rowBytes)
        }
      }
      tilesOfGradient(doutBand, rowBytes, table, tiles, d + ((f * stride) << 2), dStep)
    }
    if (du) transformInput(geometry, x, group, strips, bands, table, zeros, scratch, tiles)
    for (let p: usize = 0; p < PLACES; p++) {
      const v = scratch + p * vStep
      if (du) multiplyInto(geometry, false, true, filters, channels, tiles, d + p * dStep, stride, v, stride, du + p * uStep, channels, group != first)
      // V is done with, and dV takes its place.
      if (dx) multiplyInto(geometry, true, false, channels, tiles, filters, u + p * uStep, channels, d + p * dStep, stride, v, stride, false)
    }
    if (!dx) continue
    for (let c: usize = 0; c < channels; c++) {
      bandsOfInputGradient(scratch + ((c * stride) << 2), vStep, dxBand, overlaps, rowBytes, table, tiles)
      let band = dxBand
      for (let n: usize = 0; n < images; n++) {
        const to = dx + ((image + n) * channels + c) * plane
        for (let s: usize = 0; s < strips; s++, band += 6 * rowBytes) {
          stripToInputGradient(band, overlaps - dxBand, rowBytes, to, (top + s) << 2, height, width)
        }
      }
    }
  }
}
