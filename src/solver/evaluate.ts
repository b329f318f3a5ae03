import { ArgumentError, isRecord, orThrow, ShapeError, shown } from '../errors/index.ts'
import { scoped } from '../kernels/index.ts'
import type { Model, Weights } from '../models/index.ts'
import {
  allFinite,
  argmaxRows,
  binaryLabels,
  firstBadRow,
  formatShape,
  full,
  gather,
  isBytes,
  isTensor,
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
import { overViews, type Views, type ViewsOptions, viewsOf } from './views.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { min } = Math

/** Bytes of temporaries that a batch of an evaluation may take. */
const MEMORY = 2 ** 25

/** How many rows are evaluated at once: as many as their temporaries leave room for. */
const rowsAtOnce = ({ inShape, outShape, outline, dtype }: Model<unknown>): number => {
  const floats = sizeOf(inShape) + (outline?.floats ?? sizeOf(outShape))
  return Math.max(1, Math.floor(MEMORY / ((dtype === 'float32' ? 4 : 8) * floats)))
}

/** What a model says of a batch, if it is what it must be: one that somebody wrote may say anything. */
const checkedScores = ({ outShape }: Model<unknown>, rows: number, made: Tensor): Tensor => {
  if (isTensor(made) && made.data.length === rows * sizeOf(outShape)) return made
  throw new ShapeError(
    `the model's scores of ${rows} rows must be a tensor of shape ${formatShape([rows, ...outShape])}, but it gave ${isTensor(made) ? formatShape(made.shape) : shown(made)}`,
  )
}

/** What a net computes of all rows, in batches; tells how many rows are done, after each batch but the last. */
export function* evaluating(
  model: Model<unknown>,
  weights: Weights,
  x: Rows,
  scores: (batch: Tensor) => Tensor = (batch) => model.scores(weights, batch),
): Generator<number, Tensor, undefined> {
  const rows = rowCount(x)
  const atOnce = rowsAtOnce(model)
  const size = sizeOf(model.outShape)
  const out = full([rows, ...model.outShape], 0, model.dtype)
  for (let start = 0; start < rows; start += atOnce) {
    const end = min(rows, start + atOnce)
    scoped(() => {
      const made = scores(gather(x, range(start, end), model.dtype))
      out.data.set(checkedScores(model, end - start, made).data, start * size)
    })
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
export const evaluated = (
  where: string,
  model: Model<unknown>,
  weights: Weights,
  x: Rows,
  views?: Views | undefined,
): Tensor => {
  checkNet(where, model, weights, x)
  const scores = (batch: Tensor): Tensor => model.scores(weights, batch)
  const pieces = evaluating(model, weights, x, views && overViews(where, views, model.inShape, scores))
  for (;;) {
    const next = pieces.next()
    if (!next.done) continue
    const fault = outputFault(model, weights, x, next.value)
    if (fault !== undefined) throw new ArgumentError(`${where}: ${fault}`)
    return next.value
  }
}

/** How many classes a model tells apart; throws for one that predicts something else. */
const classesOf = (where: string, { task, outShape }: Model<unknown>): number => {
  const classes = task.classes ?? outShape[0] ?? 0
  if (task.link === 'softmax' || (task.link === 'sigmoid' && classes !== outShape[0])) return classes
  throw new ArgumentError(
    `${where}: an example has one class in classification() and binary(), but this net is trained for something else; use predict and evaluate`,
  )
}

/** The highest score, or where one output says yes or no, yes above 0. */
const classesFrom = (out: Tensor): Int32Array =>
  out.shape[1] === 1 ? Int32Array.from(out.data, (score) => (score > 0 ? 1 : 0)) : argmaxRows(out)

/**
 * The class with the highest score for each row, in batches; of yes or no 1 where yes has a probability above ½
 *
 * @param x  examples, shape (N, …)
 * @returns  N class indices
 * @throws   ShapeError when the rows do not fit the net; ArgumentError when a score is NaN or infinite, and for a net that predicts no class
 * @example  const model = orThrow(twoLayerNet({ inputDim: 4 }))
 *           classify(model, model.init(), ones([3, 4])).length   // 3
 */
export const classify = (model: Model, weights: Weights, x: Rows): Int32Array => {
  checkNet('classify', model as Model<unknown>, weights, x)
  classesOf('classify', model as Model<unknown>)
  return classesFrom(evaluated('classify', model as Model<unknown>, weights, x))
}

/**
 * Share of rows whose predicted class is their label
 *
 * @param x        examples, shape (N, …)
 * @param y        N labels
 * @param options  `views`: the share that the mean over views has right; a figure to be told beside the one without
 * @returns        a fraction of 1; NaN for no rows
 * @throws         ShapeError when there are not N labels of the net's classes, or the rows do not fit the net or are no images where
 *                 views are asked for; ArgumentError when a score is NaN or infinite; OptionError for other options
 * @example        const model = orThrow(twoLayerNet({ inputDim: 4 }))
 *                 accuracy(model, model.init(), ones([1, 4]), classify(model, model.init(), ones([1, 4])))   // 1
 */
export const accuracy = (model: Model, weights: Weights, x: Rows, y: Labels, options: ViewsOptions = {}): number => {
  const views = viewsOf('accuracy', options)
  checkNet('accuracy', model as Model<unknown>, weights, x)
  const classes = classesOf('accuracy', model as Model<unknown>)
  const outputs = model.outShape[0] ?? 0
  const labels =
    classes === outputs
      ? labelsBelow('accuracy', y, classes, `the net has ${classes} outputs`)
      : binaryLabels('accuracy', y)
  if (labels.length !== rowCount(x)) {
    throw new ShapeError(`accuracy: x has ${rowCount(x)} rows, but y has ${labels.length} labels`)
  }
  return agreement(classesFrom(evaluated('accuracy', model as Model<unknown>, weights, x, views)), labels)
}

/** The mean loss, and scores by name; with views also viewsLoss, and e.g. viewsAccuracy. */
export interface Scores {
  /** The mean loss, without regularization. */
  readonly loss: number
  /** The task's score and metrics. */
  readonly [score: string]: number
}

/** Loss, score and metrics of what a net computed, with checked targets. */
export const measured = ({ task, outShape }: Model<unknown>, out: Tensor, targets: unknown): Scores => {
  const fitted = task.fitted?.(targets, outShape) ?? task
  return {
    loss: fitted.loss(out, targets)[0],
    [task.score.name]: task.score.of(out, targets),
    ...task.metrics?.(out, targets),
  }
}

/**
 * Loss, score and metrics of a model on examples, each of all outputs at once
 *
 * Of classification() accuracy, macroPrecision, macroRecall, macroF1; of binary() accuracy, precision, recall, f1, and auc, NaN where all
 * examples are of one class; of multiLabel() f1, precision, recall, macroF1, exactMatch; of regression() r2, mae, rmse.
 *
 * @param examples.x  shape (N, …)
 * @param examples.y  N targets
 * @param options     `views`: the same figures of the mean over views as well, under names that begin with views
 * @returns           the mean loss, without regularization, the task's score under its name, and its metrics; 'balanced' weights are those of y
 * @throws            OptionError when the targets do not fit, ShapeError when the rows do not; ArgumentError when an output is NaN or infinite
 * @example           const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2, weightScale: 0 }))
 *                    evaluate(model, model.init(), { x: ones([2, 4]), y: [0, 1] })   // { loss: 0.6931471805599453, accuracy: 0.5, macroPrecision: 0.25, macroRecall: 0.5, macroF1: 0.3333333333333333 }
 */
export const evaluate = <Y>(
  model: Model<Y>,
  weights: Weights,
  examples: { readonly x: Rows; readonly y: NoInfer<Y> },
  options: ViewsOptions = {},
): Scores => {
  if (!isRecord(examples)) {
    throw new ArgumentError(`evaluate: examples are { x, y }, but got ${shown(examples)}`)
  }
  const { x, y } = examples
  const views = viewsOf('evaluate', options)
  checkNet('evaluate', model as Model<unknown>, weights, x)
  const { task, outShape } = model
  const targets = orThrow(task.check('evaluate: y', y, rowCount(x), outShape))
  const plain = measured(model as Model<unknown>, evaluated('evaluate', model as Model<unknown>, weights, x), targets)
  if (views === undefined) return plain
  const seen = evaluated('evaluate', model as Model<unknown>, weights, x, views)
  const ofViews = Object.entries(measured(model as Model<unknown>, seen, targets))
  return { ...plain, ...Object.fromEntries(ofViews.map(([name, score]) => [viewsName(name), score])) }
}

/** accuracy ↦ viewsAccuracy */
const viewsName = (name: string): string => `views${name.charAt(0).toUpperCase()}${name.slice(1)}`

const agreement = (predicted: Int32Array, labels: Int32Array): number => {
  let right = 0
  for (let i = 0; i < labels.length; i++) if (predicted[i] === labels[i]) right++
  return right / labels.length
}
