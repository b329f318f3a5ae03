import { orThrow } from '../../errors/index.ts'
import { meanAbsoluteError, multiLabelPrecisionRecall, r2Score, rootMeanSquaredError } from '../../metrics/index.ts'
import { linked, type Model, type Weights } from '../../models/index.ts'
import { evaluated, measured, type Scores } from '../../solver/index.ts'
import { classIndices, type Labels, type Rows, rowCount, sizeOf, type Tensor } from '../../tensor/index.ts'
import { percent, short } from '../page/numbers.ts'
import { examineClasses } from './examine.ts'
import { distribution } from './histogram.ts'
import type { ImageShape } from './pictures.ts'
import { pick } from './probe.ts'
import type { Fact, LabelsTest, NumbersTest, OutputRecord, TestRecord } from './record.ts'

/** Examples that were not trained on, and their labels or targets. */
export interface TestSet<Y = Labels> {
  /** The examples. */
  readonly x: Rows
  /** Their labels or targets. */
  readonly y: Y
}

const MOST_OUTPUTS = 4
const MOST_POINTS = 600

const factsOf = (scores: Scores): Fact[] =>
  Object.entries(scores).map(([name, value]) => [name, name === 'accuracy' ? percent(value, 2) : short(value, 4)])

const columnOf = ({ shape, data }: Tensor, column: number, columns: number): Float64Array =>
  Float64Array.from({ length: shape[0] ?? 0 }, (_, row) => data[row * columns + column] as number)

const outputOf = (name: string, predicted: Float64Array, truth: Float64Array): OutputRecord => {
  const rows = pick(Array.from(truth.keys()), MOST_POINTS)
  const errors = predicted.map((value, row) => value - (truth[row] as number))
  const residuals = distribution(name, 'activations', errors, errors)
  return {
    name,
    r2: r2Score(predicted, truth),
    mae: meanAbsoluteError(predicted, truth),
    rmse: rootMeanSquaredError(predicted, truth),
    points: rows.map((row) => [truth[row] as number, predicted[row] as number]),
    ...(residuals && { residuals }),
  }
}

const numbersTest = (out: Tensor, y: Tensor, names: readonly string[]): Pick<NumbersTest, 'outputs' | 'numOutputs'> => {
  const columns = sizeOf(out.shape.slice(1))
  return {
    numOutputs: columns,
    outputs: Array.from({ length: Math.min(columns, MOST_OUTPUTS) }, (_, i) =>
      outputOf(
        names[i] ?? (columns === 1 ? '' : `output ${i + 1}`),
        columnOf(out, i, columns),
        columnOf(y, i, columns),
      ),
    ),
  }
}

const labelsTest = (out: Tensor, y: Tensor, names: readonly string[]): Pick<LabelsTest, 'labels'> => {
  const found = { shape: out.shape, data: out.data.map((score) => (score > 0 ? 1 : 0)) }
  const { perClass } = multiLabelPrecisionRecall(found, y)
  return { labels: perClass.map((scores, i) => ({ ...scores, name: names[i] ?? String(i) })) }
}

/** What a net does with examples it has not seen, in the way of its task. */
export const examineTest = (
  model: Model<unknown>,
  weights: Weights,
  { x, y }: TestSet<unknown>,
  image: ImageShape | undefined,
  names: readonly string[] = [],
): TestRecord => {
  const { task, outShape } = model
  const targets = orThrow(task.check('recorder: finish: test.y', y, rowCount(x), outShape))
  const out = evaluated('recorder', model, weights, x)
  const scores = measured(model, out, targets)
  const common = { rows: rowCount(x), metrics: factsOf(scores) }
  const score = scores[task.score.name] as number
  if (task.link === 'identity')
    return { ...common, kind: 'numbers', score, ...numbersTest(out, targets as Tensor, names) }
  if (task.link === 'sigmoid' && task.classes === undefined) {
    return { ...common, kind: 'labels', score, ...labelsTest(out, targets as Tensor, names) }
  }
  const labels = task.link === 'softmax' ? classIndices(targets as Labels) : Int32Array.from((targets as Tensor).data)
  return { ...common, ...examineClasses(model, weights, x, labels, linked(task.link, out), image, names) }
}
