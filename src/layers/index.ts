export { addBackward, addForward } from './add.ts'
export { type AffineCache, affine, affineBackward, affineForward, affineGradients, type WeightScale } from './affine.ts'
export { type AffineBnReluCache, affineBnRelu, affineBnReluBackward, affineBnReluForward } from './affineBnRelu.ts'
export { type AffineLnReluCache, affineLnRelu, affineLnReluBackward, affineLnReluForward } from './affineLnRelu.ts'
export { type AffineReluCache, affineRelu, affineReluBackward, affineReluForward } from './affineRelu.ts'
export { at } from './at.ts'
export {
  type BatchnormCache,
  batchnorm,
  batchnormAbsorb,
  batchnormBackward,
  batchnormForward,
  batchnormPredict,
} from './batchnorm.ts'
export { crossEntropyError } from './crossEntropyError.ts'
export { type DropoutCache, dropout, dropoutBackward, dropoutForward, dropoutMask } from './dropout.ts'
export { type GeluCache, gelu, geluBackward, geluForward } from './gelu.ts'
export {
  type Disagreement,
  type GradientCheckOptions,
  type GradientReport,
  gradientCheck,
  gradientCheckLayer,
} from './gradientCheck.ts'
export { type Initial, type Layer, type Net, type None, stateless } from './layer.ts'
export { type LayernormCache, layernorm, layernormBackward, layernormForward } from './layernorm.ts'
export { type LeakyReluCache, leakyRelu, leakyReluBackward, leakyReluForward } from './leakyRelu.ts'
export { mseLoss } from './mseLoss.ts'
export { type MulCache, mulBackward, mulForward } from './mul.ts'
export { numericalGradient } from './numericalGradient.ts'
export { type ReluCache, relu, reluBackward, reluForward } from './relu.ts'
export { andThen, Gradients, identity, Sequence, sequence } from './sequence.ts'
export { type SigmoidCache, sigmoid, sigmoidBackward, sigmoidForward } from './sigmoid.ts'
export { softmax, softmaxLoss } from './softmaxLoss.ts'
export { svmLoss } from './svmLoss.ts'
export { type TanhCache, tanh, tanhBackward, tanhForward } from './tanh.ts'
