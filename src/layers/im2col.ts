import { ArgumentError, checkArgument, positiveInteger, ShapeError, shown } from '../errors/index.ts'
import { checkTensor, dtypeOf, formatShape, isShape, type Shape, type Tensor, zeros } from '../tensor/index.ts'
import type { ConvParams } from './conv.ts'
import { checkImages, checkWindowOptions, type Window, windowOver } from './window.ts'

// The book's two functions, to read and to try. A convolution has the same matrix an image at a time, turned, in `kernels/windows.ts`.

const windowOf = (where: string, shape: Shape, height: number, width: number, params: ConvParams): Window => {
  checkWindowOptions(where, params, ['stride', 'pad'])
  checkArgument(where, 'filterHeight', height, positiveInteger)
  checkArgument(where, 'filterWidth', width, positiveInteger)
  return windowOver(where, shape.slice(1), [height, width], params.stride ?? 1, params.pad ?? 0)
}

/** Calls `see` for each element of the matrix, row by row, with its index in x; those on the rim have none. */
const eachElement = ([N = 0, C = 0]: Shape, w: Window, see: (at: number, from: number | undefined) => void): void => {
  let at = 0
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < w.outHeight; i++) {
      for (let j = 0; j < w.outWidth; j++) {
        for (let c = 0; c < C; c++) {
          for (let u = 0; u < w.windowHeight; u++) {
            for (let v = 0; v < w.windowWidth; v++) {
              const [y, x] = [i * w.strideY + u - w.padY, j * w.strideX + v - w.padX]
              const isInside = y >= 0 && y < w.height && x >= 0 && x < w.width
              see(at++, isInside ? ((n * C + c) * w.height + y) * w.width + x : undefined)
            }
          }
        }
      }
    }
  }
}

/**
 * Row (n, i, j) of the result is what a filter sees at place (i, j) of image n: so a convolution is one matrix product
 *
 * @param x             images, shape (N, C, H, W)
 * @param filterHeight  HH, an integer ≥ 1
 * @param filterWidth   WW, an integer ≥ 1
 * @param params        `stride` and `pad`, each a number or [h, w]
 * @returns             shape (N·H′·W′, C·HH·WW)
 * @throws              ShapeError for another shape, or a filter that is larger than the padded plane; ArgumentError for other params
 * @example             im2col(tensor([1, 1, 2, 2], [1, 2, 3, 4]), 1, 2).data   // Float32Array [1, 2, 3, 4]
 * @see                 K. Saito, "Deep Learning from Scratch", chapter 7
 */
export const im2col = (x: Tensor, filterHeight: number, filterWidth: number, params: ConvParams = {}): Tensor => {
  checkImages('im2col', 'x', x)
  checkTensor('im2col', 'x', x)
  const window = windowOf('im2col', x.shape, filterHeight, filterWidth, params)
  const [N = 0, C = 0] = x.shape
  const out = zeros([N * window.outHeight * window.outWidth, C * filterHeight * filterWidth], dtypeOf(x))
  eachElement(x.shape, window, (at, from) => {
    if (from !== undefined) out.data[at] = x.data[from] as number
  })
  return out
}

/**
 * x[n, c, y, x] = Σ of the elements of the matrix that `im2col` takes from there: its transpose, not its inverse
 *
 * @param columns  shape (N·H′·W′, C·HH·WW)
 * @param shape    of the images, (N, C, H, W)
 * @returns        images of that shape
 * @throws         ShapeError when the matrix has another size
 * @example        col2im(ones([2, 2]), [1, 1, 1, 3], 1, 2).data   // Float32Array [1, 2, 1]
 * @see            K. Saito, "Deep Learning from Scratch", chapter 7
 */
export const col2im = (
  columns: Tensor,
  shape: Shape,
  filterHeight: number,
  filterWidth: number,
  params: ConvParams = {},
): Tensor => {
  if (!isShape(shape) || shape.length !== 4) {
    throw new ArgumentError(`col2im: shape must be that of the images, [N, C, H, W], but got ${shown(shape)}`)
  }
  checkTensor('col2im', 'columns', columns)
  const window = windowOf('col2im', shape, filterHeight, filterWidth, params)
  const [N = 0, C = 0] = shape
  const wanted = [N * window.outHeight * window.outWidth, C * filterHeight * filterWidth]
  if (columns.shape.length !== 2 || wanted.some((size, i) => size !== columns.shape[i])) {
    throw new ShapeError(
      `col2im: columns must have shape ${formatShape(wanted)} for images of ${formatShape(shape)}, but has ${formatShape(columns.shape)}`,
    )
  }
  const x = zeros(shape, dtypeOf(columns))
  eachElement(shape, window, (at, to) => {
    if (to !== undefined) x.data[to] = (x.data[to] as number) + (columns.data[at] as number)
  })
  return x
}
