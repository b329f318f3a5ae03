import { checkArgument, positive, ShapeError } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, shapes, type Tensor } from '../tensor/index.ts'

const contract = shapes('huberLoss', 'x: ...D, y: ...D')

/**
 * loss = (1/n)·Σ h(x − y), h(d) = ½d² where |d| ≤ δ, else δ·(|d| − ½δ): squares near 0, absolute values far from it
 *
 * @param x      predictions, any shape
 * @param y      targets, as many
 * @param delta  δ > 0, the error from which on an outlier pulls no harder; 1 unless given
 * @returns      the mean and its gradient, dx = clamp(x − y, −δ, δ)/n, the shape of x
 * @throws       ShapeError when the sizes differ or are 0, ArgumentError when δ is no number > 0
 * @example      huberLoss(tensor([2], [1, 4]), tensor([2], [1, 1]))[0]   // 1.25
 * @see          Huber, "Robust estimation of a location parameter", 1964; PyTorch's HuberLoss
 */
export const huberLoss = (x: Tensor, y: Tensor, delta = 1): readonly [loss: number, dx: Tensor] => {
  const { D } = contract(x, y)
  checkArgument('huberLoss', 'delta', delta, positive)
  if (D === 0) throw new ShapeError('huberLoss: a mean over no elements is not defined')
  const dx = emptyLike(x)
  return [kernelsFor(x.data).huberLoss(x.data, y.data, delta, dx.data), dx]
}
