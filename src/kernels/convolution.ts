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

// A convolution is a matrix product an image: the windows of the image as columns (im2col), the filters as rows. This is the readable
// form, for plain loops and both precisions; sharedConvolution.ts has the fast one.

type Loops = Pick<Kernels, 'matmul' | 'im2col' | 'col2im' | 'addChannelBias' | 'add'>

/** Of one image: elements that come in and go out, and the sizes of its matrix of windows. */
const sizesOf = (c: Convolution) => ({
  inSize: c.channels * c.height * c.width,
  outSize: c.filters * c.outHeight * c.outWidth,
  taps: c.channels * c.windowHeight * c.windowWidth,
  places: c.outHeight * c.outWidth,
})

const workLike = (x: Floats, length: number): Floats =>
  temporary(x instanceof Float32Array ? 'float32' : 'float64', length)

const toColumns = (loops: Loops, c: Convolution, image: Floats, columns: Floats): void =>
  loops.im2col(image, c.height, c.width, c.windowHeight, c.windowWidth, c.strideY, c.strideX, c.padY, c.padX, columns)

const fromColumns = (loops: Loops, c: Convolution, columns: Floats, image: Floats): void =>
  loops.col2im(columns, c.height, c.width, c.windowHeight, c.windowWidth, c.strideY, c.strideX, c.padY, c.padX, image)

export const convolutionKernels = (loops: Loops): Pick<Kernels, 'convolve' | 'convolutionGradients'> => ({
  convolve: (c, x, w, b, out) => {
    const { inSize, outSize, taps, places } = sizesOf(c)
    const columns = workLike(x, taps * places)
    for (let n = 0; n < c.images; n++) {
      toColumns(loops, c, piece(x, n * inSize, inSize), columns)
      loops.matmul(false, false, c.filters, places, taps, w, columns, piece(out, n * outSize, outSize))
    }
    if (b !== undefined) loops.addChannelBias(out, b, places, out)
  },

  convolutionGradients: (c, dout, x, w, dx, dw) => {
    const { inSize, outSize, taps, places } = sizesOf(c)
    const columns = workLike(x, taps * places)
    const own = workLike(x, dw?.length ?? 0)
    dw?.fill(0)
    for (let n = 0; n < c.images; n++) {
      const upstream = piece(dout, n * outSize, outSize)
      if (dw !== undefined) {
        toColumns(loops, c, piece(x, n * inSize, inSize), columns)
        loops.matmul(false, true, c.filters, taps, places, upstream, columns, own)
        loops.add(dw, own, dw)
      }
      if (dx === undefined) continue
      loops.matmul(true, false, taps, places, c.filters, w, upstream, columns)
      fromColumns(loops, c, columns, piece(dx, n * inSize, inSize))
    }
  },
})
