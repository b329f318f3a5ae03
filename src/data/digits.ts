import * as E from 'fp-ts/lib/Either.js'
import { allocate } from '../kernels/index.ts'
import { type Bytes, bytes, oneHot, type Tensor } from '../tensor/index.ts'
import { DataError } from './errors.ts'
import type { NamedIdx } from './mnist/idx.ts'
import type { MnistSet } from './mnist/mnistSet.ts'
import type { Form } from './options.ts'

/** Images and their labels: row i of x belongs to label i. */
export interface Split<Y extends Int32Array | Tensor = Int32Array | Tensor> {
  /**
   * (N, height·width), or (N, 1, height, width) with `flatten: false`; of CIFAR-10 (N, 3, 32, 32); decoded to numbers
   * when a batch is gathered.
   */
  readonly x: Bytes
  /** Class indices from 0, places in `classNames`, or one-hot rows (N, C) with `oneHot: true`. */
  readonly y: Y
}

/** A data set in the form of MNIST: grey images of ten or more classes. */
export interface Mnist<Y extends Int32Array | Tensor = Int32Array | Tensor> {
  /** The data set's. */
  readonly name: string
  /** How many classes there are. */
  readonly numClasses: number
  /** One for each class. */
  readonly classNames: readonly string[]
  /** To train on. */
  readonly train: Split<Y>
  /** To be looked at once, at the end. */
  readonly test: Split<Y>
}

/** The labels that `oneHot: H` asks for. @inline */
export type LabelsOf<H extends boolean> = H extends true ? Tensor : Int32Array

/** How many pictures, and theirs. */
type Size = readonly [count: number, height: number, width: number]

/** Images (count, height, width) and labels, already checked, in the form that is asked for. */
export const split = (
  [count, height, width]: Size,
  pixels: Uint8Array,
  labels: Int32Array,
  numClasses: number,
  { normalize, flatten, oneHot: rows }: Form,
): Split => ({
  x: bytes(flatten ? [count, height * width] : [count, 1, height, width], pixels, 0, normalize ? 1 / 255 : 1),
  y: rows ? oneHot(labels, numClasses) : labels,
})

const imageFault = ({ file, shape }: NamedIdx): string | undefined => {
  if (shape.length !== 3) return `${file}: images have 3 axes (count, height, width), but this file has ${shape.length}`
  return shape.includes(0) ? `${file}: it holds no image, its axes are ${shape.join(' × ')}` : undefined
}

const labelFault = (
  { file, shape, data }: NamedIdx,
  images: NamedIdx,
  { firstLabel, classNames }: MnistSet,
): string | undefined => {
  if (shape.length !== 1) return `${file}: labels have 1 axis, but this file has ${shape.length}; are these the images?`
  if (shape[0] !== images.shape[0]) {
    const counts = `${images.file} holds ${images.shape[0]} images, but ${file} holds ${shape[0]} labels`
    return `${counts}; take both from the same data set`
  }
  const last = firstLabel + classNames.length - 1
  const row = data.findIndex((label) => label < firstLabel || label > last)
  return row < 0 ? undefined : `${file}: labels are ${firstLabel} … ${last}, but row ${row} has ${data[row]}`
}

const sizeFault = (train: NamedIdx, test: NamedIdx): string | undefined => {
  const [size, other] = [train, test].map(({ shape }) => shape.slice(1).join(' × '))
  return size === other
    ? undefined
    : `${train.file} holds images of ${size} pixels, but ${test.file} of ${other}; take both from the same data set`
}

/** Pictures (count, height, width) whose bytes lie column by column, row by row. */
const transposed = ([count, height, width]: Size, columns: Uint8Array, out: Uint8Array): void => {
  const size = height * width
  for (let i = 0; i < count; i++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        out[i * size + row * width + column] = columns[i * size + column * height + row] as number
      }
    }
  }
}

// Data sets lie on the shared heap, where kernels and workers read them without a copy.
const shared = (images: NamedIdx, labels: NamedIdx, set: MnistSet, form: Form): Split => {
  const pixels = allocate('uint8', images.data.length)
  // Columns of height numbers: the file's axes are (count, width, height).
  const [count = 0, a = 0, b = 0] = images.shape
  const size: Size = set.transposed ? [count, b, a] : [count, a, b]
  if (set.transposed) transposed(size, images.data, pixels)
  else pixels.set(images.data)
  const y = allocate('int32', labels.data.length)
  for (let i = 0; i < y.length; i++) y[i] = (labels.data[i] as number) - set.firstLabel
  return split(size, pixels, y, set.classNames.length, form)
}

/** The four files of a data set, put together. Left where they do not belong together or a label is no class. */
export const assemble = (
  set: MnistSet,
  files: readonly [trainX: NamedIdx, trainY: NamedIdx, testX: NamedIdx, testY: NamedIdx],
  form: Form,
): E.Either<DataError, Mnist> => {
  const [trainX, trainY, testX, testY] = files
  const fault =
    imageFault(trainX) ??
    labelFault(trainY, trainX, set) ??
    imageFault(testX) ??
    labelFault(testY, testX, set) ??
    sizeFault(trainX, testX)
  return fault === undefined
    ? E.right({
        name: set.name,
        numClasses: set.classNames.length,
        classNames: set.classNames,
        train: shared(trainX, trainY, set, form),
        test: shared(testX, testY, set, form),
      })
    : E.left(new DataError(fault))
}
