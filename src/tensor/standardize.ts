import * as E from 'fp-ts/lib/Either.js'
import { OptionError, ShapeError } from '../errors/index.ts'
import { firstBadRow } from './finite.ts'
import { type Input, inputOf, standardizedBy } from './input.ts'
import { checkRows, isBytes, type Rows, rowCount } from './rows.ts'
import { formatShape, sizeOf } from './tensor.ts'

/** Examples whose columns have mean 0 and standard deviation 1, and how others become like them. */
export interface Standardized<X extends Rows = Rows> {
  /** The examples. */
  readonly x: X
  /** What `saveNet` keeps, so that `predict` takes raw examples. */
  readonly input: Input
  /** The same of other examples, e.g. those to validate with: with the means and scales of the first. */
  transform(rows: X): X
}

interface Columns {
  readonly mean: Float64Array
  readonly scale: Float64Array
}

/** Mean and 1/standard deviation of each column, 1 where all are equal but for rounding. */
const columnsOf = ({ data }: Rows, rows: number, size: number): Columns => {
  const mean = new Float64Array(size)
  const variance = new Float64Array(size)
  for (let i = 0; i < data.length; i++) mean[i % size] = (mean[i % size] as number) + (data[i] as number) / rows
  for (let i = 0; i < data.length; i++) {
    const d = (data[i] as number) - (mean[i % size] as number)
    variance[i % size] = (variance[i % size] as number) + (d * d) / rows
  }
  const scale = variance.map((v, j) => {
    const rounding = rows * Number.EPSILON * v + (rows * (mean[j] as number) * Number.EPSILON) ** 2
    return v <= rounding ? 1 : 1 / Math.sqrt(v)
  })
  return { mean, scale }
}

/** Bytes stay bytes, with other means and scales. */
const asRows = <X extends Rows>(x: X, { mean, scale }: Columns): Standardized<X> => {
  const shape = x.shape.slice(1)
  if (!isBytes(x)) {
    const input = { type: 'numbers', shape, mean, scale } as const
    const transform = (rows: X): X => standardizedBy('standardize: transform', input, rows as never) as X
    return { x: transform(x), input, transform }
  }
  const own = { mean: Float32Array.from(mean), scale: Float32Array.from(scale) }
  const transform = (rows: X): X => {
    if (isBytes(rows) && sizeOf(rows.shape.slice(1)) === mean.length) return { ...rows, ...own }
    throw new ShapeError(
      `standardize: transform: rows must be bytes of shape (N, ${shape.join(', ')}), but have shape ${formatShape(rows.shape)}`,
    )
  }
  const standardized = transform(x)
  return { x: standardized, input: inputOf(standardized), transform }
}

/**
 * (x − mean)/standard deviation, column by column: what nets learn from best, of whatever units the numbers were
 *
 * Means and scales are those of the training examples; `transform` and a saved net use the same for others. A column whose values are
 * all equal becomes 0.
 *
 * @param xTrain  training examples, shape (N, …); bytes stay bytes, and get other means and scales
 * @returns       { x, input, transform }; left(OptionError) when there are no rows, or one holds a NaN or an infinity
 * @example       orThrow(standardize(tensor([[1, 5], [3, 5]]))).x.data   // Float32Array [-1, 0, 1, 0]
 * @see           scikit-learn's StandardScaler
 */
export const standardize = <X extends Rows>(xTrain: X): E.Either<OptionError, Standardized<X>> => {
  const refuse = (why: string) => E.left(new OptionError(why))
  try {
    checkRows('standardize', xTrain)
  } catch (reason) {
    return refuse(E.toError(reason).message)
  }
  const rows = rowCount(xTrain)
  if (rows === 0) return refuse(`standardize: there are no rows; the shape is ${formatShape(xTrain.shape)}`)
  const bad = isBytes(xTrain) ? -1 : firstBadRow(xTrain)
  if (bad >= 0) return refuse(`standardize: row ${bad} holds a NaN or an infinity; repair or remove it`)
  return E.right(asRows(xTrain, columnsOf(xTrain, rows, sizeOf(xTrain.shape.slice(1)))))
}
