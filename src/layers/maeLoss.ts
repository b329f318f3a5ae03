import { ShapeError } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, shapes, type Tensor } from '../tensor/index.ts'

const contract = shapes('maeLoss', 'x: ...D, y: ...D')

/**
 * loss = (1/n)·Σ |x − y| over all n elements, dx = sign(x − y)/n, 0 where they are equal
 *
 * @param x  predictions, any shape
 * @param y  targets, as many
 * @returns  the mean absolute error and its gradient, the shape of x
 * @throws   ShapeError when the sizes differ or are 0
 * @example  maeLoss(tensor([2], [1, 3]), tensor([2], [1, 1]))[0]   // 1
 * @see      PyTorch's L1Loss, reduction 'mean'
 */
export const maeLoss = (x: Tensor, y: Tensor): readonly [loss: number, dx: Tensor] => {
  const { D } = contract(x, y)
  if (D === 0) throw new ShapeError('maeLoss: a mean over no elements is not defined')
  const dx = emptyLike(x)
  return [kernelsFor(x.data).maeLoss(x.data, y.data, dx.data), dx]
}
