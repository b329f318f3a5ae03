import { ArgumentError, ShapeError, shown } from '../errors/index.ts'
import { evaluationOf } from '../layers/index.ts'
import { dtypeOf, isTensor, type Labels, labelsBelow, type Tensor, zeros } from '../tensor/index.ts'
import { checkModel, checkWeights } from './checkModel.ts'
import { examplesOf } from './classifier.ts'
import type { Model, Weights } from './model.ts'

const ROUNDING = 1e-3 // of the largest score: what float32 may make of the same sums in another order

/** Throws where a layer of the user's own does something else in training and does not say what evaluation is. */
const checkSame = (trained: Tensor, evaluated: Tensor): void => {
  let largest = 1
  let difference = 0
  for (let i = 0; i < evaluated.data.length; i++) {
    largest = Math.max(largest, Math.abs(evaluated.data[i] as number))
    difference = Math.max(difference, Math.abs((trained.data[i] as number) - (evaluated.data[i] as number)))
  }
  if (difference > ROUNDING * largest) {
    throw new ArgumentError(
      `saliency: a layer of your own computes something else in training than in evaluation, so that scores differ by ${difference.toPrecision(3)}; give it inEvaluation(), a layer whose forward is its predict`,
    )
  }
}

/**
 * |∂score/∂x|: how much each number of an example counts for the score of a class
 *
 * In evaluation mode: running statistics, no dropout. What people look at is its largest value over the channels of each pixel.
 *
 * @param model    a classifier that shows its net
 * @param weights  from `init` or a result
 * @param x        examples, shape (N, …), a batch of a size that a training step could take
 * @param y        of each example the class whose score it is, e.g. its label
 * @returns        the shape of x, numbers ≥ 0
 * @throws         ShapeError for examples or classes that do not fit the net, ArgumentError for a model without a net
 * @example        const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2 }))
 *                 saliency(model, model.init(), ones([1, 4]), [0]).shape   // [1, 4]
 * @see            Simonyan, Vedaldi & Zisserman, "Deep inside convolutional networks", 2013; cs231n, assignment 3, network visualization
 */
export const saliency = (model: Model, weights: Weights, x: Tensor, y: Labels): Tensor => {
  checkModel('saliency', model)
  checkWeights('saliency', weights)
  const { params, state } = weights
  const { net, inShape, outShape, dtype } = model
  if (net === undefined) {
    throw new ArgumentError('saliency: the model has no net; make it with classifier(net, { inShape })')
  }
  const [classes = 0, ...more] = outShape
  if (more.length > 0) throw new ShapeError('saliency: the net must make a score for each class, shape (C,)')
  const examples = examplesOf(x, inShape, dtype, 'saliency')
  const rows = examples.shape[0] as number
  const labels = labelsBelow('saliency', y, classes, `the net has ${classes} outputs`)
  if (labels.length !== rows) {
    throw new ShapeError(`saliency: y has ${labels.length} classes for ${rows} examples; each needs one`)
  }
  const evaluation = evaluationOf(net)
  const made: unknown = evaluation.forward(examples, { ...params, ...state }, [0, 0])
  if (!Array.isArray(made) || !isTensor(made[0])) {
    throw new ArgumentError(`saliency: forward of the net must give [out, cache], but gave ${shown(made)}`)
  }
  const [scores, cache] = made
  checkSame(scores, net.predict(examples, params, state))
  const chosen = zeros(scores.shape, dtypeOf(scores))
  for (let i = 0; i < rows; i++) chosen.data[i * classes + (labels[i] as number)] = 1
  const [dx] = evaluation.backward(chosen, cache)
  return { shape: x.shape, data: dx.data.map(Math.abs) }
}
