import { piece, temporary } from './arena.ts'
import type { Floats, Kernels } from './kernels.ts'

/** What a convolution is applied to, and how: sizes that have been checked against the arrays. */
export interface Convolution {
  readonly images: number
  readonly channels: number
  readonly height: number
  readonly width: number
  readonly filters: number
  readonly windowHeight: number
  readonly windowWidth: number
  readonly strideY: number
  readonly strideX: number
  readonly padY: number
  readonly padX: number
  readonly outHeight: number
  readonly outWidth: number
}

// A convolution is a matrix product an image: the windows of the image as columns (im2col), the filters as rows. Only one image's
// columns are there at a time, so that they stay in the cache. A faster way for some sizes belongs in here.

/** Of one image: elements that come in and go out, and the sizes of its matrix of windows. */
const sizesOf = (c: Convolution) => ({
  inSize: c.channels * c.height * c.width,
  outSize: c.filters * c.outHeight * c.outWidth,
  taps: c.channels * c.windowHeight * c.windowWidth,
  places: c.outHeight * c.outWidth,
})

const workLike = (x: Floats, length: number): Floats =>
  temporary(x instanceof Float32Array ? 'float32' : 'float64', length)

const toColumns = (kernels: Kernels, c: Convolution, image: Floats, columns: Floats): void =>
  kernels.im2col(image, c.height, c.width, c.windowHeight, c.windowWidth, c.strideY, c.strideX, c.padY, c.padX, columns)

const fromColumns = (kernels: Kernels, c: Convolution, columns: Floats, image: Floats): void =>
  kernels.col2im(columns, c.height, c.width, c.windowHeight, c.windowWidth, c.strideY, c.strideX, c.padY, c.padX, image)

/** out[n, f] = Σ over channels and window of w[f]·x[n], plus b[f]; without b nothing is added. */
export const convolve = (
  kernels: Kernels,
  c: Convolution,
  x: Floats,
  w: Floats,
  b: Floats | undefined,
  out: Floats,
): void => {
  const { inSize, outSize, taps, places } = sizesOf(c)
  const columns = workLike(x, taps * places)
  for (let n = 0; n < c.images; n++) {
    toColumns(kernels, c, piece(x, n * inSize, inSize), columns)
    kernels.matmul(false, false, c.filters, places, taps, w, columns, piece(out, n * outSize, outSize))
  }
  if (b !== undefined) kernels.addChannelBias(out, b, places, out)
}

/** dw[f] = Σ over images and places of dout·x, summed image by image. */
export const convolutionWeights = (kernels: Kernels, c: Convolution, dout: Floats, x: Floats, dw: Floats): void => {
  const { inSize, outSize, taps, places } = sizesOf(c)
  const columns = workLike(x, taps * places)
  const own = workLike(x, dw.length)
  dw.fill(0)
  for (let n = 0; n < c.images; n++) {
    toColumns(kernels, c, piece(x, n * inSize, inSize), columns)
    kernels.matmul(false, true, c.filters, taps, places, piece(dout, n * outSize, outSize), columns, own)
    kernels.add(dw, own, dw)
  }
}

/** dx = Σ over filters and window of w·dout */
export const convolutionInput = (kernels: Kernels, c: Convolution, dout: Floats, w: Floats, dx: Floats): void => {
  const { inSize, outSize, taps, places } = sizesOf(c)
  const columns = workLike(dx, taps * places)
  for (let n = 0; n < c.images; n++) {
    kernels.matmul(true, false, taps, places, c.filters, w, piece(dout, n * outSize, outSize), columns)
    fromColumns(kernels, c, columns, piece(dx, n * inSize, inSize))
  }
}
