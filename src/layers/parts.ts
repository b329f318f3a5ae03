import { ShapeError } from '../errors/index.ts'
import type { Shape, Tensor, Tensors } from '../tensor/index.ts'
import { placedLayer } from './at.ts'
import { descriptionOf, type LayerType, watched } from './defineLayer.ts'
import { type LayerSpec, type Net, type Outline, outlineOf } from './layer.ts'
import { sharedLayer } from './shared.ts'
import { structureOf } from './structure.ts'

const wrappers: readonly LayerType<never>[] = [placedLayer, sharedLayer]

/** What is at a place, without the place. */
export const unplaced = (layer: Net): Net => {
  const { type, parts } = descriptionOf(layer) ?? {}
  return type !== undefined && wrappers.includes(type) ? unplaced(parts?.[0] as Net) : layer
}

/** The type of a part, as names of parts have it; 'layer' for one that does not say. */
const typeOf = (layer: Net): string => descriptionOf(unplaced(layer))?.type.type ?? 'layer'

/** What a net is made of, for who writes it down in another form, e.g. as a graph. */
export type Anatomy =
  | { readonly kind: 'product' | 'residual'; readonly layers: readonly Net[] }
  | {
      readonly kind: 'layer'
      /** Absent of a layer that does not say what it is. */
      readonly spec: LayerSpec | undefined
      /** The name that a weight or statistic has in the net. */
      readonly nameOf: (name: string) => string
    }

/** The layers that a net runs, or what a single layer is. */
export const anatomyOf = (net: Net): Anatomy => {
  const structure = structureOf(net)
  if (structure !== undefined) return { kind: structure.kind, layers: structure.layers }
  const bare = unplaced(net)
  const outer = new Map(bare.names?.map((name, i) => [name, net.names?.[i] ?? name]))
  return { kind: 'layer', spec: bare.spec, nameOf: (name) => outer.get(name) ?? name }
}

/** A part of a net and its name: type and running number, e.g. affine1, relu1, residual2.affine1. */
export interface Part {
  readonly name: string
  readonly layer: Net
}

/** A part whose own parts were replaced already, and what it was before. */
interface Visited extends Part {
  readonly before: Net
}

type Counts = Map<string, number>

/** The next name of a type. */
const nextName = (layer: Net, counts: Counts, prefix: string): string => {
  const type = typeOf(layer)
  const number = (counts.get(type) ?? 0) + 1
  counts.set(type, number)
  return `${prefix}${type}${number}`
}

/** The names of layers one behind the other. */
export const namesOfParts = (layers: readonly Net[]): readonly string[] => {
  const counts: Counts = new Map()
  return layers.map((layer) => nextName(layer, counts, ''))
}

const walk = (net: Net, f: (part: Visited) => Net, counts: Counts, prefix: string): Net => {
  const structure = structureOf(net)
  const inside = (within: Counts, deeper: string): Net =>
    structure === undefined ? net : structure.withLayers(structure.layers.map((part) => walk(part, f, within, deeper)))
  if (structure?.kind === 'product') return inside(counts, prefix)
  const name = nextName(net, counts, prefix)
  return f({ name, layer: inside(new Map(), `${name}.`), before: net })
}

/**
 * The same net with f in place of each of its parts, parts of parts first, in the order in which they are run
 *
 * A net that is a single layer is its own only part.
 */
export const mapParts = (net: Net, f: (part: Visited) => Net): Net => walk(net, f, new Map(), '')

/** All parts, parts of parts first, in the order in which they are run. */
export const partsOf = (net: Net): readonly Part[] => {
  const parts: Part[] = []
  mapParts(net, ({ name, layer, before }) => {
    parts.push({ name, layer: before })
    return layer
  })
  return parts
}

/**
 * The net whose `forward` is `predict` and whose `backward` is its gradient: running statistics in place of the batch's own, no dropout
 *
 * Its `forward` takes statistics among the weights, `{ ...params, ...state }`. A layer of your own that computes something else in
 * training says so by `inEvaluation`.
 */
export const evaluationOf = (net: Net): Net => mapParts(net, ({ layer }) => layer.inEvaluation?.() ?? layer)

/** The name of a part of a net. */
export const nameOfPart = (net: Net, part: Net): string | undefined =>
  partsOf(net).find(({ layer }) => layer === part)?.name

/** A ShapeError in a part of a net. */
class PartError extends ShapeError {
  readonly #part: Net
  readonly #fault: ShapeError

  constructor(net: Net, part: Net, fault: ShapeError) {
    const name = nameOfPart(net, part)
    super(name === undefined ? fault.message : `${name} of the network: ${fault.message}`, { cause: fault })
    this.#part = part
    this.#fault = fault
  }

  /** The same error as a net around that one sees it, which knows a longer name of the part. */
  within(net: Net): PartError {
    return new PartError(net, this.#part, this.#fault)
  }
}

/** What was thrown by a part of a net, with the part's name if it is about shapes. */
export const inPart = (net: Net, part: Net, reason: unknown): unknown => {
  if (reason instanceof PartError) return reason.within(net)
  return reason instanceof ShapeError ? new PartError(net, part, reason) : reason
}

/** A net that tells what leaves each of its parts. */
const tapped = (net: Net, see: (name: string, y: Tensor) => void): Net =>
  mapParts(net, ({ name, layer }) =>
    watched(layer, {
      forward: (x, params, key) => {
        const passed = layer.forward(x, params, key)
        see(name, passed[0])
        return passed
      },
      predict: (x, params, state) => {
        const y = layer.predict(x, params, state)
        see(name, y)
        return y
      },
    }),
  )

/** Tells the outline of each part of a net for examples of one shape, parts of parts first. */
export const outlineParts = (
  net: Net,
  inShape: Shape,
  see: (name: string, outlineOfPart: () => Outline) => Outline,
): void => {
  const tapped = mapParts(net, ({ name, layer }) =>
    watched(layer, { outline: (shape) => see(name, () => outlineOf(layer, shape)) }),
  )
  outlineOf(tapped, inShape)
}

/**
 * What leaves each part of a net, by name, in the order of computation; the last is called scores
 *
 * @param pass  what is done with the net, e.g. `(net) => net.predict(x, params, state)`
 */
export const outputsOf = (net: Net, pass: (net: Net) => unknown): Tensors => {
  const seen: (readonly [name: string, y: Tensor])[] = []
  pass(tapped(net, (name, y) => seen.push([name, y])))
  return Object.fromEntries(seen.map(([name, y], i) => [i === seen.length - 1 ? 'scores' : name, y]))
}
