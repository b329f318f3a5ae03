import { oneOf, orThrow, resolveOptions, ShapeError } from '../errors/index.ts'
import { formatShape, type Shape, type Tensor } from '../tensor/index.ts'

const names = ['mirror', 'mirrorAndShift'] as const

/** What a net looks at of each image: itself and its mirror image, or both also moved by a pixel down right and up left. @useDeclaredType */
export type Views = (typeof names)[number]

/** What an evaluation may be told. */
export interface ViewsOptions {
  /** Average what the net computes of several views of each image; of the image alone unless given. */
  readonly views?: Views | undefined
}

/** The views that are asked for, or an OptionError. */
export const viewsOf = (where: string, options: ViewsOptions): Views | undefined =>
  orThrow(resolveOptions(where, options, { views: oneOf(names) })).views

interface View {
  readonly down: number
  readonly right: number
  readonly isMirrored: boolean
  readonly weight: number
}

const both = (down: number, right: number, weight: number): readonly View[] =>
  [false, true].map((isMirrored) => ({ down, right, isMirrored, weight: weight / 2 }))

const viewsBy: Readonly<Record<Views, readonly View[]>> = {
  mirror: both(0, 0, 1),
  mirrorAndShift: [...both(0, 0, 1 / 2), ...both(1, 1, 1 / 4), ...both(-1, -1, 1 / 4)],
}

/** Height and width of the images in rows of this shape, or of a net that takes them. */
const sizeOfImages = (where: string, views: Views, rows: Shape, inShape: Shape): readonly [number, number] => {
  const shape = rows.length >= 3 ? rows.slice(1) : inShape
  const [height = 0, width = 0] = shape.slice(-2)
  if (shape.length < 2 || (views === 'mirrorAndShift' && (height < 2 || width < 2))) {
    throw new ShapeError(
      `${where}: views need images of shape (N, …, H, W)${shape.length < 2 ? '' : ' of at least 2×2 pixels'}, but x has shape ${formatShape(rows)}; ` +
        'load the data set with flatten: false, or leave views out',
    )
  }
  return [height, width]
}

/** Which place of a line is seen at each place after it was moved, with its own reflection at the ends. */
const moved = (size: number, by: number, isMirrored: boolean): Int32Array =>
  Int32Array.from({ length: size }, (_, i) => {
    const at = Math.abs((isMirrored ? size - 1 - i : i) - by)
    return at < size ? at : 2 * (size - 1) - at
  })

/** x as a view shows it. */
const seen = (x: Tensor, height: number, width: number, { down, right, isMirrored }: View): Tensor => {
  if (down === 0 && right === 0 && !isMirrored) return x
  const [rows, columns] = [moved(height, down, false), moved(width, right, isMirrored)]
  const data = x.data.slice()
  for (let plane = 0, to = 0; plane < data.length; plane += height * width) {
    for (let i = 0; i < height; i++) {
      const from = plane + (rows[i] as number) * width
      for (let j = 0; j < width; j++, to++) data[to] = x.data[from + (columns[j] as number)] as number
    }
  }
  return { shape: x.shape, data }
}

/**
 * What a net computes of images, as the mean over views: Σ weight·scores(view)
 *
 * @param scores  what it computes of images as they are
 * @see           Jordan, arXiv 2404.00498, section 3.5, whose weights these are
 */
export const overViews =
  (where: string, views: Views, inShape: Shape, scores: (x: Tensor) => Tensor): ((x: Tensor) => Tensor) =>
  (x) => {
    const [height, width] = sizeOfImages(where, views, x.shape, inShape)
    let mean: Tensor | undefined
    for (const view of viewsBy[views]) {
      const { shape, data } = scores(seen(x, height, width, view))
      mean ??= { shape, data: data.slice().fill(0) }
      for (let i = 0; i < data.length; i++) {
        mean.data[i] = (mean.data[i] as number) + view.weight * (data[i] as number)
      }
    }
    return mean as Tensor
  }
