// AssemblyScript. Rows picked by index; columns is a row's length.

import { loadTail, storeTail, wholeBytes } from './vector'

export function gatherFloats(rows: usize, indices: usize, out: usize, count: usize, columns: usize): void {
  const whole = wholeBytes(columns)
  const rest = columns & 3
  for (; count; count--, indices += 4) {
    let from = rows + ((<usize>load<u32>(indices) * columns) << 2)
    for (const end = from + whole; from != end; from += 16, out += 16) v128.store(out, v128.load(from))
    if (rest) {
      storeTail(out, loadTail(from, rest), rest)
      out += rest << 2
    }
  }
}

/** Four bytes, widened to 32 bits: (byte − mean)·scale */
@inline
function standardised(bytes: v128, mean: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(bytes), mean), scale)
}

// Bytes that are touched ahead: they have to stay in the second cache together with the output.
@inline
const AHEAD: usize = 65536

/**
 * Reads a byte of every cache line of the next rows. They lie anywhere in a large data set, and these reads wait for
 * memory together, where the conversion's would wait one after the other.
 */
function touch(bytes: usize, indices: usize, count: usize, columns: usize): u32 {
  let sum: u32 = 0
  for (; count; count--, indices += 4) {
    const from = bytes + <usize>load<u32>(indices) * columns
    for (let j: usize = 0; j < columns; j += 64) sum += load<u8>(from + j)
    sum += load<u8>(from + columns - 1)
  }
  return sum
}

export function gatherBytes(
  bytes: usize,
  indices: usize,
  mean: usize,
  scale: usize,
  out: usize,
  count: usize,
  columns: usize,
): void {
  if (columns == 0) return
  const whole = columns & ~15
  const group = max<usize>(AHEAD / columns, 1)
  for (let i: usize = 0; i < count; i++, indices += 4) {
    // The sum is kept from being optimised away where the first element overwrites it.
    if (i % group == 0) store<u32>(out, touch(bytes, indices, min(group, count - i), columns))
    let from = bytes + <usize>load<u32>(indices) * columns
    let mu = mean
    let s = scale
    for (const end = from + whole; from != end; from += 16, mu += 64, s += 64, out += 64) {
      const low = v128.load8x8_u(from)
      const high = v128.load8x8_u(from, 8)
      v128.store(out, standardised(i32x4.extend_low_i16x8_u(low), v128.load(mu), v128.load(s)))
      v128.store(out, standardised(i32x4.extend_high_i16x8_u(low), v128.load(mu, 16), v128.load(s, 16)), 16)
      v128.store(out, standardised(i32x4.extend_low_i16x8_u(high), v128.load(mu, 32), v128.load(s, 32)), 32)
      v128.store(out, standardised(i32x4.extend_high_i16x8_u(high), v128.load(mu, 48), v128.load(s, 48)), 48)
    }
    for (let j = whole; j != columns; j++, from++, mu += 4, s += 4, out += 4) {
      store<f32>(out, (<f32>load<u8>(from) - load<f32>(mu)) * load<f32>(s))
    }
  }
}

/** `count` pixels of a row, decoded, in order. */
function decode(from: usize, mean: usize, scale: usize, out: usize, count: usize): void {
  for (; count >= 4; count -= 4, from += 4, mean += 16, scale += 16, out += 16) {
    const low = i16x8.extend_low_i8x16_u(v128.load32_zero(from))
    v128.store(out, standardised(i32x4.extend_low_i16x8_u(low), v128.load(mean), v128.load(scale)))
  }
  for (; count; count--, from++, mean += 4, scale += 4, out += 4) {
    store<f32>(out, (<f32>load<u8>(from) - load<f32>(mean)) * load<f32>(scale))
  }
}

/** The same in reverse: the last one comes first. */
function decodeMirrored(from: usize, mean: usize, scale: usize, out: usize, count: usize): void {
  out += count << 2
  for (; count >= 4; count -= 4, from += 4, mean += 16, scale += 16) {
    out -= 16
    const low = i16x8.extend_low_i8x16_u(v128.load32_zero(from))
    const v = standardised(i32x4.extend_low_i16x8_u(low), v128.load(mean), v128.load(scale))
    v128.store(out, i32x4.shuffle(v, v, 3, 2, 1, 0))
  }
  for (; count; count--, from++, mean += 4, scale += 4) {
    out -= 4
    store<f32>(out, (<f32>load<u8>(from) - load<f32>(mean)) * load<f32>(scale))
  }
}

/** The place inside of a line of `size` that lies as far from its edge as `at` does outside; the edge itself comes once. */
function reflected(at: isize, size: isize): isize {
  if (size == 1) return 0
  const period = 2 * (size - 1)
  const place = ((at % period) + period) % period
  return place < size ? place : period - place
}

/** The columns from `x` to `end` of a row of an image, which come from outside of it; `j` is the row's first element. */
function border(
  image: usize,
  mean: usize,
  scale: usize,
  out: usize,
  j: usize,
  x: isize,
  end: isize,
  right: isize,
  mirrored: bool,
  width: isize,
): void {
  for (; x < end; x++) {
    const at = j + <usize>reflected((mirrored ? width - 1 - x : x) - right, width)
    const pixel = <f32>load<u8>(image + at)
    store<f32>(out + (<usize>x << 2), (pixel - load<f32>(mean + (at << 2))) * load<f32>(scale + (at << 2)))
  }
}

/** Rows of images, moved down and right, then mirrored, with zeros or their own reflection outside: three numbers an image in `moves`. */
export function gatherImages(
  bytes: usize,
  indices: usize,
  mean: usize,
  scale: usize,
  moves: usize,
  height: isize,
  width: isize,
  out: usize,
  count: usize,
  columns: usize,
): void {
  if (columns == 0) return
  const planes = columns / <usize>(height * width)
  const group = max<usize>(AHEAD / columns, 1)
  for (let i: usize = 0; i < count; i++, indices += 4, moves += 12) {
    if (i % group == 0) store<u32>(out, touch(bytes, indices, min(group, count - i), columns))
    const image = bytes + <usize>load<u32>(indices) * columns
    const down = <isize>load<i32>(moves)
    const right = <isize>load<i32>(moves, 4)
    const mirrored = (load<i32>(moves, 8) & 1) == 1
    const reflects = (load<i32>(moves, 8) & 2) == 2
    // Columns of the image that stay inside, and how many come before and after them.
    const first = min(max<isize>(-right, 0), width)
    const inside = max<isize>(width - abs(right), 0)
    const left = mirrored ? max<isize>(-right, 0) : max<isize>(right, 0)
    const before = min(left, width)
    const after = width - before - inside
    for (let plane: usize = 0; plane < planes; plane++) {
      for (let y: isize = 0; y < height; y++, out += width << 2) {
        const row = reflects ? reflected(y - down, height) : y - down
        if (row < 0 || row >= height || (inside == 0 && !reflects)) {
          memory.fill(out, 0, width << 2)
          continue
        }
        const start = plane * <usize>(height * width) + <usize>(row * width)
        const j = start + <usize>first
        const to = out + (before << 2)
        if (mirrored) decodeMirrored(image + j, mean + (j << 2), scale + (j << 2), to, inside)
        else decode(image + j, mean + (j << 2), scale + (j << 2), to, inside)
        if (reflects) {
          border(image, mean, scale, out, start, 0, before, right, mirrored, width)
          border(image, mean, scale, out, start, before + inside, width, right, mirrored, width)
        } else {
          memory.fill(out, 0, before << 2)
          memory.fill(to + (inside << 2), 0, after << 2)
        }
      }
    }
  }
}
