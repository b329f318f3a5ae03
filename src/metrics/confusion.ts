import { ArgumentError, isListOf, nonNegative, ShapeError, shown } from '../errors/index.ts'
import { type Labels, labelsOf } from '../tensor/index.ts'

/** Both as class indices, as many of each. */
export const agreeing = (
  where: string,
  predicted: Labels,
  y: Labels,
  numClasses: number,
): readonly [predicted: Int32Array, labels: Int32Array] => {
  const labels = labelsOf(where, y, numClasses)
  const classes = labelsOf(where, predicted, numClasses)
  if (labels.length !== classes.length) {
    throw new ShapeError(`${where}: ${classes.length} predictions, but ${labels.length} labels`)
  }
  return [classes, labels]
}

/**
 * countᵢⱼ = number of rows of class i that were predicted as class j
 *
 * @param predicted   class indices, e.g. from `classify`
 * @param y           labels, as many
 * @param numClasses  C
 * @returns           C rows of C counts
 * @throws            ShapeError when the numbers differ or a class is out of range, ArgumentError when numClasses is no integer ≥ 1
 * @example           confusionMatrix(new Int32Array([0, 1]), [0, 0], 2)   // [[1, 1], [0, 0]]
 * @see               scikit-learn's confusion_matrix
 */
export const confusionMatrix = (predicted: Labels, y: Labels, numClasses: number): number[][] => {
  const [classes, labels] = agreeing('confusionMatrix', predicted, y, numClasses)
  const counts = Array.from({ length: numClasses }, () => new Array<number>(numClasses).fill(0))
  labels.forEach((label, i) => {
    const row = counts[label] as number[]
    const column = classes[i] as number
    row[column] = (row[column] as number) + 1
  })
  return counts
}

const checkedCounts = <A extends readonly (readonly number[])[]>(confusion: A): A => {
  const isRow = (row: unknown): boolean => isListOf(row, nonNegative.holds) && row.length === confusion.length
  if (isListOf(confusion, isRow)) return confusion
  throw new ArgumentError(
    `perClassAccuracy: confusion must be a square of counts, from confusionMatrix, but got ${shown(confusion)}`,
  )
}

/**
 * Share of each class's rows that were predicted as that class
 *
 * @param confusion  from `confusionMatrix`
 * @returns          C fractions of 1; NaN for a class without rows
 * @example          perClassAccuracy([[1, 1], [0, 2]])   // [0.5, 1]
 */
export const perClassAccuracy = (confusion: readonly (readonly number[])[]): number[] =>
  checkedCounts(confusion).map((row, i) => (row[i] ?? 0) / row.reduce((sum, count) => sum + count, 0))
