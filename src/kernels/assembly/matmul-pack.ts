// AssemblyScript. Packing for the matrix product: `width` rows or columns of a matrix become k groups of `width`
// neighbouring floats. Where the matrix ends inside a group, nothing beyond it is read and the lanes that are left over
// are 0 or repeat the last row.

@inline
function rowAt(from: usize, stride: usize, row: usize, rows: usize): usize {
  return from + min(row, rows - 1) * stride
}

/** Four rows become a column of vectors, `step` bytes apart. */
function interleave4(r0: usize, r1: usize, r2: usize, r3: usize, to: usize, step: usize, k: usize): void {
  for (; k >= 4; k -= 4, r0 += 16, r1 += 16, r2 += 16, r3 += 16) {
    const v0 = v128.load(r0)
    const v1 = v128.load(r1)
    const v2 = v128.load(r2)
    const v3 = v128.load(r3)
    const low01 = i32x4.shuffle(v0, v1, 0, 4, 1, 5)
    const high01 = i32x4.shuffle(v0, v1, 2, 6, 3, 7)
    const low23 = i32x4.shuffle(v2, v3, 0, 4, 1, 5)
    const high23 = i32x4.shuffle(v2, v3, 2, 6, 3, 7)
    v128.store(to, i64x2.shuffle(low01, low23, 0, 2))
    to += step
    v128.store(to, i64x2.shuffle(low01, low23, 1, 3))
    to += step
    v128.store(to, i64x2.shuffle(high01, high23, 0, 2))
    to += step
    v128.store(to, i64x2.shuffle(high01, high23, 1, 3))
    to += step
  }
  for (; k; k--, r0 += 4, r1 += 4, r2 += 4, r3 += 4, to += step) {
    store<u32>(to, load<u32>(r0))
    store<u32>(to, load<u32>(r1), 4)
    store<u32>(to, load<u32>(r2), 8)
    store<u32>(to, load<u32>(r3), 12)
  }
}

function interleave2(r0: usize, r1: usize, to: usize, step: usize, k: usize): void {
  for (; k >= 4; k -= 4, r0 += 16, r1 += 16) {
    const v0 = v128.load(r0)
    const v1 = v128.load(r1)
    const low = i32x4.shuffle(v0, v1, 0, 4, 1, 5)
    const high = i32x4.shuffle(v0, v1, 2, 6, 3, 7)
    v128.store64_lane(to, low, 0)
    to += step
    v128.store64_lane(to, low, 1)
    to += step
    v128.store64_lane(to, high, 0)
    to += step
    v128.store64_lane(to, high, 1)
    to += step
  }
  for (; k; k--, r0 += 4, r1 += 4, to += step) {
    store<u32>(to, load<u32>(r0))
    store<u32>(to, load<u32>(r1), 4)
  }
}

function interleave1(r0: usize, to: usize, step: usize, k: usize): void {
  for (; k; k--, r0 += 4, to += step) store<u32>(to, load<u32>(r0))
}

/**
 * The group's elements lie in rows, `stride` bytes apart: element (i, p) at from + i·stride + 4·p. `rows` of them
 * exist, at least 1.
 */
export function packRows(from: usize, stride: usize, rows: usize, to: usize, width: usize, k: usize): void {
  const step = width << 2
  let i: usize = 0
  for (; i + 4 <= width; i += 4) {
    interleave4(
      rowAt(from, stride, i, rows),
      rowAt(from, stride, i + 1, rows),
      rowAt(from, stride, i + 2, rows),
      rowAt(from, stride, i + 3, rows),
      to + (i << 2),
      step,
      k,
    )
  }
  if (i + 2 <= width) {
    interleave2(rowAt(from, stride, i, rows), rowAt(from, stride, i + 1, rows), to + (i << 2), step, k)
    i += 2
  }
  if (i < width) interleave1(rowAt(from, stride, i, rows), to + (i << 2), step, k)
}

/** The group's elements are neighbours: element (i, p) at from + p·stride + 4·i. `count` of them exist, at least 1. */
export function packColumns(from: usize, stride: usize, count: usize, to: usize, width: usize, k: usize): void {
  if (count < width) return packFewColumns(from, stride, count, to, width, k)
  const step = width << 2
  if (width == 8) {
    for (; k; k--, from += stride, to += step) {
      v128.store(to, v128.load(from))
      v128.store(to, v128.load(from, 16), 16)
    }
  } else if (width == 6) {
    for (; k; k--, from += stride, to += step) {
      v128.store(to, v128.load(from))
      store<u64>(to, load<u64>(from, 16), 16)
    }
  } else if (width == 5) {
    for (; k; k--, from += stride, to += step) {
      v128.store(to, v128.load(from))
      store<u32>(to, load<u32>(from, 16), 16)
    }
  } else {
    for (; k; k--, from += stride, to += step) v128.store(to, v128.load(from))
  }
}

function packFewColumns(from: usize, stride: usize, count: usize, to: usize, width: usize, k: usize): void {
  for (; k; k--, from += stride) {
    for (let i: usize = 0; i != width; i++, to += 4) store<u32>(to, i < count ? load<u32>(from + (i << 2)) : 0)
  }
}
