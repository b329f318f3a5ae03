import { checkArgument, isRecord, requirement, ShapeError, shown } from '../errors/index.ts'
import {
  checkRows,
  gather,
  isNumberArray,
  isTensor,
  type Rows,
  rowCount,
  selectRows,
  type Targets,
} from '../tensor/index.ts'
import type { Data } from './data.ts'

/** Examples to train on, and examples to validate with. */
export interface Split<X extends Rows, Y> extends Data<Y> {
  /** Examples to train on. */
  readonly xTrain: X
  /** Examples to validate with. */
  readonly xVal: X
  /** A target for each. */
  readonly yVal: Y
}

/** Rows to train on, and rows to validate with. */
export interface Fold {
  /** Rows to train on, in ascending order. */
  readonly train: Int32Array
  /** Rows to validate with, in ascending order. */
  readonly val: Int32Array
}

export const countOf = (y: Targets): number => (isTensor(y) ? (y.shape[0] ?? 0) : y.length)

/** Some of the targets, in the form that they have. */
const selected = <Y extends Targets>(y: Y, rows: Int32Array): Y => {
  if (isTensor(y)) return gather(y, rows) as unknown as Y
  const list = y as ArrayLike<number>
  const values = Array.from(rows, (row) => list[row] as number)
  if (!isNumberArray(y)) return values as unknown as Y
  const Kind = y.constructor as Float32ArrayConstructor
  return Kind.from(values) as unknown as Y
}

/** The rows of each class, by its index, lowest first. */
export const rowsByClass = (labels: Int32Array): ReadonlyMap<number, readonly number[]> => {
  const classes = new Map<number, number[]>()
  labels.forEach((label, row) => {
    const own = classes.get(label)
    if (own === undefined) classes.set(label, [row])
    else own.push(row)
  })
  return new Map([...classes].sort(([a], [b]) => a - b))
}

const someExamples = requirement('examples and their targets, { x, y }', (v) => isRecord(v) && 'x' in v && 'y' in v)
const aFold = requirement(
  'row numbers, { train, val }, e.g. of folds',
  (v) => isRecord(v) && 'train' in v && 'val' in v,
)

/**
 * The examples of a fold: some rows to train on, others to validate with
 *
 * @param examples  inputs, shape (N, …), and their labels or targets; bytes stay bytes, and targets keep their form
 * @param fold      { train, val }, row numbers, e.g. one of `folds`
 * @returns         { xTrain, yTrain, xVal, yVal }, in the order of the row numbers
 * @throws          ShapeError for a row that is not there, or when there are not as many targets as rows; ArgumentError for what are no examples
 *                  or no fold
 * @example         const examples = { x: linspace(0, 3, [4, 1]), y: [0, 1, 0, 1] }
 *                  splitRows(examples, { train: new Int32Array([0, 1, 3]), val: new Int32Array([2]) }).yTrain   // [0, 1, 1]
 */
export const splitRows = <X extends Rows, Y extends Targets>(
  examples: { readonly x: X; readonly y: Y },
  fold: Fold,
): Split<X, Y> => {
  checkArgument('splitRows', 'examples', examples, someExamples)
  checkArgument('splitRows', 'fold', fold, aFold)
  const { x, y } = examples
  const { train, val } = fold
  checkRows('splitRows: x', x)
  if (!isTensor(y) && !Array.isArray(y) && !isNumberArray(y)) {
    throw new ShapeError(`splitRows: y must be a list, a typed array or a tensor, but got ${shown(y)}`)
  }
  if (countOf(y) !== rowCount(x)) {
    throw new ShapeError(
      `splitRows: x has ${rowCount(x)} rows, but y has ${countOf(y)} targets; each example needs one`,
    )
  }
  return {
    xTrain: selectRows(x, train) as X,
    yTrain: selected(y, train),
    xVal: selectRows(x, val) as X,
    yVal: selected(y, val),
  }
}
