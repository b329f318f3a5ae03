import { ArgumentError, isRecord, ShapeError, shown } from '../errors/index.ts'
import { checkModel, linked, type Model, type Weights } from '../models/index.ts'
import {
  checkRows,
  formatShape,
  isBytes,
  isShape,
  type Rows,
  type Shape,
  sizeOf,
  type Tensor,
} from '../tensor/index.ts'
import { evaluated } from './evaluate.ts'
import { type ViewsOptions, viewsOf } from './views.ts'

/** What a net sees of an image of bytes: element j is (byte[j] − mean[j])·scale[j]. */
export interface Input {
  /** The kind of input; others are to come. */
  readonly type: 'bytes'
  /** Of one example, e.g. [1, 28, 28]. */
  readonly shape: Shape
  /** Subtracted, one number an element. */
  readonly mean: Float32Array
  /** Multiplied, one number an element. */
  readonly scale: Float32Array
}

/** All that is needed to use a net. */
export interface TrainedNet<Y = unknown> {
  /** What computes. */
  readonly model: Model<Y>
  /** What it computes with. */
  readonly weights: Weights
  /** How bytes are to be preprocessed; without it, the net takes numbers only. */
  readonly input?: Input
  /** One for each class. */
  readonly classNames?: readonly string[]
}

/**
 * The preprocessing that rows of bytes carry, and the shape of one of them
 *
 * @param rows  what a net was trained on, e.g. `data.xTrain`; numbers that are no bytes are taken as they are
 * @returns     what `saveNet` keeps, so that `predict` takes bare bytes; mean and scale are shared, not copied
 * @example     inputOf(bytes([1, 2], new Uint8Array(2), 0, 0.5))   // { type: 'bytes', shape: [2], mean: Float32Array [0, 0], scale: Float32Array [0.5, 0.5] }
 */
export const inputOf = (rows: Rows): Input => {
  checkRows('inputOf', rows)
  const shape = rows.shape.slice(1)
  if (isBytes(rows)) return { type: 'bytes', shape, mean: rows.mean, scale: rows.scale }
  const size = sizeOf(shape)
  return { type: 'bytes', shape, mean: new Float32Array(size), scale: new Float32Array(size).fill(1) }
}

/** Bytes as a data set preprocessed as the net saw it. */
const checkedInput = (input: Input): Input => {
  const { shape, mean, scale } = isRecord(input) ? input : ({} as Partial<Input>)
  const size = isShape(shape) ? sizeOf(shape) : -1
  const suits = (numbers: unknown): boolean => numbers instanceof Float32Array && numbers.length === size
  if (size >= 1 && suits(mean) && suits(scale)) return input
  throw new ArgumentError(
    `predict: input must say the shape of an example, and a mean and a scale for each of its numbers, but got ${shown(input)}; inputOf(data.xTrain) makes it`,
  )
}

/** Examples as they are kept, of which the net's input tells shape, mean and scale. */
const rowsOf = (pixels: Uint8Array, input: Input | undefined): Rows => {
  if (input === undefined) {
    throw new ArgumentError(
      'predict: the net does not say how bytes are preprocessed; give rows, or save it with its input',
    )
  }
  const { shape, mean, scale } = checkedInput(input)
  const size = sizeOf(shape)
  if (pixels.length % size !== 0) {
    throw new ShapeError(
      `predict: an example has ${size} bytes, but ${pixels.length} bytes came, which is no multiple of it; give whole examples of shape ${formatShape(shape)}`,
    )
  }
  return { shape: [pixels.length / size, ...shape], mean, scale, data: pixels }
}

const isRows = (rows: Rows): boolean => ArrayBuffer.isView(rows?.data) && Array.isArray(rows.shape)

const predicted = <Y>(
  { model, weights, input }: TrainedNet<Y>,
  rows: Rows | Uint8Array,
  options: ViewsOptions = {},
): Tensor => {
  const views = viewsOf('predict', options)
  checkModel('predict', model)
  const x = rows instanceof Uint8Array ? rowsOf(rows, input) : rows
  if (!isRows(x)) {
    throw new ShapeError(
      `predict: rows must be a tensor or bytes of shape (N, …), or a Uint8Array, but got ${shown(rows)}; tensor(shape, values) makes one`,
    )
  }
  return linked(model.task.link, evaluated('predict', model as Model<unknown>, weights, x, views))
}

/**
 * link(scores(xᵢ)): what the net says of example i, in evaluation mode; of a classifier the probability of each class
 *
 * @param net   from `loadNet`, or a record of a model and its weights
 * @param rows  examples, shape (N, …), numbers or a data set of bytes; or bare bytes of N examples, which are preprocessed as `net.input` says
 * @param options  `views`: of the mean over views of each image
 * @returns     of a classifier probabilities, shape (N, C); rows sum to 1
 * @throws      ShapeError when the rows do not fit the net, or are no images where views are asked for; ArgumentError for bare bytes without `net.input`, and when what the net
 *              computes of a row is NaN or infinite
 * @example     const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2, weightScale: 0 }))
 *              predict(model, model.init(), ones([1, 4])).data   // Float32Array [0.5, 0.5]
 */
export function predict<Y>(net: TrainedNet<Y>, rows: Rows | Uint8Array, options?: ViewsOptions): Tensor
/**
 * The same of a model and weights for it
 *
 * @param model    what computes
 * @param weights  what it computes with
 * @param rows     examples, shape (N, …), numbers or a data set of bytes
 * @param options  `views`: of the mean over views of each image
 * @returns        of a classifier probabilities, shape (N, C); rows sum to 1
 * @throws         ShapeError when the rows do not fit the net; ArgumentError when what the net computes of a row is NaN or infinite
 */
export function predict<Y>(model: Model<Y>, weights: Weights, rows: Rows, options?: ViewsOptions): Tensor
export function predict<Y>(
  net: TrainedNet<Y> | Model<Y>,
  ...given: readonly [Rows | Uint8Array, ViewsOptions?] | readonly [Weights, Rows, ViewsOptions?]
): Tensor {
  if (typeof net !== 'object' || net === null)
    throw new ArgumentError(`predict: net must be of loadNet, or a model, but got ${shown(net)}`)
  if ('model' in net) return predicted(net, given[0] as Rows | Uint8Array, given[1] as ViewsOptions | undefined)
  const [weights, rows, options] = given as readonly [Weights, Rows, ViewsOptions?]
  return predicted({ model: net, weights }, rows, options)
}
