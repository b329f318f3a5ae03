export { batchFault } from './batchFault.ts'
export { buildModel } from './buildModel.ts'
export { checkModel, checkWeights, isModel, isWeights } from './checkModel.ts'
export {
  balancedWeights,
  type ClassificationLoss,
  type ClassificationOptions,
  classification,
} from './classification.ts'
export { type Classifier, type ClassifierOptions, classifier, type ModelOptions, model } from './classifier.ts'
export {
  type Activation,
  type FullyConnectedNet,
  type FullyConnectedNetOptions,
  fullyConnectedNet,
  type Normalization,
  type ResolvedNetOptions,
} from './fullyConnectedNet.ts'
export { gradientCheckModel } from './gradientCheckModel.ts'
export { linked } from './linked.ts'
export type { Batch, LossAndGradients, Model, Weights } from './model.ts'
export { type RegressionLoss, type RegressionOptions, regression } from './regression.ts'
export { saliency } from './saliency.ts'
export { specOf } from './specOf.ts'
export { type Summary, type SummaryRow, summary } from './summary.ts'
export type { Link, Score, Task } from './task.ts'
export {
  type ResolvedConvNetOptions,
  type ThreeLayerConvNet,
  type ThreeLayerConvNetOptions,
  threeLayerConvNet,
} from './threeLayerConvNet.ts'
export { type TwoLayerNetOptions, twoLayerNet } from './twoLayerNet.ts'
export { binary, multiLabel } from './yesOrNo.ts'
