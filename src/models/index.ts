export { type Classifier, type ClassifierOptions, classifier, type Loss } from './classifier.ts'
export {
  type Activation,
  type FullyConnectedNet,
  type FullyConnectedNetOptions,
  fullyConnectedNet,
  type Normalization,
  type ResolvedNetOptions,
} from './fullyConnectedNet.ts'
export { gradientCheckModel } from './gradientCheckModel.ts'
export type { Batch, LossAndGradients, Model, Weights } from './model.ts'
export { type Summary, type SummaryRow, summary } from './summary.ts'
export { type TwoLayerNetOptions, twoLayerNet } from './twoLayerNet.ts'
