import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, type Labels, shapes, type Tensor } from '../tensor/index.ts'
import { labelsFor } from './softmaxLoss.ts'

const contract = shapes('svmLoss', 'x: N C')

/**
 * loss = (1/N)·Σᵢ Σ_{j ≠ yᵢ} max(0, xᵢⱼ − xᵢ,yᵢ + 1): the multiclass hinge loss, the correct class's own margin not counted
 *
 * @param x  scores, shape (N, C), N ≥ 1
 * @param y  labels, N class indices from 0 to C − 1 (or one-hot rows)
 * @returns  the mean loss and its gradient, the shape of x
 * @throws   ShapeError when a label is out of range or their number is not N
 * @example  svmLoss(zeros([1, 3]), [0])[0]   // 2
 * @see      Weston & Watkins, 1999; https://cs231n.github.io/linear-classify/#multiclass-support-vector-machine-loss
 */
export const svmLoss = (x: Tensor, y: Labels): readonly [loss: number, dx: Tensor] => {
  const { N, C } = contract(x)
  const labels = labelsFor('svmLoss', x, y, N, C)
  const dx = emptyLike(x)
  const loss = kernelsFor(x.data).svmLoss(x.data, labels, dx.data)
  return [loss, dx]
}
