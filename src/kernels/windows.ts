import type { Floats, Kernels } from './kernels.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { ceil, floor, min } = Math

// Windows that move over planes, in plain loops. A plane of x is (height, width), one of the places is (outHeight, outWidth).

/** How often a window fits into `size` elements with a rim of `pad` zeros at both ends, in steps of `stride`; a rest is left out. */
export const placesOf = (size: number, window: number, stride: number, pad: number): number =>
  floor((size + 2 * pad - window) / stride) + 1

/** The first place whose element at `offset` (place 0 has it at `offset` itself) is not on the rim before the plane. */
const firstInside = (offset: number, stride: number): number => (offset >= 0 ? 0 : ceil(-offset / stride))

/** The place after the last one whose element is not on the rim behind the plane. */
const endInside = (offset: number, stride: number, size: number, places: number): number =>
  offset >= size ? 0 : min(places, floor((size - 1 - offset) / stride) + 1)

/** Where the largest element of a window is: the first of equal ones, and a NaN if there is one. */
const largestAt = (x: Floats, from: number, width: number, windowHeight: number, windowWidth: number): number => {
  let at = from
  for (let u = 0; u < windowHeight; u++) {
    for (let i = from + u * width; i < from + u * width + windowWidth; i++) {
      const v = x[i] as number
      if (v > (x[at] as number) || Number.isNaN(v)) at = i
    }
  }
  return at
}

export type WindowKernel =
  | 'im2col'
  | 'col2im'
  | 'maxPoolForward'
  | 'maxPoolBackward'
  | 'avgPoolForward'
  | 'avgPoolBackward'

export const windowKernels: Pick<Kernels, WindowKernel> = {
  im2col: (x, height, width, windowHeight, windowWidth, strideY, strideX, padY, padX, columns) => {
    const outHeight = placesOf(height, windowHeight, strideY, padY)
    const outWidth = placesOf(width, windowWidth, strideX, padX)
    columns.fill(0)
    let row = 0
    for (let plane = 0; plane < x.length; plane += height * width) {
      for (let u = 0; u < windowHeight; u++) {
        for (let v = 0; v < windowWidth; v++) {
          const first = firstInside(v - padX, strideX)
          const end = endInside(v - padX, strideX, width, outWidth)
          for (let i = 0; i < outHeight; i++, row += outWidth) {
            const y = i * strideY + u - padY
            if (y < 0 || y >= height) continue
            const from = plane + y * width + v - padX
            for (let j = first; j < end; j++) columns[row + j] = x[from + j * strideX] as number
          }
        }
      }
    }
  },

  col2im: (columns, height, width, windowHeight, windowWidth, strideY, strideX, padY, padX, x) => {
    const outHeight = placesOf(height, windowHeight, strideY, padY)
    const outWidth = placesOf(width, windowWidth, strideX, padX)
    x.fill(0)
    let row = 0
    for (let plane = 0; plane < x.length; plane += height * width) {
      for (let u = 0; u < windowHeight; u++) {
        for (let v = 0; v < windowWidth; v++) {
          const first = firstInside(v - padX, strideX)
          const end = endInside(v - padX, strideX, width, outWidth)
          for (let i = 0; i < outHeight; i++, row += outWidth) {
            const y = i * strideY + u - padY
            if (y < 0 || y >= height) continue
            const to = plane + y * width + v - padX
            for (let j = first; j < end; j++) {
              x[to + j * strideX] = (x[to + j * strideX] as number) + (columns[row + j] as number)
            }
          }
        }
      }
    }
  },

  maxPoolForward: (x, height, width, windowHeight, windowWidth, strideY, strideX, y) => {
    const outHeight = placesOf(height, windowHeight, strideY, 0)
    const outWidth = placesOf(width, windowWidth, strideX, 0)
    for (let plane = 0, to = 0; plane < x.length; plane += height * width) {
      for (let i = 0; i < outHeight; i++) {
        for (let j = 0; j < outWidth; j++, to++) {
          const from = plane + i * strideY * width + j * strideX
          y[to] = x[largestAt(x, from, width, windowHeight, windowWidth)] as number
        }
      }
    }
  },

  maxPoolBackward: (dy, x, height, width, windowHeight, windowWidth, strideY, strideX, dx) => {
    const outHeight = placesOf(height, windowHeight, strideY, 0)
    const outWidth = placesOf(width, windowWidth, strideX, 0)
    dx.fill(0)
    for (let plane = 0, from = 0; plane < x.length; plane += height * width) {
      for (let i = 0; i < outHeight; i++) {
        for (let j = 0; j < outWidth; j++, from++) {
          const at = largestAt(x, plane + i * strideY * width + j * strideX, width, windowHeight, windowWidth)
          dx[at] = (dx[at] as number) + (dy[from] as number)
        }
      }
    }
  },

  avgPoolForward: (x, height, width, windowHeight, windowWidth, strideY, strideX, y) => {
    const outHeight = placesOf(height, windowHeight, strideY, 0)
    const outWidth = placesOf(width, windowWidth, strideX, 0)
    for (let plane = 0, to = 0; plane < x.length; plane += height * width) {
      for (let i = 0; i < outHeight; i++) {
        for (let j = 0; j < outWidth; j++, to++) {
          let sum = 0
          for (let u = 0; u < windowHeight; u++) {
            const from = plane + (i * strideY + u) * width + j * strideX
            for (let v = 0; v < windowWidth; v++) sum += x[from + v] as number
          }
          y[to] = sum / (windowHeight * windowWidth)
        }
      }
    }
  },

  avgPoolBackward: (dy, height, width, windowHeight, windowWidth, strideY, strideX, dx) => {
    const outHeight = placesOf(height, windowHeight, strideY, 0)
    const outWidth = placesOf(width, windowWidth, strideX, 0)
    dx.fill(0)
    for (let plane = 0, from = 0; plane < dx.length; plane += height * width) {
      for (let i = 0; i < outHeight; i++) {
        for (let j = 0; j < outWidth; j++, from++) {
          const share = (dy[from] as number) / (windowHeight * windowWidth)
          for (let u = 0; u < windowHeight; u++) {
            const to = plane + (i * strideY + u) * width + j * strideX
            for (let v = 0; v < windowWidth; v++) dx[to + v] = (dx[to + v] as number) + share
          }
        }
      }
    }
  },
}
