import { affineLayer } from './affine.ts'
import { placedLayer } from './at.ts'
import { batchnormLayer } from './batchnorm.ts'
import type { LayerType } from './defineLayer.ts'
import { dropoutLayer } from './dropout.ts'
import { geluLayer } from './gelu.ts'
import { layernormLayer } from './layernorm.ts'
import { leakyReluLayer } from './leakyRelu.ts'
import { networkLayer } from './network.ts'
import { reluLayer } from './relu.ts'
import { residualLayer } from './residual.ts'
import { identityLayer, sequenceLayer } from './sequence.ts'
import { sharedLayer } from './shared.ts'
import { sigmoidLayer } from './sigmoid.ts'
import { tanhLayer } from './tanh.ts'

/** The types of layers that a spec may name. */
export const layerTypes: readonly LayerType<never>[] = [
  affineLayer,
  batchnormLayer,
  dropoutLayer,
  geluLayer,
  identityLayer,
  layernormLayer,
  leakyReluLayer,
  networkLayer,
  placedLayer,
  reluLayer,
  residualLayer,
  sequenceLayer,
  sharedLayer,
  sigmoidLayer,
  tanhLayer,
]
