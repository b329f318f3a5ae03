import * as E from 'fp-ts/lib/Either.js'
import { canonical, fromJson, isRecord, nearest, OptionError, quoted, shown } from '../errors/index.ts'
import type { LayerOptions, LayerType } from './defineLayer.ts'
import type { LayerSpec, Net } from './layer.ts'
import { layerTypes } from './layerTypes.ts'

const DEEPEST = 64 // layers inside layers
const SHOWN = 80 // characters of what came, in a message
const JSON_LEVELS = 3 * DEEPEST // lists and records inside each other

type Types = ReadonlyMap<string, LayerType<LayerOptions>>

const refuse = (message: string): never => {
  throw new OptionError(`buildNet: ${message}`)
}

/** Looks with a list of its own, since a hostile spec may be too deep for the stack. */
const checkDepth = (spec: unknown): void => {
  const open: (readonly [value: unknown, depth: number])[] = [[spec, 0]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next
    if (typeof value !== 'object' || value === null) continue
    if (depth > JSON_LEVELS) {
      refuse(
        `the spec has layers inside layers more than ${DEEPEST} deep; a net of so many parts is a flat list of them`,
      )
    }
    for (const inner of Object.values(value)) open.push([inner, depth + 1])
  }
}

const typesOf = (own: readonly LayerType<never>[]): Types => {
  if (!Array.isArray(own)) refuse(`types of your own are a list, e.g. [swish], but got ${shown(own)}`)
  const types = new Map<string, LayerType<LayerOptions>>()
  for (const type of [...layerTypes, ...own]) {
    if (typeof type !== 'function' || typeof type.type !== 'string') {
      refuse(`a type of your own must come from defineLayer, but got ${typeof type}`)
    }
    if (types.has(type.type)) refuse(`two types of layers are named '${type.type}'; give yours another name`)
    types.set(type.type, type as LayerType<LayerOptions>)
  }
  return types
}

const typeNamed = (where: string, name: string, types: Types): LayerType<LayerOptions> => {
  const near = nearest(name, [...types.keys()])
  const hint = near === undefined ? `known are ${[...types.keys()].join(', ')}` : `did you mean '${near}'?`
  return (
    types.get(name) ??
    refuse(
      `${where} has the type ${quoted(name)}, which is not known; ${hint}; types of your own are given as { layers: [swish] }`,
    )
  )
}

const build = (where: string, spec: unknown, types: Types, depth: number): Net => {
  if (depth > DEEPEST)
    refuse(`a layer lies more than ${DEEPEST} layers deep; a net of so many parts is a flat list of them`)
  if (!isRecord(spec))
    return refuse(`${where} must be a record with a type, e.g. { type: 'relu' }, but got ${shown(spec)}`)
  const { type, layers = [], ...options } = spec
  if (typeof type !== 'string') return refuse(`${where} has no type; a layer is e.g. { type: 'relu' }`)
  if (!Array.isArray(layers)) return refuse(`the layers of ${where} must be a list, but got ${shown(layers)}`)
  const make = typeNamed(where, type, types)
  const parts = layers.map((part, i) =>
    build(`${where === 'the spec' ? '' : `${where}.`}layers[${i}]`, part, types, depth + 1),
  )
  try {
    return make(fromJson(options as never) as LayerOptions, parts)
  } catch (reason) {
    return refuse(`${where}: ${reason instanceof Error ? reason.message : String(reason)}`)
  }
}

/** The net of a spec, if it says the same of itself: what a type fills in or leaves out would make two specs of one net. */
const checkedNet = (spec: LayerSpec, types: Types): Net => {
  checkDepth(spec)
  const net = build('the spec', spec, types, 0)
  if (net.spec !== undefined && canonical(net.spec) === canonical(spec)) return net
  const got = canonical(net.spec ?? null).slice(0, SHOWN)
  return refuse(`the net that was built says of itself ${got}, which is not the spec; give each option, and no other`)
}

/**
 * The net that a spec describes: `buildNet(net.spec)` computes what `net` does
 *
 * @param spec  JSON: a type, its options, and the specs of its parts as `layers`
 * @param own   types of your own, from `defineLayer`
 * @returns     left(OptionError) for a type that is not known, an option that is unknown, missing or out of range, more than 64 layers
 *              inside each other, or parts that do not go together; nothing is drawn and nothing large is allocated
 * @example     pipe(buildNet({ type: 'network', layers: [{ type: 'affine', numOut: 3, weightScale: 'he' }, { type: 'relu' }] }), E.map((net) => net.names))   // right(['W1', 'b1'])
 * @see         `defineLayer`
 */
export const buildNet = (spec: LayerSpec, own: readonly LayerType<never>[] = []): E.Either<OptionError, Net> =>
  E.tryCatch(
    () => checkedNet(spec, typesOf(own)),
    (reason) => (reason instanceof OptionError ? reason : new OptionError(`buildNet: ${String(reason)}`)),
  )
