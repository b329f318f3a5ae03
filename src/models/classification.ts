import {
  ArgumentError,
  completed,
  fraction,
  type Given,
  isListOf,
  oneOf,
  positive,
  type Requirement,
  requirement,
  ShapeError,
  withDefault,
} from '../errors/index.ts'
import { temporary } from '../kernels/index.ts'
import { softmaxLoss, softTargetLoss, svmLoss } from '../layers/index.ts'
import { precisionRecall } from '../metrics/index.ts'
import {
  argmaxRows,
  type Dtype,
  dtypeOf,
  formatShape,
  gather,
  type Labels,
  labelsBelow,
  labelsOf,
  type Shape,
  type Tensor,
  tensor,
} from '../tensor/index.ts'
import { checking, type Task } from './task.ts'

const losses = { softmax: softmaxLoss, svm: svmLoss } as const

/** What a loss of `classification` is called. @useDeclaredType */
export type ClassificationLoss = keyof typeof losses

export const lossNames = Object.keys(losses) as ClassificationLoss[]

const weightsOfClasses: Requirement<readonly number[] | 'balanced'> = requirement(
  "'balanced', or a list with a number > 0 for each class",
  (v) => v === 'balanced' || (isListOf(v, positive.holds) && v.length > 0),
)

/** What `classification` may be told. */
const classificationOptions = {
  /** 'softmax', the cross entropy of the scores' softmax, or 'svm', the multiclass hinge loss; 'softmax' unless given. */
  loss: withDefault('softmax', oneOf(lossNames)),
  /** ε in [0, 1): the label counts 1 − ε, and ε is spread over all classes; 0 unless given. Of 'softmax' only. */
  labelSmoothing: withDefault(0, fraction),
  /**
   * How much an example counts, by its class: a number > 0 for each, or 'balanced', N/(C·Nᵢ) of the training labels; 1 unless given.
   * Of 'softmax' only.
   */
  classWeights: weightsOfClasses,
}

/** The options of `classification`. @interface */
export type ClassificationOptions = Given<typeof classificationOptions>

/**
 * N/(C·Nᵢ) for each class i, where C classes are there: rare ones count more, so that each counts the same in all
 *
 * @param y           N labels
 * @param numClasses  how many weights
 * @returns           the weights; 1 for a class that is not there
 * @throws            ShapeError for a label that is no class, ArgumentError when numClasses is no integer ≥ 1
 * @example           balancedWeights([0, 0, 0, 1], 2)   // [0.6666666666666666, 2]
 * @see               scikit-learn's compute_class_weight
 */
export const balancedWeights = (y: Labels, numClasses: number): number[] => {
  const labels = labelsOf('balancedWeights', y, numClasses)
  const counts = new Array<number>(numClasses).fill(0)
  for (const label of labels) counts[label] = (counts[label] as number) + 1
  const present = counts.filter((n) => n > 0).length
  return counts.map((n) => (n === 0 ? 1 : labels.length / (present * n)))
}

const checkedLabels = (
  name: string,
  y: Labels,
  rows: number,
  [classes = 0, ...more]: Shape,
  weights: ClassificationOptions['classWeights'],
): Int32Array => {
  if (more.length > 0 || classes === 0) {
    throw new ShapeError(
      `${name}: classes need one score each, so outputs of shape (C,), but the net makes ${formatShape([classes, ...more])} of an example; end it with affine(C)`,
    )
  }
  if (classes === 1) {
    throw new ShapeError(
      `${name}: the net has 1 output, and with one class every answer is right; give it an output for each class, so 2 where the answer is yes or no, or use binary(); numbers to be predicted are the targets of regression()`,
    )
  }
  if (Array.isArray(weights) && weights.length !== classes) {
    throw new ShapeError(
      `classification: classWeights has ${weights.length} weights, but the net has ${classes} classes; give one for each, or 'balanced'`,
    )
  }
  const labels = labelsBelow(name, y, classes, `the net has ${classes} outputs`)
  if (labels.length !== rows) {
    throw new ShapeError(`${name} has ${labels.length} labels for ${rows} rows; each example needs one label`)
  }
  return labels
}

/** Row y holds the targets of an example of class y: w_y·(1 − ε) at y, and w_c·ε/C at each c. */
const targetTable = (weights: readonly number[], smoothing: number, dtype: Dtype): Tensor => {
  const classes = weights.length
  const rows = weights.map((own, y) =>
    weights.map((w, c) => (w * smoothing) / classes + (c === y ? own * (1 - smoothing) : 0)),
  )
  return tensor([classes, classes], rows.flat(), dtype)
}

