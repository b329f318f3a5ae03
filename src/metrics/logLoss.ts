import { ShapeError } from '../errors/index.ts'
import {
  binaryLabels,
  dtypeOf,
  formatShape,
  type Labels,
  labelsBelow,
  type Tensor,
  targetsOf,
} from '../tensor/index.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { abs, log, max, min } = Math

const smallest = { float32: 2 ** -23, float64: 2 ** -52 }

/**
 * −(1/N)·Σᵢ log pᵢ,yᵢ of probabilities; of one column, −(1/N)·Σᵢ (yᵢ·log pᵢ + (1 − yᵢ)·log(1 − pᵢ))
 *
 * Probabilities are kept away from 0 and 1 by the rounding of their precision, so one that is wrong and sure costs 16 (of float64 36)
 * and not infinity.
 *
 * @param p  probabilities, e.g. from `predict`: shape (N, C); or (N, 1) or (N,), those of class 1
 * @param y  N labels
 * @returns  the mean; NaN for no rows
 * @throws   ShapeError when a probability is not from 0 to 1, or there are not N labels of the classes
 * @example  logLoss(tensor([[0.25, 0.75], [0.5, 0.5]]), [1, 0])   // 0.4904146265058631
 * @see      scikit-learn's log_loss
 */
export const logLoss = (p: Tensor, y: Labels): number => {
  const { shape, data } = targetsOf('logLoss', p, 'probabilities')
  const [rows = 0, columns = 1, ...more] = shape
  if (more.length > 0) throw new ShapeError(`logLoss: p has shape (N, C) or (N,), but this one ${formatShape(shape)}`)
  const odd = data.findIndex((v) => v < 0 || v > 1)
  if (odd >= 0) {
    throw new ShapeError(
      `logLoss: p are probabilities from 0 to 1, but row ${Math.floor(odd / columns)} has ${data[odd]}; predict gives them, and softmax makes them of scores`,
    )
  }
  const labels =
    columns === 1 ? binaryLabels('logLoss', y) : labelsBelow('logLoss', y, columns, `p has ${columns} columns`)
  if (labels.length !== rows) throw new ShapeError(`logLoss: p has ${rows} rows, but y has ${labels.length} labels`)
  const eps = smallest[dtypeOf(p)]
  let sum = 0
  for (let i = 0; i < rows; i++) {
    const label = labels[i] as number
    const own = columns === 1 ? abs(1 - label - (data[i] as number)) : (data[i * columns + label] as number)
    sum -= log(min(1 - eps, max(eps, own)))
  }
  return sum / rows
}
