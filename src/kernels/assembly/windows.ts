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

// Windows of 2×2 in steps of 2, four at a time. The choice is that of `largestAt`: in its order, a later element counts where it is larger
// or a NaN.

@inline
function counts(v: v128, largest: v128): v128 {
  return v128.or(f32x4.gt(v, largest), f32x4.ne(v, v))
}

/** Every other of eight floats, from the first or the second on. */
@inline
function evens(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 2, 4, 6)
}

@inline
function odds(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 1, 3, 5, 7)
}

function maxOfPairs(row: usize, width: usize, y: usize, places: usize): void {
  const below = row + (width << 2)
  for (let j: usize = 0; ; j += 4) {
    // The last vector may overlap the one before.
    j = min(j, places - 4)
    const at = j << 3
    const a = v128.load(row + at)
    const b = v128.load(row + at, 16)
    const c = v128.load(below + at)
    const d = v128.load(below + at, 16)
    let v = odds(a, b)
    let largest = evens(a, b)
    largest = v128.bitselect(v, largest, counts(v, largest))
    v = evens(c, d)
    largest = v128.bitselect(v, largest, counts(v, largest))
    v = odds(c, d)
    v128.store(y + (j << 2), v128.bitselect(v, largest, counts(v, largest)))
    if (j == places - 4) return
  }
}

function gradientOfPairs(dy: usize, row: usize, width: usize, dx: usize, places: usize): void {
  const below = width << 2
  const zero = f32x4.splat(0)
  for (let j: usize = 0; ; j += 4) {
    j = min(j, places - 4)
    const at = row + (j << 3)
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at + below)
    const d = v128.load(at + below, 16)
    const first = evens(a, b)
    let v = odds(a, b)
    const second = counts(v, first)
    let largest = v128.bitselect(v, first, second)
    v = evens(c, d)
    const third = counts(v, largest)
    largest = v128.bitselect(v, largest, third)
    const fourth = counts(odds(c, d), largest)
    // Added to 0, as in the plain loop: −0 becomes 0.
    const whole = f32x4.add(zero, v128.load(dy + (j << 2)))
    const atFourth = v128.and(whole, fourth)
    let left = v128.andnot(whole, fourth)
    const atThird = v128.and(left, third)
    left = v128.andnot(left, third)
    const atSecond = v128.and(left, second)
    const atFirst = v128.andnot(left, second)
    const to = dx + (j << 3)
    v128.store(to, i32x4.shuffle(atFirst, atSecond, 0, 4, 1, 5))
    v128.store(to, i32x4.shuffle(atFirst, atSecond, 2, 6, 3, 7), 16)
    v128.store(to + below, i32x4.shuffle(atThird, atFourth, 0, 4, 1, 5))
    v128.store(to + below, i32x4.shuffle(atThird, atFourth, 2, 6, 3, 7), 16)
    if (j == places - 4) return
  }
}

@inline
function arePairs(windowHeight: isize, windowWidth: isize, strideY: isize, strideX: isize, outWidth: isize): bool {
  return windowHeight == 2 && windowWidth == 2 && strideY == 2 && strideX == 2 && outWidth >= 4
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
  const pairs = arePairs(windowHeight, windowWidth, strideY, strideX, outWidth)
  for (; planes; planes--, x += (height * width) << 2) {
    for (let i: isize = 0; i < outHeight; i++) {
      if (pairs) {
        maxOfPairs(x + ((2 * i * width) << 2), width, y, outWidth)
        y += outWidth << 2
        continue
      }
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
  const pairs = arePairs(windowHeight, windowWidth, strideY, strideX, outWidth)
  const covered = pairs && ((height | width) & 1) == 0
  for (; planes; planes--, x += plane, dx += plane) {
    if (!covered) memory.fill(dx, 0, plane)
    for (let i: isize = 0; i < outHeight; i++) {
      if (pairs) {
        const at = (2 * i * width) << 2
        gradientOfPairs(dy, x + at, width, dx + at, outWidth)
        dy += outWidth << 2
        continue
      }
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
