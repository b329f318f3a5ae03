import { affineLayer } from './affine.ts'
import { placedLayer } from './at.ts'
import { avgPoolLayer } from './avgPool.ts'
import { batchnormLayer } from './batchnormLayer.ts'
import { convLayer } from './conv.ts'
import type { LayerType } from './defineLayer.ts'
import { dropoutLayer } from './dropout.ts'
import { flattenLayer } from './flatten.ts'
import { geluLayer } from './gelu.ts'
import { globalAvgPoolLayer } from './globalAvgPool.ts'
import { groupnormLayer } from './groupnorm.ts'
import { layernormLayer } from './layernorm.ts'
import { leakyReluLayer } from './leakyRelu.ts'
import { maxPoolLayer } from './maxPool.ts'
import { networkLayer } from './network.ts'
import { reluLayer } from './relu.ts'
import { residualLayer } from './residual.ts'
import { scaleLayer } from './scale.ts'
import { identityLayer, sequenceLayer } from './sequence.ts'
import { sharedLayer } from './shared.ts'
import { sigmoidLayer } from './sigmoid.ts'
import { tanhLayer } from './tanh.ts'

/** The types of layers that a spec may name. */
export const layerTypes: readonly LayerType<never>[] = [
  affineLayer,
  avgPoolLayer,
  batchnormLayer,
  convLayer,
  dropoutLayer,
  flattenLayer,
  geluLayer,
  globalAvgPoolLayer,
  groupnormLayer,
  identityLayer,
  layernormLayer,
  leakyReluLayer,
  maxPoolLayer,
  networkLayer,
  placedLayer,
  reluLayer,
  residualLayer,
  scaleLayer,
  sequenceLayer,
  sharedLayer,
  sigmoidLayer,
  tanhLayer,
]
