import {
  either,
  isNull,
  naturalNumber,
  oneOf,
  positiveInteger,
  type Resolved,
  withDefault,
} from '../../errors/index.ts'
import { allocate } from '../../kernels/index.ts'
import type { Split } from '../digits.ts'
import { type PreprocessName, preprocessings } from '../preprocess.ts'
import { type Batch, RECORD } from './cifarBatch.ts'
import { CLASS_NAMES, IMAGE, PIXELS } from './cifarFiles.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { max, min } = Math

/** CIFAR-10, split as in cs231n: x is (N, 3, 32, 32), y holds places in `classNames`. */
export interface Cifar10 {
  /** The data set's. */
  readonly name: 'cifar10'
  /** How many classes there are. */
  readonly numClasses: 10
  /** 'airplane', 'automobile', …, in the order of the labels. */
  readonly classNames: typeof CLASS_NAMES
  /** To train on. */
  readonly train: Split<Int32Array>
  /** To validate with. */
  readonly val: Split<Int32Array>
  /** To be looked at once, at the end. */
  readonly test: Split<Int32Array>
}

/** Which images are wanted, and in which form. */
export const cifar10Form = {
  /** The first of the 50,000, integer ≥ 1; 49,000 unless given. */
  numTraining: withDefault(49_000, positiveInteger),
  /** The next of the 50,000, integer ≥ 0; 1,000 unless given. */
  numValidation: withDefault(1_000, naturalNumber),
  /** The first of the 10,000 test images, integer ≥ 0; 1,000 unless given, null for all. */
  numTest: withDefault(1_000, either(naturalNumber, isNull)),
  /**
   * `'subtractMean'` (the default, as cs231n): the mean of the training images is subtracted from bytes 0 … 255;
   * `'standardize'`: each colour has mean 0 and standard deviation 1 over the training images' pixels; `'none'`: bytes.
   */
  preprocess: withDefault('subtractMean', oneOf(Object.keys(preprocessings) as PreprocessName[])),
}

export type Cifar10Form = Resolved<typeof cifar10Form>

interface Images {
  readonly pixels: Uint8Array
  readonly labels: Int32Array
}

// Data sets lie on the shared heap, where kernels and workers read them without a copy.
const take = (batches: readonly Batch[], start: number, count: number): Images => {
  const pixels = allocate('uint8', count * PIXELS)
  const labels = allocate('int32', count)
  let first = 0 // of this batch
  for (const { count: own, records } of batches) {
    for (let i = max(start, first); i < min(start + count, first + own); i++) {
      const at = (i - first) * RECORD
      labels[i - start] = records[at] as number
      pixels.set(records.subarray(at + 1, at + RECORD), (i - start) * PIXELS)
    }
    first += own
  }
  return { pixels, labels }
}

/** Why these counts cannot be had from so many images, if so; told before anything is downloaded. */
export const countFault = (
  { numTraining, numValidation, numTest }: Cifar10Form,
  training: number,
  testing: number,
): string | undefined => {
  if (numTraining + numValidation > training) {
    const asked = `numTraining + numValidation must be at most ${training}, the images that are not for the test`
    return `loadCifar10: ${asked}, but got ${numTraining} + ${numValidation}`
  }
  return numTest !== null && numTest > testing
    ? `loadCifar10: numTest must be at most ${testing}, or null for all, but got ${numTest}`
    : undefined
}

/** Batches put together and split; they hold the images that are asked for. */
export const assembleCifar10 = (training: readonly Batch[], testing: readonly Batch[], form: Cifar10Form): Cifar10 => {
  const { numTraining, numValidation, numTest, preprocess } = form
  const train = take(training, 0, numTraining)
  const decoding = preprocessings[preprocess](train.pixels)
  const split = ({ pixels, labels }: Images): Split<Int32Array> => ({
    x: { shape: [labels.length, ...IMAGE], data: pixels, ...decoding },
    y: labels,
  })
  return {
    name: 'cifar10',
    numClasses: 10,
    classNames: CLASS_NAMES,
    train: split(train),
    val: split(take(training, numTraining, numValidation)),
    test: split(take(testing, 0, numTest ?? testing.reduce((sum, { count }) => sum + count, 0))),
  }
}
