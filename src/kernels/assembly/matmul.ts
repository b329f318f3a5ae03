// AssemblyScript. out = op(a)·op(b) in the way of Goto and van de Geijn: blocks of b and a are packed so that the
// tiles' inner loop runs through neighbouring memory in the nearest caches. An element is its products added one after
// the other from p = 0, whatever its place and however the operands are stored.

import { packColumns, packRows } from './matmul-pack'
import { TILE, tile4, tile8 } from './matmul-tile'
import { loadTail, madd, storeTail, wholeBytes } from './vector'

// A panel of b (BLOCK_K × PANEL) and a group of a (TILE × BLOCK_K) stay in the first cache, the block of a (BLOCK_M ×
// BLOCK_K) in the second. Half or double of each makes no difference that could be measured.
@inline
const BLOCK_K: usize = 256
@inline
const BLOCK_M: usize = TILE * 32
@inline
const BLOCK_N: usize = 512
@inline
const PANEL: usize = 8

// What lies in the scratch memory: the two packed blocks, a tile that reaches over an edge of out, and a row of zeros.
@inline
const AT_A: usize = BLOCK_K * BLOCK_N * 4
@inline
const AT_EDGE: usize = AT_A + BLOCK_K * BLOCK_M * 4
@inline
const AT_ZEROS: usize = AT_EDGE + TILE * PANEL * 4

/** Bytes of scratch memory that `matmul` uses; far more than any other kernel. */
export function scratchBytes(): usize {
  return AT_ZEROS + PANEL * 4
}

/** Columns of the tile that covers the last `left` ones. */
@inline
function widthFor(left: usize): usize {
  return left > 4 ? PANEL : 4
}

/** The size of equal parts of n that are no larger than `most`. */
@inline
function partOf(n: usize, most: usize): usize {
  const parts = (n + most - 1) / most
  return parts == 0 ? 0 : (n + parts - 1) / parts
}

/** The part of a tile that lies inside out, from there or to there. */
function copyPart(from: usize, fromStride: usize, to: usize, toStride: usize, rows: usize, columns: usize): void {
  for (; rows; rows--, from += fromStride, to += toStride) {
    for (let j: usize = 0; j < columns << 2; j += 4) store<u32>(to + j, load<u32>(from + j))
  }
}

/** The tiles of one block: packed groups of a times packed panels of b go to or are added to out. */
function tiles(
  rows: usize,
  columns: usize,
  depth: usize,
  out: usize,
  stride: usize,
  scratch: usize,
  first: bool,
): void {
  const edge = scratch + AT_EDGE
  const zeros = scratch + AT_ZEROS
  for (let j: usize = 0; j < columns; j += PANEL) {
    const left = columns - j
    const width = widthFor(left)
    const panel = scratch + ((j * depth) << 2)
    for (let i: usize = 0; i < rows; i += TILE) {
      const group = scratch + AT_A + ((i * depth) << 2)
      const to = out + i * stride + (j << 2)
      const whole = rows - i >= TILE && left >= width
      const target = whole ? to : edge
      const step = whole ? stride : width << 2
      const before = first ? zeros : target
      const beforeStep: usize = first ? 0 : step
      if (!whole && !first) copyPart(to, stride, edge, step, min(rows - i, TILE), min(left, width))
      if (width == PANEL) tile8(group, panel, depth, before, beforeStep, target, step)
      else tile4(group, panel, depth, before, beforeStep, target, step)
      if (!whole) copyPart(edge, step, to, stride, min(rows - i, TILE), min(left, width))
    }
  }
}

/** out = one row times b (k, n), or added to it: packing b would take longer. `step` bytes lie between the row's elements. */
function rowTimes(row: usize, step: usize, b: usize, bStride: usize, out: usize, n: usize, k: usize, added: bool): void {
  const whole = wholeBytes(n)
  const rest = n & 3
  if (!added) memory.fill(out, 0, n << 2)
  for (; k; k--, row += step, b += bStride) {
    const x = v128.load32_splat(row)
    for (let j: usize = 0; j != whole; j += 16) {
      v128.store(out + j, madd(x, v128.load(b + j), v128.load(out + j)))
    }
    if (rest) storeTail(out + whole, madd(x, loadTail(b + whole, rest), loadTail(out + whole, rest)), rest)
  }
}

/**
 * Strides are bytes from one row to the next, as the operand is stored: so a part of a larger product is one as well. Where it is
 * `added`, sums begin with what out holds.
 */
export function matmul(
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
  scratch: usize,
  added: bool,
): void {
  if (k == 0 && !added) for (let i: usize = 0; i < m; i++) memory.fill(out + i * stride, 0, n << 2)
  if (m < 3 && !transB) {
    for (let i: usize = 0; i < m; i++) {
      if (transA) rowTimes(a + (i << 2), aStride, b, bStride, out + i * stride, n, k, added)
      else rowTimes(a + i * aStride, 4, b, bStride, out + i * stride, n, k, added)
    }
    return
  }
  memory.fill(scratch + AT_ZEROS, 0, PANEL * 4)
  // Blocks of about equal depth: a last one of a few products would only load and store sums.
  const blockK = max<usize>(partOf(k, BLOCK_K), 1)
  for (let j0: usize = 0; j0 < n; j0 += BLOCK_N) {
    const columns = min(n - j0, BLOCK_N)
    for (let p0: usize = 0; p0 < k; p0 += blockK) {
      const depth = min(k - p0, blockK)
      for (let j: usize = 0; j < columns; j += PANEL) {
        const left = columns - j
        const to = scratch + ((j * depth) << 2)
        if (transB) packRows(b + (j0 + j) * bStride + (p0 << 2), bStride, left, to, widthFor(left), depth)
        else packColumns(b + p0 * bStride + ((j0 + j) << 2), bStride, left, to, widthFor(left), depth)
      }
      for (let i0: usize = 0; i0 < m; i0 += BLOCK_M) {
        const rows = min(m - i0, BLOCK_M)
        for (let i: usize = 0; i < rows; i += TILE) {
          const to = scratch + AT_A + ((i * depth) << 2)
          if (transA) packColumns(a + p0 * aStride + ((i0 + i) << 2), aStride, rows - i, to, TILE, depth)
          else packRows(a + (i0 + i) * aStride + (p0 << 2), aStride, rows - i, to, TILE, depth)
        }
        tiles(rows, columns, depth, out + i0 * stride + (j0 << 2), stride, scratch, p0 == 0 && !added)
      }
    }
  }
}
