import { ArgumentError, isRecord, orThrow, ShapeError, shown } from '../errors/index.ts'
import { scoped } from '../kernels/index.ts'
import type { Model, Weights } from '../models/index.ts'
import {
  allFinite,
  argmaxRows,
  firstBadRow,
  full,
  gather,
  isBytes,
  type Labels,
  labelsBelow,
  type Rows,
  range,
  rowCount,
  sizeOf,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'
import { checkNet } from './checkNet.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { min } = Math

/** Bytes of temporaries that a batch of an evaluation may take. */
const MEMORY = 2 ** 25

/** How many rows are evaluated at once: as many as their temporaries leave room for. */
const rowsAtOnce = ({ inShape, outShape, outline, dtype }: Model<unknown>): number => {
  const floats = sizeOf(inShape) + (outline?.floats ?? sizeOf(outShape))
  return Math.max(1, Math.floor(MEMORY / ((dtype === 'float32' ? 4 : 8) * floats)))
}

/** What a net computes of all rows, in batches; tells how many rows are done, after each batch but the last. */
export function* evaluating(model: Model<unknown>, weights: Weights, x: Rows): Generator<number, Tensor, undefined> {
  const rows = rowCount(x)
  const atOnce = rowsAtOnce(model)
  const size = sizeOf(model.outShape)
  const out = full([rows, ...model.outShape], 0, model.dtype)
  for (let start = 0; start < rows; start += atOnce) {
    const end = min(rows, start + atOnce)
    scoped(() => out.data.set(model.scores(weights, gather(x, range(start, end), model.dtype)).data, start * size))
    if (end < rows) yield end
  }
  return out
}

/** Why what a net computed of rows is no answer, if it is none: the first row with a NaN or an infinity. */
export const outputFault = (
  model: Model<unknown>,
  { params, state }: Weights,
  x: Rows,
  out: Tensor,
): string | undefined => {
  const row = firstBadRow(out)
  if (row < 0) return undefined
  const size = sizeOf(model.outShape)
  const bad = out.data.subarray(row * size, (row + 1) * size).find((v) => !Number.isFinite(v))
  const tensors: Tensors = { ...params, ...state }
  const weight = Object.keys(tensors).find((name) => !allFinite(tensors[name] as Tensor))
  const isRowBad = !isBytes(x) && !allFinite(gather(x, range(row, row + 1)))
  const reason = isRowBad
    ? 'the row itself holds a NaN or an infinity; repair or remove it'
    : weight === undefined
      ? 'its numbers, or the weights, are too large; standardise the inputs, or train with a lower learning rate'
      : `${weight} holds a NaN or an infinity; take weights from before that`
  return `what the net computes of row ${row} holds ${bad}: ${reason}`
}

/**
 * What a net computes of all rows, shape (N, …outShape).
 *
 * @throws  ArgumentError when some of it is NaN or infinite, ShapeError when the rows do not fit the net
 */
export const evaluated = (where: string, model: Model<unknown>, weights: Weights, x: Rows): Tensor => {
  checkNet(where, model, weights, x)
  const pieces = evaluating(model, weights, x)
  for (;;) {
    const next = pieces.next()
    if (!next.done) continue
    const fault = outputFault(model, weights, x, next.value)
    if (fault !== undefined) throw new ArgumentError(`${where}: ${fault}`)
    return next.value
  }
}

/**
 * The class with the highest score for each row, in batches
 *
 * @param x  examples, shape (N, …)
 * @returns  N class indices
 * @throws   ShapeError when the rows do not fit the net; ArgumentError when a score is NaN or infinite
 * @example  const model = orThrow(twoLayerNet({ inputDim: 4 }))
 *           classify(model, model.init(), ones([3, 4])).length   // 3
 */
export const classify = (model: Model, weights: Weights, x: Rows): Int32Array =>
  argmaxRows(evaluated('classify', model as Model<unknown>, weights, x))

/**
 * Share of rows whose predicted class is their label
 *
 * @param x  examples, shape (N, …)
 * @param y  N labels
 * @returns  a fraction of 1; NaN for no rows
 * @throws   ShapeError when there are not N labels of the net's classes or the rows do not fit the net; ArgumentError when a score is
 *           NaN or infinite
 * @example  const model = orThrow(twoLayerNet({ inputDim: 4 }))
 *           accuracy(model, model.init(), ones([1, 4]), classify(model, model.init(), ones([1, 4])))   // 1
 */
export const accuracy = (model: Model, weights: Weights, x: Rows, y: Labels): number => {
  checkNet('accuracy', model as Model<unknown>, weights, x)
  const classes = model.outShape[0] ?? 0
  const labels = labelsBelow('accuracy', y, classes, `the net has ${classes} outputs`)
  if (labels.length !== rowCount(x)) {
    throw new ShapeError(`accuracy: x has ${rowCount(x)} rows, but y has ${labels.length} labels`)
  }
  return agreement(argmaxRows(evaluated('accuracy', model as Model<unknown>, weights, x)), labels)
}

/**
 * Loss and score of a model on examples, e.g. { loss, accuracy }
 *
 * @param examples.x  shape (N, …)
 * @param examples.y  N targets
 * @returns           the mean loss, without regularization, and the task's score under its name
 * @throws            OptionError when the targets do not fit, ShapeError when the rows do not; ArgumentError when an output is NaN or infinite
 * @example           const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2, weightScale: 0 }))
 *                    evaluate(model, model.init(), { x: ones([2, 4]), y: [0, 1] })   // { loss: 0.6931471805599453, accuracy: 0.5 }
 */
export const evaluate = <Y>(
  model: Model<Y>,
  weights: Weights,
  examples: { readonly x: Rows; readonly y: NoInfer<Y> },
): {
  /** The mean loss, without regularization. */
  readonly loss: number
  /** The task's score under its name. */
  readonly [score: string]: number
} => {
  if (!isRecord(examples)) {
    throw new ArgumentError(`evaluate: examples are { x, y }, but got ${shown(examples)}`)
  }
  const { x, y } = examples
  checkNet('evaluate', model as Model<unknown>, weights, x)
  const { task, outShape } = model
  const targets = orThrow(task.check('evaluate: y', y, rowCount(x), outShape))
  const out = evaluated('evaluate', model as Model<unknown>, weights, x)
  return { loss: task.loss(out, targets)[0], [task.score.name]: task.score.of(out, targets) }
}

const agreement = (predicted: Int32Array, labels: Int32Array): number => {
  let right = 0
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) right++
  return right / labels.length
}
