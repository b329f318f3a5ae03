// AssemblyScript. Windows that move over planes of (height, width): a rim of padY and padX zeros around them, steps of strideY
// and strideX, as many places as fit.

@inline
function placesOf(size: isize, window: isize, stride: isize, pad: isize): isize {
  return (size + 2 * pad - window) / stride + 1
}

/** The first place whose element is not on the rim before the plane; place 0 has it at `offset`. */
@inline
function firstInside(offset: isize, stride: isize, places: isize): isize {
  return offset >= 0 ? 0 : min((stride - 1 - offset) / stride, places)
}

/** The place after the last one, not before `first`, whose element is not on the rim behind the plane. */
@inline
function endInside(offset: isize, stride: isize, size: isize, places: isize, first: isize): isize {
  return offset >= size ? first : max(min(places, (size - 1 - offset) / stride + 1), first)
}

/** im2col of the places in `rows` rows from row `top` on; rows of `columns` are `stride` bytes apart. */
export function gatherWindows(
  x: usize,
  height: isize,
  width: isize,
  windowHeight: isize,
  windowWidth: isize,
  strideY: isize,
  strideX: isize,
  padY: isize,
  padX: isize,
  planes: usize,
  top: isize,
  rows: isize,
  columns: usize,
  stride: usize,
): void {
  const outWidth = placesOf(width, windowWidth, strideX, padX)
  const step = strideX << 2
  const gap = stride - <usize>((rows * outWidth) << 2)
  for (; planes; planes--, x += (height * width) << 2) {
    for (let u: isize = 0; u < windowHeight; u++) {
      for (let v: isize = 0; v < windowWidth; v++, columns += gap) {
        const first = firstInside(v - padX, strideX, outWidth)
        const end = endInside(v - padX, strideX, width, outWidth, first)
        for (let i = top; i < top + rows; i++) {
          const y = i * strideY + u - padY
          if (y < 0 || y >= height) {
            memory.fill(columns, 0, outWidth << 2)
            columns += outWidth << 2
            continue
          }
          for (let j: isize = 0; j < first; j++, columns += 4) store<f32>(columns, 0)
          let from = x + ((y * width + v - padX + first * strideX) << 2)
          if (strideX == 1) {
            for (const whole = columns + (((end - first) & ~3) << 2); columns != whole; columns += 16, from += 16) {
              v128.store(columns, v128.load(from))
            }
            for (let rest = (end - first) & 3; rest; rest--, columns += 4, from += 4) store<f32>(columns, load<f32>(from))
          } else {
            for (let j = first; j < end; j++, columns += 4, from += step) store<f32>(columns, load<f32>(from))
          }
          for (let j = end; j < outWidth; j++, columns += 4) store<f32>(columns, 0)
        }
      }
    }
  }
}

/** Adds to x what `gatherWindows` has taken from there. */
export function scatterWindows(
  columns: usize,
  stride: usize,
  height: isize,
  width: isize,
  windowHeight: isize,
  windowWidth: isize,
  strideY: isize,
  strideX: isize,
  padY: isize,
  padX: isize,
  planes: usize,
  top: isize,
  rows: isize,
  x: usize,
): void {
  const outWidth = placesOf(width, windowWidth, strideX, padX)
  const step = strideX << 2
  const gap = stride - <usize>((rows * outWidth) << 2)
  for (; planes; planes--, x += (height * width) << 2) {
    for (let u: isize = 0; u < windowHeight; u++) {
      for (let v: isize = 0; v < windowWidth; v++, columns += gap) {
        const first = firstInside(v - padX, strideX, outWidth)
        const end = endInside(v - padX, strideX, width, outWidth, first)
        for (let i = top; i < top + rows; i++, columns += outWidth << 2) {
          const y = i * strideY + u - padY
          if (y < 0 || y >= height) continue
          let from = columns + (first << 2)
          let to = x + ((y * width + v - padX + first * strideX) << 2)
          let left = end - first
          if (strideX == 1) {
            for (; left >= 4; left -= 4, from += 16, to += 16) {
              v128.store(to, f32x4.add(v128.load(to), v128.load(from)))
            }
          }
          for (; left; left--, from += 4, to += step) store<f32>(to, load<f32>(to) + load<f32>(from))
        }
      }
    }
  }
}

export function im2col(
  x: usize,
  height: isize,
  width: isize,
  windowHeight: isize,
  windowWidth: isize,
  strideY: isize,
  strideX: isize,
  padY: isize,
  padX: isize,
  columns: usize,
  planes: usize,
): void {
  const rows = placesOf(height, windowHeight, strideY, padY)
  const stride = (rows * placesOf(width, windowWidth, strideX, padX)) << 2
  gatherWindows(x, height, width, windowHeight, windowWidth, strideY, strideX, padY, padX, planes, 0, rows, columns, stride)
}

