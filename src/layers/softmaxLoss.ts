import { ShapeError } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, formatShape, type Labels, labelsBelow, shapes, type Tensor } from '../tensor/index.ts'

const contract = shapes('softmaxLoss', 'x: N C')
const softmaxContract = shapes('softmax', 'x: N C')

/** The class indices, after checking that there is one a row, each from 0 to C − 1. */
export const labelsFor = (where: string, x: Tensor, y: Labels, rows: number, classes: number): Int32Array => {
  const labels = labelsBelow(where, y, classes, `there are ${classes} scores a row`)
  if (labels.length !== rows) {
    throw new ShapeError(
      `${where}: x has shape ${formatShape(x.shape)}, so y must have ${rows} labels, but has ${labels.length}`,
    )
  }
  if (rows === 0)
    throw new ShapeError(`${where}: a mean over no rows is not defined; x has shape ${formatShape(x.shape)}`)
  return labels
}

/**
 * loss = (1/N)·Σᵢ (log Σⱼ exp(xᵢⱼ) − xᵢ,yᵢ), dx = (softmax(x) − onehot(y))/N
 *
 * @param x  scores, shape (N, C), N ≥ 1
 * @param y  labels, N class indices from 0 to C − 1 (or one-hot rows)
 * @returns  the mean loss and its gradient, the shape of x
 * @throws   ShapeError when a label is out of range or their number is not N
 * @example  softmaxLoss(zeros([1, 2]), [0])[1].data   // Float32Array [-0.5, 0.5]
 * @see      https://cs231n.github.io/linear-classify/#softmax-classifier
 */
export const softmaxLoss = (x: Tensor, y: Labels): readonly [loss: number, dx: Tensor] => {
  const { N, C } = contract(x)
  const labels = labelsFor('softmaxLoss', x, y, N, C)
  const dx = emptyLike(x)
  const loss = kernelsFor(x.data).softmaxLoss(x.data, labels, dx.data)
  return [loss, dx]
}

/**
 * outᵢⱼ = exp(xᵢⱼ)/Σₖ exp(xᵢₖ), each row after subtracting its maximum
 *
 * @param x  scores, shape (N, C)
 * @returns  probabilities, shape (N, C); rows sum to 1
 * @throws   ShapeError when x has not two axes
 * @example  softmax(zeros([1, 2])).data   // Float32Array [0.5, 0.5]
 * @see      https://cs231n.github.io/linear-classify/#softmax-classifier
 */
export const softmax = (x: Tensor): Tensor => {
  const { C } = softmaxContract(x)
  const out = emptyLike(x)
  kernelsFor(x.data).softmax(x.data, C, out.data)
  return out
}
