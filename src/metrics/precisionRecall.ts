import { ShapeError } from '../errors/index.ts'
import { formatShape, type Labels, type Tensor, targetsOf } from '../tensor/index.ts'
import { agreeing } from './confusion.ts'

/** Of what was found, the share that is right; of what is there, the share that was found; and their harmonic mean. */
export interface PrecisionRecall {
  /** TP / (TP + FP), 0 where nothing was found. */
  readonly precision: number
  /** TP / (TP + FN), 0 where there is nothing to find. */
  readonly recall: number
  /** 2·TP / (2·TP + FP + FN), 0 where there is neither. */
  readonly f1: number
}

/** Of a class, and how many rows it has. */
export interface ClassScores extends PrecisionRecall {
  /** Rows of the class. */
  readonly support: number
}

/** Of each class, and of all together. */
export interface PrecisionRecallReport {
  /** One for each class, in their order. */
  readonly perClass: readonly ClassScores[]
  /** The mean over classes, whatever their size. */
  readonly macro: PrecisionRecall
  /** Of the counts of all classes together; with one label a row all three are the accuracy. */
  readonly micro: PrecisionRecall
}

/** Right, wrongly found and missed, of each class. */
interface Counts {
  readonly right: readonly number[]
  readonly wrong: readonly number[]
  readonly missed: readonly number[]
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole)

const scoresOf = (right: number, wrong: number, missed: number): PrecisionRecall => ({
  precision: share(right, right + wrong),
  recall: share(right, right + missed),
  f1: share(2 * right, 2 * right + wrong + missed),
})

const total = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0)

const reportOf = ({ right, wrong, missed }: Counts): PrecisionRecallReport => {
  const perClass = right.map((count, c) => ({
    ...scoresOf(count, wrong[c] as number, missed[c] as number),
    support: count + (missed[c] as number),
  }))
  const mean = (name: keyof PrecisionRecall): number => total(perClass.map((scores) => scores[name])) / perClass.length
  return {
    perClass,
    macro: { precision: mean('precision'), recall: mean('recall'), f1: mean('f1') },
    micro: scoresOf(total(right), total(wrong), total(missed)),
  }
}

const noCounts = (classes: number): number[][] => Array.from({ length: 3 }, () => new Array<number>(classes).fill(0))

const add = (counts: number[], place: number): void => {
  counts[place] = (counts[place] as number) + 1
}

/**
 * precision = TP/(TP + FP), recall = TP/(TP + FN), F1 = 2·TP/(2·TP + FP + FN): of each class, their mean, and of all counts
 *
 * @param predicted   class indices, e.g. from `classify`
 * @param y           labels, as many
 * @param numClasses  C
 * @returns           { perClass, macro, micro }; what has nothing to divide by is 0
 * @throws            ShapeError when the numbers differ or a class is out of range, ArgumentError when numClasses is no integer ≥ 1
 * @example           precisionRecall([0, 1, 1], [0, 0, 1], 2).perClass[1]   // { precision: 0.5, recall: 1, f1: 0.6666666666666666, support: 1 }
 * @see               scikit-learn's precision_recall_fscore_support
 */
export const precisionRecall = (predicted: Labels, y: Labels, numClasses: number): PrecisionRecallReport => {
  const [classes, labels] = agreeing('precisionRecall', predicted, y, numClasses)
  const [right = [], wrong = [], missed = []] = noCounts(numClasses)
  labels.forEach((label, i) => {
    const found = classes[i] as number
    if (found === label) add(right, label)
    else {
      add(wrong, found)
      add(missed, label)
    }
  })
  return reportOf({ right, wrong, missed })
}

const zeroOrOne = (where: string, what: string, t: Tensor): Tensor => {
  const { shape, data } = targetsOf(where, t, what)
  if (shape.length !== 2) {
    throw new ShapeError(`${where}: ${what} have a row an example, shape (N, K), but these have ${formatShape(shape)}`)
  }
  const odd = data.findIndex((v) => v !== 0 && v !== 1)
  if (odd < 0) return { shape, data }
  throw new ShapeError(
    `${where}: ${what} are 0 or 1, but row ${Math.floor(odd / (shape[1] as number))} has ${data[odd]}; of probabilities take p.data.map((v) => (v > 0.5 ? 1 : 0))`,
  )
}

/**
 * `precisionRecall` where an example has any number of labels: each column for itself, their mean, and all together
 *
 * @param predicted  0 or 1, shape (N, K)
 * @param y          0 or 1, shape (N, K)
 * @returns          { perClass, macro, micro } of K labels
 * @throws           ShapeError when the shapes differ, or something is neither 0 nor 1
 * @example          multiLabelPrecisionRecall(tensor([[1, 0], [1, 1]]), tensor([[1, 1], [0, 1]])).micro.recall   // 0.6666666666666666
 * @see              scikit-learn's precision_recall_fscore_support
 */
export const multiLabelPrecisionRecall = (predicted: Tensor, y: Tensor): PrecisionRecallReport => {
  const where = 'multiLabelPrecisionRecall'
  const [found, there] = [zeroOrOne(where, 'predictions', predicted), zeroOrOne(where, 'labels', y)]
  if (formatShape(found.shape) !== formatShape(there.shape)) {
    throw new ShapeError(
      `${where}: predictions have shape ${formatShape(found.shape)}, but labels ${formatShape(there.shape)}; each needs the other`,
    )
  }
  const [, labels = 0] = there.shape
  const [right = [], wrong = [], missed = []] = noCounts(labels)
  for (let i = 0; i < there.data.length; i++) {
    if (found.data[i] === 1) add(there.data[i] === 1 ? right : wrong, i % labels)
    else if (there.data[i] === 1) add(missed, i % labels)
  }
  return reportOf({ right, wrong, missed })
}
