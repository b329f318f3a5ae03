import { type Labels, shapes, type Tensor } from '../tensor/index.ts'
import { labelsFor } from './softmaxLoss.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { log } = Math

const contract = shapes('crossEntropyError', 'p: N C')

/**
 * −(1/N)·Σᵢ log pᵢ,yᵢ
 *
 * For training use `softmaxLoss`, which stays finite where a probability has become 0.
 *
 * @param p  probabilities, shape (N, C), e.g. from `softmax`
 * @param y  labels: N class indices, or one-hot rows of shape (N, C)
 * @returns  the mean; Infinity when a correct class has probability 0
 * @throws   ShapeError when a label is out of range or their number is not N
 * @example  crossEntropyError(full([1, 2], 0.5), [1])   // 0.6931471805599453
 * @see      K. Saito, "Deep Learning from Scratch", chapter 4
 */
export const crossEntropyError = (p: Tensor, y: Labels): number => {
  const { N, C } = contract(p)
  const labels = labelsFor('crossEntropyError', p, y, N, C)
  let sum = 0
  for (let i = 0; i < N; i++) sum -= log(p.data[i * C + (labels[i] as number)] as number)
  return sum / N
}
