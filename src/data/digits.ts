import * as E from 'fp-ts/lib/Either.js'
import { allocate } from '../kernels/index.ts'
import { type Bytes, bytes, oneHot, type Tensor } from '../tensor/index.ts'
import { DataError } from './errors.ts'
import type { Idx } from './mnist/idx.ts'
import type { Form } from './options.ts'

export const NUM_CLASSES = 10

/** Images and their labels: row i of x belongs to label i. */
export interface Split<Y extends Int32Array | Tensor = Int32Array | Tensor> {
  /**
   * (N, height·width), or (N, 1, height, width) with `flatten: false`; of CIFAR-10 (N, 3, 32, 32); decoded to numbers
   * when a batch is gathered.
   */
  readonly x: Bytes
  /** Class indices 0 … 9, or one-hot rows (N, 10) with `oneHot: true`. */
  readonly y: Y
}

/** A data set in the form of MNIST: grey images of ten classes. */
export interface Mnist<Y extends Int32Array | Tensor = Int32Array | Tensor> {
  /** The data set's. */
  readonly name: string
  /** How many classes there are. */
  readonly numClasses: typeof NUM_CLASSES
  /** To train on. */
  readonly train: Split<Y>
  /** To be looked at once, at the end. */
  readonly test: Split<Y>
}

/** The labels that `oneHot: H` asks for. @inline */
export type LabelsOf<H extends boolean> = H extends true ? Tensor : Int32Array

/** Images (count, height, width) and labels, already checked, in the form that is asked for. */
export const split = (
  [count, height, width]: readonly [number, number, number],
  pixels: Uint8Array,
  labels: Int32Array,
  { normalize, flatten, oneHot: rows }: Form,
): Split => ({
  x: bytes(flatten ? [count, height * width] : [count, 1, height, width], pixels, 0, normalize ? 1 / 255 : 1),
  y: rows ? oneHot(labels, NUM_CLASSES) : labels,
})

/** An IDX array and the file it came from. */
export interface NamedIdx extends Idx {
  readonly file: string
}

const imageFault = ({ file, shape }: NamedIdx): string | undefined => {
  if (shape.length !== 3) return `${file}: images have 3 axes (count, height, width), but this file has ${shape.length}`
  return shape.includes(0) ? `${file}: it holds no image, its axes are ${shape.join(' × ')}` : undefined
}

const labelFault = ({ file, shape, data }: NamedIdx, images: NamedIdx): string | undefined => {
  if (shape.length !== 1) return `${file}: labels have 1 axis, but this file has ${shape.length}; are these the images?`
  if (shape[0] !== images.shape[0]) {
    const counts = `${images.file} holds ${images.shape[0]} images, but ${file} holds ${shape[0]} labels`
    return `${counts}; take both from the same data set`
  }
  const row = data.findIndex((label) => label >= NUM_CLASSES)
  return row < 0 ? undefined : `${file}: labels are 0 … ${NUM_CLASSES - 1}, but row ${row} has ${data[row]}`
}

const sizeFault = (train: NamedIdx, test: NamedIdx): string | undefined => {
  const [size, other] = [train, test].map(({ shape }) => shape.slice(1).join(' × '))
  return size === other
    ? undefined
    : `${train.file} holds images of ${size} pixels, but ${test.file} of ${other}; take both from the same data set`
}

// Data sets lie on the shared heap, where kernels and workers read them without a copy.
const shared = (images: NamedIdx, labels: NamedIdx, form: Form): Split => {
  const pixels = allocate('uint8', images.data.length)
  pixels.set(images.data)
  const y = allocate('int32', labels.data.length)
  y.set(labels.data)
  return split(images.shape as readonly [number, number, number], pixels, y, form)
}

/** The four files of a data set, put together. Left where they do not belong together or a label is no class. */
export const assemble = (
  name: string,
  files: readonly [trainX: NamedIdx, trainY: NamedIdx, testX: NamedIdx, testY: NamedIdx],
  form: Form,
): E.Either<DataError, Mnist> => {
  const [trainX, trainY, testX, testY] = files
  const fault =
    imageFault(trainX) ??
    labelFault(trainY, trainX) ??
    imageFault(testX) ??
    labelFault(testY, testX) ??
    sizeFault(trainX, testX)
  return fault === undefined
    ? E.right({
        name,
        numClasses: NUM_CLASSES,
        train: shared(trainX, trainY, form),
        test: shared(testX, testY, form),
      })
    : E.left(new DataError(fault))
}
