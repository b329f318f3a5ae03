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
// @ts-ignore: decorator
@inline
function standardised(bytes: v128, mean: v128, scale: v128): v128 {
  return f32x4.mul(f32x4.sub(f32x4.convert_i32x4_s(bytes), mean), scale)
}

// Bytes that are touched ahead: they have to stay in the second cache together with the output.
// @ts-ignore: decorator
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
