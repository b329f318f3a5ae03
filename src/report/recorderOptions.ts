import type { Model, Weights } from '../models/index.ts'
import type { Data, Result } from '../solver/index.ts'
import {
  checkOptions,
  classIndices,
  formatShape,
  isFunction,
  isRecord,
  listOf,
  OptionError,
  orThrow,
  positiveInteger,
  type Requirement,
  type Rows,
  rowCount,
  type Shape,
  sizeOf,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'
import type { TestSet } from './examine.ts'
import type { ImageShape } from './pictures.ts'

/** What `recorder` needs to measure a run. */
export interface RecorderOptions {
  readonly model: Model
  /** What the run trains on; only `xTrain` and `yTrain` are read. */
  readonly data: Pick<Data, 'xTrain' | 'yTrain'>
  /** Training rows on which gradients and activations are measured, an integer ≥ 1; 100 unless given. */
  readonly probeRows?: number
  /** What a net computes inside, by name; its scores unless given. */
  readonly activations?: (weights: Weights, x: Tensor) => Tensors
}

/** What the events do not tell. */
export interface RunDetails {
  readonly title?: string
  /** What to type to get this run again. */
  readonly command?: string
  /** Settings to list, e.g. the command line's flags. */
  readonly settings?: object
  /** Examples that were not trained on; their part of the page is left out unless given. */
  readonly test?: TestSet
  /** '0', '1', … unless given. */
  readonly classNames?: readonly string[]
  /** How an example is seen as an image; guessed from its shape unless given. */
  readonly imageShape?: ImageShape
  /** In place of that of the `Done` event, e.g. with `lastWeights` as its weights, which are those that are examined. */
  readonly result?: Result
}

const has = (value: unknown, ...names: readonly string[]): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && names.every((name) => name in value)

const hasRows = (value: unknown, x: string, y: string): boolean => has(value, x, y) && has(value[x], 'shape', 'data')

const text: Requirement = { expected: 'a text', holds: (value) => typeof value === 'string' }

const recorderOptions = {
  model: {
    expected: 'a model, e.g. orThrow(twoLayerNet({ inputDim: 784 }))',
    holds: (value: unknown) => has(value, 'init', 'loss', 'scores'),
  },
  data: {
    expected: 'what the run trains on, { xTrain, yTrain }',
    holds: (value: unknown) => hasRows(value, 'xTrain', 'yTrain'),
  },
  probeRows: positiveInteger,
  activations: isFunction,
}

const isImageShape = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length === 3 &&
  (value[0] === 1 || value[0] === 3) &&
  value.every((size) => Number.isSafeInteger(size) && size >= 1)

const runDetails = {
  title: text,
  command: text,
  settings: { expected: 'an object', holds: (value: unknown) => has(value) },
  test: { expected: 'examples and their labels, { x, y }', holds: (value: unknown) => hasRows(value, 'x', 'y') },
  classNames: listOf(text),
  imageShape: { expected: '[channels, height, width] with 1 or 3 channels', holds: isImageShape },
  result: {
    expected: 'the result of a run, e.g. of solve',
    holds: (value: unknown) => has(value, 'weights', 'lossHistory'),
  },
}

const checkCounts = (where: string, xName: string, x: Rows, yName: string, labels: number): void => {
  if (rowCount(x) === labels) return
  throw new OptionError(
    `${where}: ${xName} has ${rowCount(x)} rows, but ${yName} has ${labels} labels; each example needs one label`,
  )
}

/** Throws an OptionError at the call for what would else be found at the first event, in the middle of a run. */
export const checkRecorder = (options: RecorderOptions): RecorderOptions => {
  const checked = orThrow(checkOptions('recorder', options, recorderOptions))
  for (const name of ['model', 'data'] as const) {
    if (checked[name] === undefined) {
      throw new OptionError(`recorder: ${name} is missing; it must be ${recorderOptions[name].expected}`)
    }
  }
  const { xTrain, yTrain } = checked.data
  checkCounts('recorder', 'xTrain', xTrain, 'yTrain', classIndices(yTrain).length)
  return checked
}

/**
 * Throws an OptionError that names `finish`, whose details these are, and the first that does not fit.
 *
 * @param example  shape of a training example
 */
export const checkDetails = (details: RunDetails, example: Shape): RunDetails => {
  const where = 'recorder: finish'
  const { test, imageShape } = orThrow(checkOptions(where, details, runDetails))
  if (imageShape !== undefined && sizeOf(imageShape) !== sizeOf(example)) {
    throw new OptionError(
      `${where}: imageShape ${formatShape(imageShape)} has ${sizeOf(imageShape)} numbers, ` +
        `but an example of shape ${formatShape(example)} has ${sizeOf(example)}`,
    )
  }
  if (test !== undefined) {
    const own = test.x.shape.slice(1)
    if (sizeOf(own) !== sizeOf(example)) {
      throw new OptionError(
        `${where}: an example of test.x has shape ${formatShape(own)}, but one of xTrain ${formatShape(example)}`,
      )
    }
    checkCounts(where, 'test.x', test.x, 'test.y', classIndices(test.y).length)
  }
  return details
}
