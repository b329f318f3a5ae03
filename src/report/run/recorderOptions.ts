import {
  functionOf,
  type Given,
  isListOf,
  isRecord,
  listOf,
  OptionError,
  orThrow,
  positiveInteger,
  type Resolved,
  required,
  requirement,
  resolveOptions,
  withDefault,
} from '../../errors/index.ts'
import { isModel, type Model, type Weights } from '../../models/index.ts'
import type { Data, Result } from '../../solver/index.ts'
import {
  formatShape,
  isShape,
  type Labels,
  rowCount,
  type Shape,
  sizeOf,
  type Tensor,
  type Tensors,
} from '../../tensor/index.ts'
import type { TestSet } from './examineTest.ts'
import type { ImageShape } from './pictures.ts'

const has = (value: unknown, ...names: readonly string[]): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && names.every((name) => name in value)

const hasRows = (value: unknown, x: string, y: string): boolean =>
  has(value, x, y) && has(value[x], 'shape', 'data') && isShape(value[x].shape)

const aText = requirement<string>('a text', (value) => typeof value === 'string')

const aModel = requirement<Model<unknown>>('a model, e.g. orThrow(twoLayerNet({ inputDim: 784 }))', isModel)
const trainingData = requirement<Pick<Data<unknown>, 'xTrain' | 'yTrain'>>(
  'what the run trains on, { xTrain, yTrain }',
  (value) => hasRows(value, 'xTrain', 'yTrain'),
)
const anImageShape = requirement<ImageShape>(
  '[channels, height, width] with 1 or 3 channels',
  (value) =>
    Array.isArray(value) &&
    value.length === 3 &&
    (value[0] === 1 || value[0] === 3) &&
    isListOf(value, positiveInteger.holds),
)

/** What `recorder` needs to measure a run. */
const recorderOptions = {
  /** What is trained. */
  model: required(aModel, `it must be ${aModel.expected}`),
  /** What the run trains on; only `xTrain` and `yTrain` are read. */
  data: required(trainingData, `it must be ${trainingData.expected}`),
  /** Training rows on which gradients and activations are measured, an integer ≥ 1; 100 unless given. */
  probeRows: withDefault(100, positiveInteger),
  /** What a net computes inside, by name; its scores unless given. */
  activations: functionOf<(weights: Weights, x: Tensor) => Tensors>(),
}

/** What `recorder` needs to measure a run. @interface */
export type RecorderOptions<Y = Labels> = Omit<Given<typeof recorderOptions>, 'model' | 'data'> & {
  /** What is trained. */
  readonly model: Model<Y>
  /** What the run trains on; only `xTrain` and `yTrain` are read. */
  readonly data: Pick<Data<NoInfer<Y>>, 'xTrain' | 'yTrain'>
}

/** What the events do not tell. */
const runDetails = {
  /** Of the page; 'A training run' unless given. */
  title: withDefault('A training run', aText),
  /** What to type to get this run again. */
  command: withDefault('', aText),
  /** Settings to list, e.g. the command line's flags. */
  settings: withDefault({}, requirement<object>('an object', isRecord)),
  /** Examples that were not trained on; their part of the page is left out unless given. */
  test: requirement<TestSet<unknown>>('examples and their labels or targets, { x, y }', (value) =>
    hasRows(value, 'x', 'y'),
  ),
  /** Of classes, '0', '1', … unless given; of a regression what its outputs are called. */
  classNames: listOf(aText),
  /** How an example is seen as an image; guessed from its shape unless given. */
  imageShape: anImageShape,
  /** In place of that of the `Done` event, e.g. with `lastWeights` as its weights, which are those that are examined. */
  result: requirement<Result>('the result of a run, e.g. of solve', (value) => has(value, 'weights', 'lossHistory')),
}

/** What the events of a run do not tell, for `recorder(…).finish`. @interface */
export type RunDetails<Y = Labels> = Omit<Given<typeof runDetails>, 'test'> & {
  /** Examples that were not trained on; their part of the page is left out unless given. */
  readonly test?: TestSet<Y> | undefined
}

/** The training targets as the task reads them. */
export type CheckedRecorder = Resolved<typeof recorderOptions> & { readonly targets: unknown }

/** Throws an OptionError at the call for what would else be found at the first event, in the middle of a run. */
export const checkRecorder = <Y>(options: RecorderOptions<Y>): CheckedRecorder => {
  const checked = orThrow(resolveOptions('recorder', options as RecorderOptions<unknown>, recorderOptions))
  const { model, data } = checked
  const targets = orThrow(model.task.check('recorder: yTrain', data.yTrain, rowCount(data.xTrain), model.outShape))
  return { ...checked, targets }
}

/**
 * Throws an OptionError that names `finish`, whose details these are, and the first that does not fit.
 *
 * @param example  shape of a training example
 */
export const checkDetails = <Y>(
  details: RunDetails<Y>,
  example: Shape,
  { task, outShape }: Model<unknown>,
): Resolved<typeof runDetails> => {
  const where = 'recorder: finish'
  const known = orThrow(resolveOptions(where, details as RunDetails<unknown>, runDetails))
  const { test, imageShape } = known
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
    orThrow(task.check(`${where}: test.y`, test.y, rowCount(test.x), outShape))
  }
  return known
}