/** Cross entropy with weights of classes and smoothed labels; the mean counts an example as its class does. */
const weightedSoftmax = (given: readonly number[] | undefined, smoothing: number): Task<Labels>['loss'] => {
  let table: Tensor | undefined
  return (out, y) => {
    const classes = out.shape[1] ?? 0
    const labels = labelsBelow('classification', y, classes, `there are ${classes} scores a row`)
    const weights = given ?? new Array<number>(classes).fill(1)
    if (table?.shape[0] !== classes || dtypeOf(table) !== dtypeOf(out)) {
      table = targetTable(weights, smoothing, dtypeOf(out))
    }
    let total = 0
    for (const label of labels) total += weights[label] as number
    return softTargetLoss(out, gather(table, labels), total)
  }
}

const unfitted: Task<Labels>['loss'] = () => {
  throw new ArgumentError(
    "classification: 'balanced' weights are those of all training labels, which train and solve know; in a loop of your own give classWeights: balancedWeights(y, numClasses)",
  )
}

const lossOf = ({
  loss = 'softmax',
  labelSmoothing = 0,
  classWeights,
}: ClassificationOptions): Task<Labels>['loss'] => {
  if (classWeights === 'balanced') return unfitted
  if (classWeights === undefined && labelSmoothing === 0) return losses[loss]
  return weightedSoftmax(classWeights, labelSmoothing)
}

const checkedOptions = (options: ClassificationOptions) => {
  const known = completed('classification', options, classificationOptions)
  const odd = known.loss === 'svm' && (known.classWeights ?? (known.labelSmoothing === 0 ? undefined : 1))
  if (!odd) return known
  const name = known.classWeights === undefined ? 'labelSmoothing' : 'classWeights'
  throw new ArgumentError(
    `classification: ${name} belongs to the loss 'softmax', but loss is 'svm'; leave one of them out`,
  )
}

const count = (predicted: Int32Array, y: Int32Array): number => {
  let right = 0
  for (let i = 0; i < y.length; i++) if (predicted[i] === y[i]) right++
  return right
}

/**
 * One of C classes: the loss of the scores, and accuracy, the share of rows whose highest score is that of their label
 *
 * Labels are class indices from 0 to C − 1, or one-hot rows.
 *
 * @param options  `loss`, `labelSmoothing`, `classWeights`, where the defaults are not what is wanted
 * @throws         ArgumentError for an option that does not fit
 * @example        classification({ loss: 'svm' }).score.name   // 'accuracy'
 * @see            https://cs231n.github.io/linear-classify/; Szegedy et al., "Rethinking the Inception architecture", 2015; PyTorch's CrossEntropyLoss
 */
export const classification = (options: ClassificationOptions = {}): Task<Labels, Int32Array> => {
  const known = checkedOptions(options)
  const { loss, labelSmoothing, classWeights } = known
  // What is not asked for is not in the spec: that of a plain classification is the one it always was.
  const spec = {
    type: 'classification',
    loss,
    ...(labelSmoothing > 0 && { labelSmoothing }),
    ...(classWeights && { classWeights: classWeights === 'balanced' ? classWeights : [...classWeights] }),
  }
  return {
    spec,
    link: 'softmax',
    check: (name, y, rows, outShape) => checking(() => checkedLabels(name, y, rows, outShape, classWeights)),
    take: (y, rows) => {
      const taken = temporary('int32', rows.length)
      for (let i = 0; i < rows.length; i++) taken[i] = y[rows[i] as number] as number
      return taken
    },
    loss: lossOf(known),
    score: {
      name: 'accuracy',
      better: 'higher',
      of: (out, y) => count(argmaxRows(out), y) / y.length,
    },
    metrics: (out, y) => {
      const { macro } = precisionRecall(argmaxRows(out), y, out.shape[1] ?? 0)
      return { macroPrecision: macro.precision, macroRecall: macro.recall, macroF1: macro.f1 }
    },
    ...(classWeights === 'balanced' && {
      fitted: (y: Int32Array, [classes = 0]: Shape) => ({
        ...classification({ ...known, classWeights: balancedWeights(y, classes) }),
        spec,
      }),
    }),
  }
}
