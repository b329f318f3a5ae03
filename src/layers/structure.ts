import { ArgumentError, isListOf, shown } from '../errors/index.ts'
import type { Net } from './layer.ts'

/** How a layer that computes nothing of its own combines others, so that whoever walks a net can look inside and put others there. */
export interface Structure {
  readonly layers: readonly Net[]
  /** The same combination of other layers. */
  readonly withLayers: (layers: readonly Net[]) => Net
  /** A product runs them one behind the other; it has no name of its own and dissolves in a larger one. A residual adds two branches. */
  readonly kind: 'product' | 'residual'
  /** The layers of a network before it numbered them, so that a larger one can number them anew. */
  readonly unnumbered?: readonly Net[]
}

// Beside the layers and not in them, so that a spread copy, which may have another forward, is no combination any more.
const structures = new WeakMap<object, Structure>()

export const structureOf = (layer: object): Structure | undefined => structures.get(layer)

export const structured = <L extends object>(layer: L, structure: Structure | undefined): L => {
  if (structure !== undefined) {
    structures.set(layer, structure)
    Object.defineProperty(layer, 'layers', { value: structure.layers, configurable: true })
  }
  return layer
}

const areNames = (names: unknown): boolean => names === undefined || isListOf(names, (name) => typeof name === 'string')

const optional = ['gradients', 'through', 'inEvaluation', 'outline'] as const

const methods = ['init', 'forward', 'backward', 'absorb', 'predict'] as const

export const isLayer = (value: unknown): value is Net =>
  typeof value === 'object' &&
  value !== null &&
  methods.every((name) => typeof (value as Net)[name] === 'function') &&
  optional.every((name) => ['function', 'undefined'].includes(typeof (value as Net)[name])) &&
  areNames((value as Net).names)

/** Throws an ArgumentError for what is no list of layers. */
export const checkLayers = (where: string, layers: readonly Net[]): void => {
  if (!Array.isArray(layers)) {
    throw new ArgumentError(
      `${where}: takes a list of layers, e.g. ${where}([affine(64), relu]), but got ${shown(layers)}`,
    )
  }
  const wrong = layers.findIndex((layer) => !isLayer(layer))
  if (wrong < 0) return
  const got: unknown = layers[wrong]
  const name = typeof got === 'function' && got.name !== '' ? ` ${got.name}` : ''
  const remedy =
    typeof got === 'function' ? `call it, e.g. ${got.name || 'batchnorm'}()` : `a layer has ${methods.join(', ')}`
  throw new ArgumentError(`${where}: layers[${wrong}] is no layer but ${shown(got)}${name}; ${remedy}`)
}
