// AssemblyScript. Convolutions as matrix products: the windows of a group are the columns of a matrix that stays in the second
// cache. A group is one image, some rows of one, or several small images side by side. Windows of one element in steps of 1 are their
// own columns.

import {
  CHANNELS,
  FILTERS,
  firstImage,
  firstRow,
  HEIGHT,
  imagesIn,
  multiplyInto,
  OUT_HEIGHT,
  OUT_WIDTH,
  PAD_X,
  PAD_Y,
  ROWS,
  SECOND,
  STRIDE_X,
  STRIDE_Y,
  scratchOf,
  TOGETHER,
  WIDTH,
  WINDOW_HEIGHT,
  WINDOW_WIDTH,
  word,
} from './geometry'
import { loadTail, storeTail, wholeBytes } from './vector'
import { gatherWindows, scatterWindows } from './windows'

@inline
function rowsIn(geometry: usize, group: usize): usize {
  return min(word(geometry, ROWS), word(geometry, OUT_HEIGHT) - firstRow(geometry, group))
}

@inline
function tapsOf(geometry: usize): usize {
  return word(geometry, CHANNELS) * word(geometry, WINDOW_HEIGHT) * word(geometry, WINDOW_WIDTH)
}

/** Whether the columns of an image are the image. */
function isPlain(geometry: usize): bool {
  const single = word(geometry, WINDOW_HEIGHT) == 1 && word(geometry, WINDOW_WIDTH) == 1
  const steps = word(geometry, STRIDE_Y) == 1 && word(geometry, STRIDE_X) == 1
  return single && steps && word(geometry, PAD_Y) == 0 && word(geometry, PAD_X) == 0 && word(geometry, TOGETHER) == 1
}

/** The columns of a group's windows, `stride` floats a row. */
function gather(geometry: usize, x: usize, group: usize, to: usize, stride: usize): void {
  const channels = word(geometry, CHANNELS)
  const height = word(geometry, HEIGHT)
  const width = word(geometry, WIDTH)
  const image = (channels * height * width) << 2
  const rows = rowsIn(geometry, group)
  const each = (rows * word(geometry, OUT_WIDTH)) << 2
  x += firstImage(geometry, group) * image
  for (let images = imagesIn(geometry, group); images; images--, x += image, to += each) {
    gatherWindows(
      x,
      height,
      width,
      word(geometry, WINDOW_HEIGHT),
      word(geometry, WINDOW_WIDTH),
      word(geometry, STRIDE_Y),
      word(geometry, STRIDE_X),
      word(geometry, PAD_Y),
      word(geometry, PAD_X),
      channels,
      firstRow(geometry, group),
      rows,
      to,
      stride << 2,
    )
  }
}

/** The transpose of `gather`, onto images that the first of their groups clears. */
function scatter(geometry: usize, from: usize, stride: usize, group: usize, dx: usize): void {
  const channels = word(geometry, CHANNELS)
  const height = word(geometry, HEIGHT)
  const width = word(geometry, WIDTH)
  const image = (channels * height * width) << 2
  const rows = rowsIn(geometry, group)
  const top = firstRow(geometry, group)
  const each = (rows * word(geometry, OUT_WIDTH)) << 2
  dx += firstImage(geometry, group) * image
  for (let images = imagesIn(geometry, group); images; images--, dx += image, from += each) {
    if (top == 0) memory.fill(dx, 0, image)
    scatterWindows(
      from,
      stride << 2,
      height,
      width,
      word(geometry, WINDOW_HEIGHT),
      word(geometry, WINDOW_WIDTH),
      word(geometry, STRIDE_Y),
      word(geometry, STRIDE_X),
      word(geometry, PAD_Y),
      word(geometry, PAD_X),
      channels,
      top,
      rows,
      dx,
    )
  }
}

/** y = x + b for `count` floats */
@inline
function shiftRow(x: usize, b: v128, y: usize, count: usize): void {
  const rest = count & 3
  for (const end = x + wholeBytes(count); x != end; x += 16, y += 16) v128.store(y, f32x4.add(v128.load(x), b))
  if (rest) storeTail(y, f32x4.add(loadTail(x, rest), b), rest)
}

