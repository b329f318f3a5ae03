import { affineBack, affineLayer } from './affine.ts'
import { type AffineReluCache, affineReluForward } from './affineRelu.ts'
import { batchnormThenGelu } from './batchnormGelu.ts'
import { batchnormLayer } from './batchnormLayer.ts'

import { descriptionOf, isOf, type LayerType } from './defineLayer.ts'
import { geluLayer } from './gelu.ts'
import type { Net } from './layer.ts'
import { unplaced } from './parts.ts'
import { reluBackward, reluLayer } from './relu.ts'

/** Two layers one behind the other that run as one, with the same bits. */
interface Fusion {
  readonly first: LayerType<never>
  readonly second: LayerType<never>
  /** Made of the options of the first, whose names it takes. Only runs: weights, and what is absorbed, are those of the first. */
  readonly both: (options: never) => Methods
}

type Methods = Pick<Net, 'forward' | 'backward' | 'gradients' | 'through' | 'predict'>

const affineThenRelu: Methods = {
  forward: (x, { W, b }) => affineReluForward(x, W as never, b as never),
  backward: (dy, cache, learns) => {
    const [fc, r] = cache as AffineReluCache
    return affineBack.backward(reluBackward(dy, r), fc, learns)
  },
  gradients: (dy, cache, learns) => {
    const [fc, r] = cache as AffineReluCache
    return affineBack.gradients(reluBackward(dy, r), fc, learns)
  },
  through: (dy, cache) => {
    const [fc, r] = cache as AffineReluCache
    return affineBack.through(reluBackward(dy, r), fc)
  },
  predict: (x, { W, b }) => affineReluForward(x, W as never, b as never)[0],
}

const fusions: readonly Fusion[] = [
  { first: affineLayer, second: reluLayer, both: () => affineThenRelu },
  { first: batchnormLayer, second: geluLayer, both: batchnormThenGelu },
]

/** The layer at the same place with other methods. */
const inPlaceOf = (layer: Net, both: Fusion['both']): Net => {
  const { type, options, parts } = descriptionOf(layer) ?? {}
  if (layer === unplaced(layer)) return { ...layer, ...both(options as never) }
  return (type as LayerType<object>)(options as object, [inPlaceOf(parts?.[0] as Net, both)])
}

/** Layers with neighbours that can run as one made one. */
export const fused = (layers: readonly Net[]): readonly Net[] => {
  const steps: Net[] = []
  for (const layer of layers) {
    const last = steps.at(-1)
    const fusion = last && fusions.find(({ first, second }) => isOf(unplaced(last), first) && isOf(layer, second))
    if (fusion === undefined) steps.push(layer)
    else steps.splice(-1, 1, inPlaceOf(last as Net, fusion.both))
  }
  return steps
}
