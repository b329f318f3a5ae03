export { addBackward, addForward } from './add.ts'
export {
  type AffineCache,
  affine,
  affineBackward,
  affineForward,
  affineGradients,
  type WeightScale,
  weightScales,
} from './affine.ts'
export {
  type AffineBnReluCache,
  type AffineLnReluCache,
  affineBnReluBackward,
  affineBnReluForward,
  affineLnReluBackward,
  affineLnReluForward,
} from './affineNormRelu.ts'
export { type AffineReluCache, affineReluBackward, affineReluForward } from './affineRelu.ts'
export { at } from './at.ts'
export { type AvgPoolCache, avgPool, avgPoolBackward, avgPoolForward } from './avgPool.ts'
export {
  type BatchnormCache,
  batchnormAbsorb,
  batchnormBackward,
  batchnormForward,
  batchnormPredict,
} from './batchnorm.ts'
export { type BatchnormOptions, batchnorm } from './batchnormLayer.ts'
export { affineBnRelu, affineLnRelu, affineRelu } from './blocks.ts'
export { buildNet } from './buildNet.ts'
export {
  type ConvCache,
  type ConvOptions,
  type ConvParams,
  conv,
  convBackward,
  convForward,
  convGradients,
} from './conv.ts'
export { convBnRelu, convRelu, convReluPool } from './convBlocks.ts'
export {
  type ConvBnReluCache,
  type ConvReluCache,
  type ConvReluPoolCache,
  convBnReluBackward,
  convBnReluForward,
  convReluBackward,
  convReluForward,
  convReluPoolBackward,
  convReluPoolForward,
} from './convRelu.ts'
export { crossEntropyError } from './crossEntropyError.ts'
export { defineLayer, type LayerOptions, type LayerType } from './defineLayer.ts'
export { type DropoutCache, dropout, dropoutBackward, dropoutForward, dropoutMask } from './dropout.ts'
export { type FlattenCache, flatten } from './flatten.ts'
export { type GeluCache, gelu, geluBackward, geluForward } from './gelu.ts'
export {
  type GlobalAvgPoolCache,
  globalAvgPool,
  globalAvgPoolBackward,
  globalAvgPoolForward,
} from './globalAvgPool.ts'
export {
  type Disagreement,
  type GradientCheckOptions,
  type GradientReport,
  gradientCheck,
  gradientCheckLayer,
} from './gradientCheck.ts'
export {
  type GroupnormCache,
  type GroupnormOptions,
  groupnorm,
  spatialGroupnormBackward,
  spatialGroupnormForward,
} from './groupnorm.ts'
export { huberLoss } from './huberLoss.ts'
export { col2im, im2col } from './im2col.ts'
export {
  type Initial,
  isOutline,
  type Layer,
  type LayerSpec,
  type Learns,
  type Net,
  type None,
  type Outline,
  outlineOf,
  type Shapes,
  stateless,
} from './layer.ts'
export {
  type LayernormCache,
  type LayernormOptions,
  layernorm,
  layernormBackward,
  layernormForward,
} from './layernorm.ts'
export { type LeakyReluCache, leakyRelu, leakyReluBackward, leakyReluForward } from './leakyRelu.ts'
export { logisticLoss } from './logisticLoss.ts'
export { maeLoss } from './maeLoss.ts'
export { type MaxPoolCache, maxPool, maxPoolBackward, maxPoolForward } from './maxPool.ts'
export { mseLoss } from './mseLoss.ts'
export { type MulCache, mulBackward, mulForward } from './mul.ts'
export { network } from './network.ts'
export { numericalGradient } from './numericalGradient.ts'
export { type Anatomy, anatomyOf, evaluationOf, outlineParts, outputsOf, type Part, partsOf } from './parts.ts'
export type { PoolOptions, PoolParams } from './pool.ts'
export { type ReluCache, relu, reluBackward, reluForward } from './relu.ts'
export { residual } from './residual.ts'
export { type ScaleCache, scale, scaleBackward, scaleForward } from './scale.ts'
export { andThen, Gradients, identity, Sequence, sequence } from './sequence.ts'
export { shared } from './shared.ts'
export { type SigmoidCache, sigmoid, sigmoidBackward, sigmoidForward } from './sigmoid.ts'
export { softmax, softmaxLoss } from './softmaxLoss.ts'
export { softTargetLoss } from './softTargetLoss.ts'
export {
  spatialBatchnormAbsorb,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialBatchnormPredict,
} from './spatialBatchnorm.ts'
export { isLayer } from './structure.ts'
export { svmLoss } from './svmLoss.ts'
export { type TanhCache, tanh, tanhBackward, tanhForward } from './tanh.ts'
export type { Pair, Window } from './window.ts'
