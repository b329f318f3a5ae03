import { reshape, type Shape, sizeOf, type Tensor } from '../tensor/index.ts'
import { checked, defineLayer } from './defineLayer.ts'
import { type Layer, type None, outlineWithout, stateless } from './layer.ts'

/** What the layer `flatten` tells its backward. */
export interface FlattenCache {
  /** Of x. */
  readonly shape: Shape
}

/** A row an example, the same numbers. */
const rowsOf = (x: Tensor): Tensor => reshape(x, [x.shape[0] as number, sizeOf(x.shape.slice(1))])

export const flattenLayer = defineLayer('flatten', (options: Record<never, never>): Layer<None, None, FlattenCache> => {
  checked('flatten', options, {})
  return {
    ...stateless,
    outline: (inShape) => ({ ...outlineWithout([sizeOf(inShape)]), floats: 0 }),
    init: (_key, inShape) => ({ outShape: [sizeOf(inShape)], params: {}, state: {} }),
    forward: (x) => [rowsOf(x), { shape: x.shape }],
    backward: (dy, { shape }) => [reshape(dy, shape), {}],
    predict: rowsOf,
  }
})

/**
 * The layer from examples of any shape to (D,), no weights. An affine flattens by itself; a batchnorm or layernorm of rows does not.
 *
 * @example flatten.init(key(0), [8, 4, 4]).outShape   // [128]
 */
export const flatten = flattenLayer()
