import { ShapeError } from '../errors/index.ts'
import { formatShape, sizeOf, type Targets, targetsOf } from '../tensor/index.ts'

/** Predictions and targets side by side, in columns. */
interface Columns {
  readonly predicted: ArrayLike<number>
  readonly y: ArrayLike<number>
  readonly rows: number
  readonly columns: number
}

const beside = (where: string, predicted: Targets, y: Targets): Columns => {
  const [p, t] = [targetsOf(where, predicted, 'predictions'), targetsOf(where, y)]
  const [rows = 0, ...rest] = t.shape
  const columns = sizeOf(rest)
  if (p.shape[0] !== rows || sizeOf(p.shape.slice(1)) !== columns) {
    throw new ShapeError(
      `${where}: predictions have shape ${formatShape(p.shape)}, but targets ${formatShape(t.shape)}; each needs the other`,
    )
  }
  if (rows * columns === 0) throw new ShapeError(`${where}: a mean over no elements is not defined`)
  return { predicted: p.data, y: t.data, rows, columns }
}

/** The mean over columns of something of the errors of each. */
const meanOfColumns = (
  { predicted, y, rows, columns }: Columns,
  of: (error: (row: number) => number, target: (row: number) => number) => number,
): number => {
  let sum = 0
  for (let j = 0; j < columns; j++) {
    const target = (row: number): number => y[row * columns + j] as number
    sum += of((row) => (predicted[row * columns + j] as number) - target(row), target)
  }
  return rows === 0 ? Number.NaN : sum / columns
}

const meanOf = (rows: number, value: (row: number) => number): number => {
  let sum = 0
  for (let row = 0; row < rows; row++) sum += value(row)
  return sum / rows
}

/**
 * MAE = (1/n)·Σ |predicted − y|
 *
 * @param predicted  N numbers, or a tensor (N, K)
 * @param y          targets, as many
 * @returns          in the units of y, over all n = N·K elements
 * @throws           ShapeError when the numbers differ, are 0, or one is not finite
 * @example          meanAbsoluteError([2.5, 0, 2, 8], [3, -0.5, 2, 7])   // 0.5
 * @see              scikit-learn's mean_absolute_error
 */
export const meanAbsoluteError = (predicted: Targets, y: Targets): number => {
  const both = beside('meanAbsoluteError', predicted, y)
  return meanOfColumns(both, (error) => meanOf(both.rows, (row) => Math.abs(error(row))))
}

/**
 * RMSE = √((1/N)·Σ (predicted − y)²), of several outputs the mean of theirs
 *
 * @param predicted  N numbers, or a tensor (N, K)
 * @param y          targets, as many
 * @returns          in the units of y
 * @throws           ShapeError when the numbers differ, are 0, or one is not finite
 * @example          rootMeanSquaredError([2.5, 0, 2, 8], [3, -0.5, 2, 7])   // 0.6123724356957945
 * @see              scikit-learn's mean_squared_error with squared=False
 */
export const rootMeanSquaredError = (predicted: Targets, y: Targets): number => {
  const both = beside('rootMeanSquaredError', predicted, y)
  return meanOfColumns(both, (error) => Math.sqrt(meanOf(both.rows, (row) => error(row) ** 2)))
}

/**
 * R² = 1 − Σ (predicted − y)²/Σ (y − ȳ)²: the share of the targets' variance that is explained; of several outputs the mean of theirs
 *
 * 1 is perfect, 0 as good as always saying the mean, less is worse. Where all targets of an output are equal, 1 if all are hit, else 0.
 *
 * @param predicted  N numbers, or a tensor (N, K)
 * @param y          targets, as many
 * @returns          at most 1
 * @throws           ShapeError when the numbers differ, are 0, or one is not finite
 * @example          r2Score([2.5, 0, 2, 8], [3, -0.5, 2, 7])   // 0.9486081370449679
 * @see              scikit-learn's r2_score
 */
export const r2Score = (predicted: Targets, y: Targets): number => {
  const both = beside('r2Score', predicted, y)
  return meanOfColumns(both, (error, target) => {
    const mean = meanOf(both.rows, target)
    const left = meanOf(both.rows, (row) => error(row) ** 2)
    const all = meanOf(both.rows, (row) => (target(row) - mean) ** 2)
    return left === 0 ? 1 : all === 0 ? 0 : 1 - left / all
  })
}
