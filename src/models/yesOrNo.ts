import { ShapeError } from '../errors/index.ts'
import { logisticLoss } from '../layers/index.ts'
import { areaUnderCurve, multiLabelPrecisionRecall, type PrecisionRecall, precisionRecall } from '../metrics/index.ts'
import {
  binaryLabels,
  formatShape,
  gather,
  isTensor,
  type Labels,
  type Shape,
  type Tensor,
  targetRows,
} from '../tensor/index.ts'
import { targetsBeside } from './regression.ts'
import { checking, type Task } from './task.ts'

/** 1 where an output says yes: its probability is above ½. */
const answers = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map((score) => (score > 0 ? 1 : 0)) })

const asLabels = ({ data }: Tensor): Int32Array => Int32Array.from(data)

/** Share of rows all of whose labels are right. */
const exactMatches = ({ shape, data }: Tensor, y: Tensor): number => {
  const [rows = 0, labels = 0] = shape
  let exact = 0
  for (let i = 0; i < rows; i++) {
    let wrong = 0
    for (let j = i * labels; j < (i + 1) * labels; j++) if (data[j] !== y.data[j]) wrong++
    if (wrong === 0) exact++
  }
  return exact / rows
}

const column = (name: string, y: Labels, rows: number, outShape: Shape): Tensor => {
  if (formatShape(outShape) !== '(1,)') {
    throw new ShapeError(
      `${name}: yes or no needs one output, but the net makes ${formatShape(outShape)} of an example; end it with affine(1), or use classification() or multiLabel()`,
    )
  }
  const labels = binaryLabels(name, y)
  if (labels.length !== rows) {
    throw new ShapeError(`${name} has ${labels.length} labels for ${rows} rows; each example needs one label`)
  }
  return { shape: [rows, 1], data: Float32Array.from(labels) }
}

const matrix = (name: string, y: Tensor, rows: number, outShape: Shape): Tensor => {
  if (outShape.length !== 1) {
    throw new ShapeError(
      `${name}: each label needs one output, so outputs of shape (K,), but the net makes ${formatShape(outShape)} of an example; end it with affine(K)`,
    )
  }
  const [labels = 0] = outShape
  const targets = targetRows(name, y, rows, outShape, `the net has ${labels} outputs`)
  const odd = targets.data.findIndex((v) => v !== 0 && v !== 1)
  if (odd < 0) return targets
  throw new ShapeError(
    `${name}: a label is 1 where the example has it and else 0, but row ${Math.floor(odd / labels)} has ${targets.data[odd]} as label ${odd % labels}; numbers to be predicted are the targets of regression()`,
  )
}

/**
 * Yes or no, by one output: the logistic loss, and accuracy, where a probability above ½ is a yes
 *
 * Labels are 1 for yes and 0 for no: N of them, or a column (N, 1). `predict` gives the probability of yes, shape (N, 1).
 *
 * @example  binary().link   // 'sigmoid'
 * @see      `logisticLoss`; https://cs231n.github.io/neural-networks-2/#losses
 */
export const binary = (): Task<Labels, Tensor> => ({
  spec: { type: 'binary' },
  link: 'sigmoid',
  outputs: 1,
  classes: 2,
  check: (name, y, rows, outShape) => checking(() => column(name, y, rows, outShape)),
  take: (y, rows) => gather(y, rows),
  loss: (out, y) => {
    const targets = isTensor(y) ? y : column('binary', y, out.shape[0] ?? 0, out.shape.slice(1))
    return logisticLoss(out, targetsBeside('binary', out, targets))
  },
  score: {
    name: 'accuracy',
    better: 'higher',
    of: (out, { data }) => answers(out).data.filter((answer, i) => answer === data[i]).length / data.length,
  },
  metrics: (out, y) => {
    const labels = asLabels(y)
    const { precision, recall, f1 } = precisionRecall(asLabels(answers(out)), labels, 2).perClass[1] as PrecisionRecall
    // Without examples of both classes there is no curve.
    return { precision, recall, f1, auc: areaUnderCurve(out.data, labels) ?? Number.NaN }
  },
})

/**
 * Any number of K labels, each yes or no by an output of its own: the mean logistic loss, and F1 of all labels together (micro)
 *
 * Targets are a tensor (N, K), 1 where the example has the label, else 0. `predict` gives the probability of each label, shape (N, K).
 *
 * @example  multiLabel().score.name   // 'f1'
 * @see      `logisticLoss`, `multiLabelPrecisionRecall`
 */
export const multiLabel = (): Task<Tensor> => ({
  spec: { type: 'multiLabel' },
  link: 'sigmoid',
  check: (name, y, rows, outShape) => checking(() => matrix(name, y, rows, outShape)),
  take: (y, rows) => gather(y, rows),
  loss: (out, y) => logisticLoss(out, targetsBeside('multiLabel', out, y)),
  score: {
    name: 'f1',
    label: 'F1',
    better: 'higher',
    of: (out, y) => multiLabelPrecisionRecall(answers(out), y).micro.f1,
  },
  metrics: (out, y) => {
    const { micro, macro } = multiLabelPrecisionRecall(answers(out), y)
    const { precision, recall } = micro
    return { precision, recall, macroF1: macro.f1, exactMatch: exactMatches(answers(out), y) }
  },
})
