import { checkArgument, positive, ShapeError } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, shapes, type Tensor } from '../tensor/index.ts'

const contract = shapes('softTargetLoss', 'x: N C, t: N C')

/**
 * loss = (1/total)·Σᵢⱼ tᵢⱼ·(log Σₖ exp(xᵢₖ) − xᵢⱼ), dx = (softmax(x)·Σⱼ tᵢⱼ − t)/total
 *
 * With one-hot targets it is `softmaxLoss`; other rows smooth labels, mix them, or give examples weights.
 *
 * @param x      scores, shape (N, C), N ≥ 1
 * @param t      targets ≥ 0, shape (N, C): of each class its share of the example; rows need not sum to 1
 * @param total  what the sum is divided by, > 0; N unless given
 * @returns      the loss and its gradient, the shape of x
 * @throws       ShapeError when the shapes differ or N is 0, ArgumentError when total is no number > 0
 * @example      softTargetLoss(zeros([1, 2]), tensor([1, 2], [0.25, 0.75]))[1].data   // Float32Array [0.25, -0.25]
 * @see          PyTorch's CrossEntropyLoss with class probabilities
 */
export const softTargetLoss = (x: Tensor, t: Tensor, total?: number): readonly [loss: number, dx: Tensor] => {
  const { N, C } = contract(x, t)
  if (N === 0) throw new ShapeError('softTargetLoss: a mean over no rows is not defined')
  const by = total ?? N
  checkArgument('softTargetLoss', 'total', by, positive)
  const dx = emptyLike(x)
  return [kernelsFor(x.data).softTargetLoss(x.data, t.data, C, by, dx.data), dx]
}
