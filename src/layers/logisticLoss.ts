import { ShapeError } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, shapes, type Tensor } from '../tensor/index.ts'

const contract = shapes('logisticLoss', 'x: ...D, t: ...D')

/**
 * loss = (1/n)·Σ (log(1 + eˣ) − t·x) = −(1/n)·Σ (t·log p + (1 − t)·log(1 − p)) with p = sigmoid(x); dx = (p − t)/n
 *
 * @param x  scores (logits), any shape
 * @param t  targets from 0 to 1, as many: 1 for yes, 0 for no
 * @returns  the mean over all n elements and its gradient, the shape of x; finite for any scores
 * @throws   ShapeError when the sizes differ or are 0
 * @example  logisticLoss(zeros([2]), tensor([2], [0, 1]))[1].data   // Float32Array [0.25, -0.25]
 * @see      PyTorch's BCEWithLogitsLoss, reduction 'mean'
 */
export const logisticLoss = (x: Tensor, t: Tensor): readonly [loss: number, dx: Tensor] => {
  const { D } = contract(x, t)
  if (D === 0) throw new ShapeError('logisticLoss: a mean over no elements is not defined')
  const dx = emptyLike(x)
  return [kernelsFor(x.data).logisticLoss(x.data, t.data, dx.data), dx]
}
