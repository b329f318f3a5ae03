import { ShapeError } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, shapes, type Tensor } from '../tensor/index.ts'

const contract = shapes('mseLoss', 'x: ...D, y: ...D')

/**
 * loss = (1/n)·Σ (x − y)² over all n elements, dx = 2·(x − y)/n
 *
 * @param x  predictions, any shape
 * @param y  targets, as many
 * @returns  the mean squared error and its gradient, the shape of x
 * @throws   ShapeError when the sizes differ or are 0
 * @example  mseLoss(tensor([2], [1, 3]), tensor([2], [1, 1]))[0]   // 2
 * @see      PyTorch's MSELoss, reduction 'mean'
 */
export const mseLoss = (x: Tensor, y: Tensor): readonly [loss: number, dx: Tensor] => {
  const { D } = contract(x, y)
  if (D === 0) throw new ShapeError('mseLoss: a mean over no elements is not defined')
  const dx = emptyLike(x)
  const kernels = kernelsFor(x.data)
  kernels.addScaled(x.data, -1, y.data, dx.data)
  const loss = kernels.sumSquares(dx.data) / D
  kernels.scale(dx.data, 2 / D, dx.data)
  return [loss, dx]
}
