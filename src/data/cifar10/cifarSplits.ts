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
import { type Batch, recordSize } from './cifarBatch.ts'
import { IMAGE, PIXELS } from './cifarFiles.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { max, min } = Math

/** A data set of CIFAR's, split as in cs231n: x is (N, 3, 32, 32), y holds places in `classNames`. */
export interface CifarParts {
  /** To train on. */
  readonly train: Split<Int32Array>
  /** To validate with. */
  readonly val: Split<Int32Array>
  /** To be looked at once, at the end. */
  readonly test: Split<Int32Array>
}

/** Which images are wanted, and in which form. */
export const cifarForm = {
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

export type CifarForm = Resolved<typeof cifarForm>

interface Images {
  readonly pixels: Uint8Array
  readonly labels: Int32Array
}

// Data sets lie on the shared heap, where kernels and workers read them without a copy.
const take = (batches: readonly Batch[], column: number, start: number, count: number): Images => {
  const pixels = allocate('uint8', count * PIXELS)
  const labels = allocate('int32', count)
  let first = 0 // of this batch
  for (const { count: own, records, columns } of batches) {
    const size = recordSize({ columns })
    for (let i = max(start, first); i < min(start + count, first + own); i++) {
      const at = (i - first) * size
      labels[i - start] = records[at + column] as number
      pixels.set(records.subarray(at + columns.length, at + size), (i - start) * PIXELS)
    }
    first += own
  }
  return { pixels, labels }
}

/** Why these counts cannot be had from so many images, if so; told before anything is downloaded. */
export const countFault = (
  where: string,
  { numTraining, numValidation, numTest }: CifarForm,
  training: number,
  testing: number,
): string | undefined => {
  if (numTraining + numValidation > training) {
    const asked = `numTraining + numValidation must be at most ${training}, the images that are not for the test`
    return `${where}: ${asked}, but got ${numTraining} + ${numValidation}`
  }
  return numTest !== null && numTest > testing
    ? `${where}: numTest must be at most ${testing}, or null for all, but got ${numTest}`
    : undefined
}

/**
 * Batches put together and split; they hold the images that are asked for.
 *
 * @param column  of the labels that are taken
 */
export const assembleCifar = (
  training: readonly Batch[],
  testing: readonly Batch[],
  column: number,
  form: CifarForm,
): CifarParts => {
  const { numTraining, numValidation, numTest, preprocess } = form
  const train = take(training, column, 0, numTraining)
  const decoding = preprocessings[preprocess](train.pixels)
  const split = ({ pixels, labels }: Images): Split<Int32Array> => ({
    x: { shape: [labels.length, ...IMAGE], data: pixels, ...decoding },
    y: labels,
  })
  return {
    train: split(train),
    val: split(take(training, column, numTraining, numValidation)),
    test: split(take(testing, column, 0, numTest ?? testing.reduce((sum, { count }) => sum + count, 0))),
  }
}
