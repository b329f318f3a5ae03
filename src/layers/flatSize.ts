import { ShapeError } from '../errors/index.ts'
import { formatShape, type Shape } from '../tensor/index.ts'

/** D of examples of shape (D,), which is what a normalization of rows takes. */
export const flatSize = (where: string, inShape: Shape): number => {
  const [D, ...more] = inShape
  if (D !== undefined && more.length === 0) return D
  throw new ShapeError(
    `${where}: takes examples of shape (D,), but they have shape ${formatShape(inShape)}; put it behind a layer that flattens them, e.g. affine`,
  )
}
