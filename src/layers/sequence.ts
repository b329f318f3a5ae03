import type { Monoid } from 'fp-ts/lib/Monoid.js'
import type { Tensors } from '../tensor/index.ts'
import { activation } from './activation.ts'
import { checked, defineLayer, isOf } from './defineLayer.ts'
import { fused } from './fusion.ts'
import type { Layer, Net } from './layer.ts'
import { checkNames } from './names.ts'
import { collect, product } from './product.ts'
import { checkLayers, structureOf } from './structure.ts'

/** Gradients by name; where two layers share a weight, its gradients add. */
export const Gradients: Monoid<Tensors> = { concat: (first, second) => collect([first, second]), empty: {} }

export const identityLayer = activation<null>(
  'identity',
  (x) => [x, null],
  (dy) => dy,
)

/**
 * The unit of composition: y = x. Also an absent normalization or dropout.
 *
 * @example identity.predict(ones([1]), {}, {}).data   // Float32Array [1]
 */
export const identity = identityLayer()

/** The layers of products in place of the products. */
const flat = (layers: readonly Net[]): readonly Net[] =>
  layers.flatMap((layer) => {
    const structure = structureOf(layer)
    return structure?.kind === 'product' ? structure.layers : [layer]
  })

export const sequenceLayer = defineLayer('sequence', (options: Record<never, never>, layers): Net => {
  checked('sequence', options, {})
  const parts = flat(layers)
  checkNames('sequence', parts)
  return product(parts, fused(parts))
})

/**
 * x ↦ g(f(x)), data last: `pipe(f, andThen(g))`
 *
 * Weights, statistics and gradients are those of both. Both keep their names; `network` numbers them.
 *
 * @param g  the layer that comes after
 * @returns  a function of the layer f that comes before
 * @throws   ArgumentError when both have a weight of the same name
 * @example  pipe(affine(3), andThen(relu)).init(key(0), [2]).outShape   // [3]
 */
export const andThen =
  <Q extends Tensors, T extends Tensors, D>(g: Layer<Q, T, D>) =>
  <P extends Tensors, S extends Tensors, C>(f: Layer<P, S, C>): Layer<P & Q, S & T, unknown> => {
    const both = [f as Net, g as Net]
    checkLayers('andThen', both)
    return sequenceLayer({}, flat(both)) as Layer<P & Q, S & T, unknown>
  }

/**
 * The product of layers, first to last, each with the names that it has; of none it is `identity`
 *
 * @param layers  with names of their own; `network` is the same for layers that it may number
 * @throws        ArgumentError when two have a weight of the same name
 * @example       sequence([at(1)(affine(4)), relu, at(2)(affine(2))]).init(key(0), [3]).outShape   // [2]
 */
export const sequence = (layers: readonly Net[]): Net => {
  checkLayers('sequence', layers)
  const [first = identity, ...rest] = layers.filter((layer) => !isOf(layer, identityLayer))
  return rest.length === 0 ? first : sequenceLayer({}, flat([first, ...rest]))
}

/** Layers under composition: `concat(f, g)` is g after f, `empty` is `identity`. */
export const Sequence: Monoid<Net> = { concat: (f, g) => sequence([f, g]), empty: identity }
