import { ArgumentError, ShapeError, shown } from '../errors/index.ts'
import { checkModel, linked, type Model, type Weights } from '../models/index.ts'
import { areRecords, type Input, preprocessed, type Records, type Rows, type Tensor } from '../tensor/index.ts'
import { evaluated } from './evaluate.ts'
import { type ViewsOptions, viewsOf } from './views.ts'

/** All that is needed to use a net. */
export interface TrainedNet<Y = unknown> {
  /** What computes. */
  readonly model: Model<Y>
  /** What it computes with. */
  readonly weights: Weights
  /** How raw examples are to be preprocessed; without it, the net takes what it was trained on. */
  readonly input?: Input
  /** One for each class; of a regression what each output is called. */
  readonly classNames?: readonly string[]
}

const isRows = (rows: Rows | Records): boolean =>
  areRecords(rows) || (ArrayBuffer.isView((rows as Rows)?.data) && Array.isArray((rows as Rows).shape))

const predicted = <Y>(
  { model, weights, input }: TrainedNet<Y>,
  rows: Rows | Uint8Array | Records,
  options: ViewsOptions = {},
): Tensor => {
  const views = viewsOf('predict', options)
  checkModel('predict', model)
  if (!(rows instanceof Uint8Array) && !isRows(rows)) {
    throw new ShapeError(
      `predict: rows must be a tensor or bytes of shape (N, …), or a Uint8Array, but got ${shown(rows)}; tensor(shape, values) makes one`,
    )
  }
  const x = preprocessed('predict', input, rows)
  return linked(model.task.link, evaluated('predict', model as Model<unknown>, weights, x, views))
}

/**
 * link(scores(xᵢ)): what the net says of example i, in evaluation mode: probabilities, or the numbers of a regression
 *
 * @param net      from `loadNet`, or a record of a model and its weights
 * @param rows     examples, shape (N, …), numbers or a data set of bytes; or bare bytes of N examples. What `net.input` says is done to
 *                 bare bytes, and where it is of `standardize` to numbers, which are raw ones then; or records, where it keeps the columns
 *                 of a table
 * @param options  `views`: of the mean over views of each image
 * @returns        of a classifier probabilities, shape (N, C), whose rows sum to 1; of yes or no the probability of yes, (N, 1); of a
 *                 regression the numbers
 * @throws         ShapeError when the rows do not fit the net, or are no images where views are asked for; ArgumentError for bare bytes
 *                 without `net.input`, and when what the net computes of a row is NaN or infinite
 * @example        const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2, weightScale: 0 }))
 *                 predict(model, model.init(), ones([1, 4])).data   // Float32Array [0.5, 0.5]
 */
export function predict<Y>(net: TrainedNet<Y>, rows: Rows | Uint8Array | Records, options?: ViewsOptions): Tensor
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
  ...given: readonly [Rows | Uint8Array | Records, ViewsOptions?] | readonly [Weights, Rows, ViewsOptions?]
): Tensor {
  if (typeof net !== 'object' || net === null)
    throw new ArgumentError(`predict: net must be of loadNet, or a model, but got ${shown(net)}`)
  if ('model' in net) {
    const [rows, options] = given as readonly [Rows | Uint8Array | Records, ViewsOptions?]
    return predicted(net, rows, options)
  }
  const [weights, rows, options] = given as readonly [Weights, Rows, ViewsOptions?]
  return predicted({ model: net, weights }, rows, options)
}