export function col2im(
  columns: usize,
  height: isize,
  width: isize,
  windowHeight: isize,
  windowWidth: isize,
  strideY: isize,
  strideX: isize,
  padY: isize,
  padX: isize,
  x: usize,
  planes: usize,
): void {
  const rows = placesOf(height, windowHeight, strideY, padY)
  const stride = (rows * placesOf(width, windowWidth, strideX, padX)) << 2
  memory.fill(x, 0, (planes * height * width) << 2)
  scatterWindows(columns, stride, height, width, windowHeight, windowWidth, strideY, strideX, padY, padX, planes, 0, rows, x)
}

/** The address of a window's largest element: the first of equal ones, and a NaN if there is one. */
@inline
function largestAt(from: usize, width: isize, windowHeight: isize, windowWidth: isize): usize {
  let at = from
  let largest = load<f32>(from)
  for (let u: isize = 0; u < windowHeight; u++, from += width << 2) {
    for (let v: isize = 0; v < windowWidth; v++) {
      const value = load<f32>(from + (v << 2))
      if (value > largest || value != value) {
        at = from + (v << 2)
        largest = value
      }
    }
  }
  return at
}

export function maxPoolForward(
  x: usize,
  height: isize,
  width: isize,
  windowHeight: isize,
  windowWidth: isize,
  strideY: isize,
  strideX: isize,
  y: usize,
  planes: usize,
): void {
  const outHeight = placesOf(height, windowHeight, strideY, 0)
  const outWidth = placesOf(width, windowWidth, strideX, 0)
  for (; planes; planes--, x += (height * width) << 2) {
    for (let i: isize = 0; i < outHeight; i++) {
      for (let j: isize = 0; j < outWidth; j++, y += 4) {
        const from = x + ((i * strideY * width + j * strideX) << 2)
        store<f32>(y, load<f32>(largestAt(from, width, windowHeight, windowWidth)))
      }
    }
  }
}

export function maxPoolBackward(
  dy: usize,
  x: usize,
  height: isize,
  width: isize,
  windowHeight: isize,
  windowWidth: isize,
  strideY: isize,
  strideX: isize,
  dx: usize,
  planes: usize,
): void {
  const outHeight = placesOf(height, windowHeight, strideY, 0)
  const outWidth = placesOf(width, windowWidth, strideX, 0)
  const plane = (height * width) << 2
  memory.fill(dx, 0, planes * plane)
  for (; planes; planes--, x += plane, dx += plane) {
    for (let i: isize = 0; i < outHeight; i++) {
      for (let j: isize = 0; j < outWidth; j++, dy += 4) {
        const from = x + ((i * strideY * width + j * strideX) << 2)
        const at = dx + (largestAt(from, width, windowHeight, windowWidth) - x)
        store<f32>(at, load<f32>(at) + load<f32>(dy))
      }
    }
  }
}

export function avgPoolForward(
  x: usize,
  height: isize,
  width: isize,
  windowHeight: isize,
  windowWidth: isize,
  strideY: isize,
  strideX: isize,
  y: usize,
  planes: usize,
): void {
  const outHeight = placesOf(height, windowHeight, strideY, 0)
  const outWidth = placesOf(width, windowWidth, strideX, 0)
  const count = <f64>(windowHeight * windowWidth)
  for (; planes; planes--, x += (height * width) << 2) {
    for (let i: isize = 0; i < outHeight; i++) {
      for (let j: isize = 0; j < outWidth; j++, y += 4) {
        let from = x + ((i * strideY * width + j * strideX) << 2)
        let sum: f64 = 0
        for (let u: isize = 0; u < windowHeight; u++, from += width << 2) {
          for (let v: isize = 0; v < windowWidth; v++) sum += <f64>load<f32>(from + (v << 2))
        }
        store<f32>(y, <f32>(sum / count))
      }
    }
  }
}

export function avgPoolBackward(
  dy: usize,
  height: isize,
  width: isize,
  windowHeight: isize,
  windowWidth: isize,
  strideY: isize,
  strideX: isize,
  dx: usize,
  planes: usize,
): void {
  const outHeight = placesOf(height, windowHeight, strideY, 0)
  const outWidth = placesOf(width, windowWidth, strideX, 0)
  const count = <f64>(windowHeight * windowWidth)
  memory.fill(dx, 0, (planes * height * width) << 2)
  for (; planes; planes--, dx += (height * width) << 2) {
    for (let i: isize = 0; i < outHeight; i++) {
      for (let j: isize = 0; j < outWidth; j++, dy += 4) {
        const share = <f64>load<f32>(dy) / count
        let to = dx + ((i * strideY * width + j * strideX) << 2)
        for (let u: isize = 0; u < windowHeight; u++, to += width << 2) {
          for (let v: isize = 0; v < windowWidth; v++) {
            const at = to + (v << 2)
            store<f32>(at, <f32>(<f64>load<f32>(at) + share))
          }
        }
      }
    }
  }
}
