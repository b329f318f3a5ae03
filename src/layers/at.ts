import { ArgumentError, checkArgument, naturalNumber } from '../errors/index.ts'
import { foldIn, type Key } from '../random/index.ts'
import type { Tensors } from '../tensor/index.ts'
import { type Complete, checked, defineLayer, type LayerType } from './defineLayer.ts'
import type { Layer, Net } from './layer.ts'
import { type Place, renamed } from './renamed.ts'
import { checkLayers, structured, structureOf } from './structure.ts'

/** The names, with a number. @inline */
type Placed<P extends Tensors, N extends number> = { readonly [K in keyof P & string as `${K}${N}`]: P[K] }

const DIGIT_AT_END = /\d$/

/** W at place 3 is W3. A name that ends in a digit gets a dash first, so that at(3)(at(1)(…)) and at(13)(…) differ: W1_3, W13. */
export const nameAt = (name: string, place: number): string =>
  DIGIT_AT_END.test(name) ? `${name}_${place}` : `${name}${place}`

/**
 * Puts a layer into a place; what combines others and has no names of its own passes the place on to them
 *
 * @param again  the same for one of those others
 */
export const placed = (layer: Net | undefined, place: Place, again: (part: Net) => Net): Net => {
  if (layer === undefined) {
    const where = typeof place.place === 'number' ? 'at' : 'shared'
    throw new ArgumentError(`${where}: the layer that gets the place is missing; a spec has it as layers`)
  }
  checkLayers(typeof place.place === 'number' ? 'at' : 'shared', [layer])
  const structure = structureOf(layer)
  if (structure === undefined) return renamed(layer, place)
  const combined = structure.withLayers(structure.layers.map(again))
  return structured({ ...combined, place: place.place }, structureOf(combined))
}

const atOptions = { place: naturalNumber }
type AtOptions = Complete<typeof atOptions>

export const placedLayer: LayerType<AtOptions> = defineLayer('at', (options: AtOptions, [layer]) => {
  const { place } = checked('at', options, atOptions)
  const here = { place, nameOf: (name: string) => nameAt(name, place), keyOf: (key: Key) => foldIn(key, place) }
  return placed(layer, here, (part) => placedLayer(options, [part]))
})

/**
 * The same layer with place n in its names (W → Wn) and in its randomness, so that one kind of layer can stand in a net twice.
 *
 * `network` does that by itself; `at` is for who wants to choose the numbers.
 *
 * @param place  an integer ≥ 0
 * @throws       ArgumentError when place is something else; (init) when the layer has weights that its `names` do not list
 * @example      Object.keys(at(3)(affine(2)).init(key(0), [4]).params)   // ['W3', 'b3']
 */
export const at = <const N extends number>(place: N) => {
  checkArgument('at', 'place', place, naturalNumber)
  return <P extends Tensors, S extends Tensors, C>(layer: Layer<P, S, C>): Layer<Placed<P, N>, Placed<S, N>, C> =>
    placedLayer({ place }, [layer as Net]) as unknown as Layer<Placed<P, N>, Placed<S, N>, C>
}
