// AssemblyScript. Rows of `columns` floats.

import { PANEL, sumColumns } from './columns'
import { add } from './elementwise'
import { planeSums } from './planes'
import { loadTail, storeTail, wholeBytes } from './vector'

export function addBias(x: usize, b: usize, y: usize, rows: usize, columns: usize): void {
  const stride = columns << 2
  for (; rows; rows--, x += stride, y += stride) add(x, b, y, columns)
}

export function addBiasRelu(x: usize, b: usize, y: usize, rows: usize, columns: usize): void {
  const rest = columns & 3
  const zero = f32x4.splat(0)
  const whole = wholeBytes(columns)
  for (; rows; rows--) {
    for (let j: usize = 0; j != whole; j += 16, x += 16, y += 16) {
      v128.store(y, f32x4.pmax(f32x4.add(v128.load(x), v128.load(b + j)), zero))
    }
    if (rest) {
      storeTail(y, f32x4.pmax(f32x4.add(loadTail(x, rest), loadTail(b + whole, rest)), zero), rest)
      x += rest << 2
      y += rest << 2
    }
  }
}

/** out[j] = Σᵢ x[i, j, :]; rows are `stride` bytes apart; `work` holds SUMS. */
export function columnSums(
  x: usize,
  inner: usize,
  out: usize,
  rows: usize,
  columns: usize,
  stride: usize,
  work: usize,
): void {
  if (inner != 1) {
    planeSums(x, inner, out, rows, columns, stride)
    return
  }
  for (let j0: usize = 0; j0 < columns; j0 += PANEL) {
    const width = min(columns - j0, PANEL)
    sumColumns(x + (j0 << 2), stride, rows, width, work)
    for (let j: usize = 0; j < width; j++) store<f32>(out + ((j0 + j) << 2), <f32>load<f64>(work + (j << 3)))
  }
}
