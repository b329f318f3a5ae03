import { at, nameAt } from './at.ts'
import { checked, defineLayer, isOf } from './defineLayer.ts'
import { fused } from './fusion.ts'
import type { Net } from './layer.ts'
import { checkNames } from './names.ts'
import { product } from './product.ts'
import { identityLayer } from './sequence.ts'
import { checkLayers, type Structure, structured, structureOf } from './structure.ts'

/** The layers that are to be numbered: those of networks and products in their place, none that does nothing. */
export const unnumbered = (layers: readonly Net[]): readonly Net[] =>
  layers.flatMap((layer) => {
    if (isOf(layer, identityLayer)) return []
    const structure = structureOf(layer)
    return structure?.kind === 'product' ? unnumbered(structure.unnumbered ?? structure.layers) : [layer]
  })

/**
 * Each layer at the smallest number, not below that of the layer before it, at which none of its names is taken
 *
 * So an affine, its normalization and its dropout share one: W1, b1, gamma1, beta1, dropout1, W2, …
 */
export const numbered = (layers: readonly Net[]): readonly Net[] => {
  const taken = new Set<string>()
  let number = 1
  return layers.map((layer) => {
    // What has no names has nothing that could be in two places.
    if (layer.names?.length === 0) return layer
    if (typeof layer.place === 'number') number = layer.place
    else if (layer.place === undefined) while (layer.names?.some((name) => taken.has(nameAt(name, number)))) number++
    const placed = layer.place === undefined ? at(number)(layer) : layer
    for (const name of placed.names ?? []) taken.add(name)
    return placed
  })
}

export const networkLayer = defineLayer('network', (options: Record<never, never>, layers): Net => {
  checked('network', options, {})
  const own = unnumbered(layers)
  const parts = numbered(own)
  checkNames('network', parts)
  const net = product(parts, fused(parts))
  return structured({ ...net }, { ...structureOf(net), unnumbered: own } as Structure)
})

/**
 * The product of layers, first to last, which it numbers as cs231n does: W1, b1, gamma1, beta1, dropout1, W2, …
 *
 * A layer gets the smallest number, not below that of the layer before it, at which none of its names is taken, and its draws come
 * from the key folded with that number. A network among the layers is taken apart; what `at` or `shared` named keeps its names.
 *
 * @param layers  any, also plain ones of your own; one with weights lists their `names`
 * @returns       a layer
 * @throws        ArgumentError when two layers have a weight of one name; (init) ArgumentError for a layer with weights and no names,
 *                ShapeError that names the layer which does not take what comes to it
 * @example       Object.keys(network([affine(64), batchnorm(), relu, affine(10)]).init(key(0), [784]).params)   // ['W1', 'b1', 'gamma1', 'beta1', 'W2', 'b2']
 * @see           cs231n, assignment 2, `FullyConnectedNet`
 */
export const network = (layers: readonly Net[]): Net => {
  checkLayers('network', layers)
  return networkLayer({}, layers)
}