/** The outputs of `count` groups, with the bias b, if it is not 0. */
export function columnsForward(geometry: usize, x: usize, w: usize, b: usize, out: usize, first: usize, count: usize): void {
  const filters = word(geometry, FILTERS)
  const across = word(geometry, OUT_WIDTH)
  const places = word(geometry, OUT_HEIGHT) * across
  const taps = tapsOf(geometry)
  const plain = isPlain(geometry)
  const buffer = scratchOf(geometry)
  const side = buffer + word(geometry, SECOND)
  for (let group = first; group < first + count; group++) {
    const images = imagesIn(geometry, group)
    const begin = firstImage(geometry, group)
    const top = firstRow(geometry, group) * across
    const each = rowsIn(geometry, group) * across
    const n = images * each
    const alone = word(geometry, TOGETHER) == 1
    if (!plain) gather(geometry, x, group, buffer, n)
    const columns = plain ? x + ((begin * taps * places + top) << 2) : buffer
    const to = out + ((begin * filters * places + top) << 2)
    const product = alone ? to : side
    const stride = alone ? places : n
    multiplyInto(geometry, false, false, filters, n, taps, w, taps, columns, plain ? places : n, product, stride, false)
    if (alone && b == 0) continue
    for (let f: usize = 0; f < filters; f++) {
      const bias = b == 0 ? f32x4.splat(0) : v128.load32_splat(b + (f << 2))
      for (let i: usize = 0; i < images; i++) {
        const from = product + ((f * stride + i * each) << 2)
        const plane = to + (((i * filters + f) * places) << 2)
        if (b == 0) memory.copy(plane, from, each << 2)
        else shiftRow(from, bias, plane, each)
      }
    }
  }
}

/**
 * Of `count` groups, whole images: the gradients of w, a row a tap, and of x, each if it is not 0. With a column a filter dw is the faster product
 * where a layer is thin, e.g. 3 channels in and 32 out.
 */
export function columnsBackward(
  geometry: usize,
  dout: usize,
  x: usize,
  w: usize,
  dx: usize,
  dw: usize,
  first: usize,
  count: usize,
): void {
  const filters = word(geometry, FILTERS)
  const across = word(geometry, OUT_WIDTH)
  const places = word(geometry, OUT_HEIGHT) * across
  const taps = tapsOf(geometry)
  const plain = isPlain(geometry)
  const alone = word(geometry, TOGETHER) == 1
  const buffer = scratchOf(geometry)
  const side = buffer + word(geometry, SECOND)
  for (let group = first; group < first + count; group++) {
    const images = imagesIn(geometry, group)
    const begin = firstImage(geometry, group)
    const top = firstRow(geometry, group) * across
    const each = rowsIn(geometry, group) * across
    const n = images * each
    let d = dout + ((begin * filters * places + top) << 2)
    if (!alone) {
      for (let f: usize = 0; f < filters; f++) {
        for (let i: usize = 0; i < images; i++) {
          memory.copy(side + ((f * n + i * each) << 2), d + (((i * filters + f) * places) << 2), each << 2)
        }
      }
      d = side
    }
    const dStride = alone ? places : n
    const at = (begin * taps * places + top) << 2
    const stride = plain ? places : n
    if (dw) {
      if (!plain) gather(geometry, x, group, buffer, n)
      multiplyInto(geometry, false, true, taps, filters, n, plain ? x + at : buffer, stride, d, dStride, dw, filters, group != first)
    }
    if (!dx) continue
    multiplyInto(geometry, true, false, taps, n, filters, w, taps, d, dStride, plain ? dx + at : buffer, stride, false)
    if (!plain) scatter(geometry, buffer, n, group, dx)
  }
}

/**
 * dw = partial sums added in their order, `bytes` apart, for `count` filters from `first` on. A sum has `taps` rows, with an element a filter.
 */
export function addPartials(
  partials: usize,
  bytes: usize,
  parts: usize,
  dw: usize,
  filters: usize,
  taps: usize,
  first: usize,
  count: usize,
): void {
  for (let f = first; f < first + count; f++) {
    let to = dw + ((f * taps) << 2)
    for (let t: usize = 0; t < taps; t++, to += 4) {
      let at = partials + ((t * filters + f) << 2)
      let sum = load<f32>(at)
      for (let part: usize = 1; part < parts; part++) sum += load<f32>((at += bytes))
      store<f32>(to, sum)
    }
  }
}
