import { type GradientCheckOptions, type GradientReport, gradientCheck } from '../layers/index.ts'
import { foldIn, key } from '../random/index.ts'
import { checkModel, checkWeights } from './checkModel.ts'
import type { Batch, Model, Weights } from './model.ts'

/**
 * `gradientCheck` of a whole model: the loss as a function of all its weights, regularization, normalization and dropout included
 *
 * @param model    with dtype: 'float64'
 * @param batch    examples and targets
 * @param weights  where; `model.init()` unless given
 * @throws         ArgumentError for float32
 * @example        gradientCheckModel(orThrow(twoLayerNet({ inputDim: 4, hiddenDim: 3, weightScale: 1, dtype: 'float64' })), { x: linspace(-1, 1, [2, 4], 'float64'), y: [0, 1] }).error < 1e-8   // true
 * @see            `gradientCheck`
 */
export const gradientCheckModel = <Y>(
  model: Model<Y>,
  batch: Batch<NoInfer<Y>>,
  weights?: Weights,
  options: GradientCheckOptions = {},
): GradientReport => {
  checkModel('gradientCheckModel', model)
  const { params: at, state } = weights ?? model.init()
  checkWeights('gradientCheckModel', { params: at, state })
  const lossKey = foldIn(options?.key ?? key(0), 'loss')
  const lossAt = (params: Weights['params']) => model.loss({ params, state }, batch, lossKey)
  return gradientCheck((params) => lossAt(params).loss, at, lossAt(at).grads, options)
}
