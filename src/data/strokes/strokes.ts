import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Given, naturalNumber, withDefault } from '../../errors/index.ts'
import { allocate } from '../../kernels/index.ts'
import { aKey, foldIn, type Key, key } from '../../random/index.ts'
import { type LabelsOf, type Mnist, type Split, split } from '../digits.ts'
import type { DataError } from '../errors.ts'
import { ownSet } from '../mnist/mnistSet.ts'
import { type Form, type FormOptions, form, resolved } from '../options.ts'
import { writeDigit } from './handwriting.ts'
import { SIDE } from './pen.ts'

/** How many digits `strokes` draws, which, and in which form. */
const strokesOptions = {
  ...form,
  /** All images are a pure function of it; key(0) unless given. */
  key: withDefault(key(0), aKey),
  /** 12,000 unless given. */
  numTrain: withDefault(12_000, naturalNumber),
  /** 2,000 unless given. */
  numTest: withDefault(2_000, naturalNumber),
}

/** The options of `strokes`. @interface */
export type StrokesOptions<H extends boolean = boolean> = FormOptions<H> &
  Omit<Given<typeof strokesOptions>, keyof typeof form>

const { classNames } = ownSet('mnist')

const write = (key: Key, count: number, form: Form): Split => {
  const pixels = allocate('uint8', count * SIDE * SIDE)
  const labels = allocate('int32', count)
  for (let i = 0; i < count; i++) labels[i] = writeDigit(foldIn(key, i), pixels, i * SIDE * SIDE)
  return split([count, SIDE, SIDE], pixels, labels, classNames.length, form)
}

/**
 * Handwritten digits that need no files: 28×28 grey images of 0 … 9, drawn from pen strokes with random slant, turn,
 * size, place, thickness, wobble, stray marks and noise. Image i of train or test depends on (key, 'train' or 'test',
 * i) only, and has the same bytes on every machine.
 *
 * A linear softmax classifier gets about 0.90 of the test images right, a 784-100-10 net about 0.97.
 *
 * @param options  all optional: key, numTrain and numTest (integers ≥ 0), normalize, flatten, oneHot as in `loadMnist`
 * @returns        left(DataError) for a wrong option
 * @throws         RangeError when numTrain or numTest is more than the heap of at most 4 GB can give
 * @example        strokes({ numTrain: 100, numTest: 0 })   // right({ name: 'strokes', train: { x, y }, … })
 */
export const strokes = <H extends boolean = false>(
  options: StrokesOptions<H> = {},
): E.Either<DataError, Mnist<LabelsOf<H>>> =>
  pipe(
    resolved('strokes', options, strokesOptions),
    E.map(({ key, numTrain, numTest, ...form }) => ({
      name: 'strokes',
      numClasses: classNames.length,
      classNames,
      train: write(foldIn(key, 'train'), numTrain, form) as Split<LabelsOf<H>>,
      test: write(foldIn(key, 'test'), numTest, form) as Split<LabelsOf<H>>,
    })),
  )
