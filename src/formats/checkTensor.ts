import { ArgumentError, ShapeError, shown } from '../errors/index.ts'
import { quoted } from '../files/index.ts'
import { formatShape, isTensor, type Shape, sizeOf, type Tensor } from '../tensor/index.ts'

/** More are neither written nor read: NumPy has no more. */
export const MOST_AXES = 64

const isShape = (shape: Shape): boolean =>
  Array.isArray(shape) && shape.length <= MOST_AXES && shape.every((size) => Number.isSafeInteger(size) && size >= 0)

/** Throws a ShapeError for what would make a file that nobody can read: kernels trust a shape, and readers do not. */
export const checkTensor = (where: string, name: string, t: Tensor): void => {
  if (isTensor(t) && isShape(t.shape) && t.data.length === sizeOf(t.shape)) return
  const shape = Array.isArray(t?.shape) ? formatShape(t.shape.slice(0, MOST_AXES)) : shown(t?.shape)
  const came = isTensor(t)
    ? `shape ${shape} and ${t.data.length} numbers`
    : 'no { shape, data } with a Float32Array or Float64Array'
  throw new ShapeError(
    `${where}: ${name} must be a tensor of at most ${MOST_AXES} axes with a number for each place, but has ${came}; tensor(shape, values) makes one`,
  )
}

/** Throws an ArgumentError for half a surrogate pair, which UTF-8 has no bytes for. */
export const checkText = (where: string, text: string): void => {
  if (/\p{Surrogate}/u.test(text)) {
    throw new ArgumentError(
      `${where}: a text must be well-formed Unicode, but ${quoted(text)} holds half a surrogate pair; leave it out`,
    )
  }
}
