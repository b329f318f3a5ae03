import { affineBack, affineLayer } from './affine.ts'
import { type AffineReluCache, affineReluForward } from './affineRelu.ts'
import { descriptionOf, isOf, type LayerType } from './defineLayer.ts'
import type { Net } from './layer.ts'
import { unplaced } from './parts.ts'
import { reluBackward, reluLayer } from './relu.ts'

/** Two layers one behind the other that run as one, with the same bits. */
interface Fusion {
  readonly first: LayerType<never>
  readonly second: LayerType<never>
  /** Takes the names of the first. Only runs: weights come from the two. */
  readonly both: Required<Pick<Net, 'forward' | 'backward' | 'gradients' | 'through' | 'predict'>>
}

const affineThenRelu: Fusion['both'] = {
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

const fusions: readonly Fusion[] = [{ first: affineLayer, second: reluLayer, both: affineThenRelu }]

/** The layer at the same place with other methods. */
const inPlaceOf = (layer: Net, run: Fusion['both']): Net => {
  const { type, options, parts } = descriptionOf(layer) ?? {}
  const bare = unplaced(layer)
  if (layer === bare) return { ...layer, ...run }
  return (type as LayerType<object>)(options as object, [inPlaceOf(parts?.[0] as Net, run)])
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
