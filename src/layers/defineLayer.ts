import {
  ArgumentError,
  checkArgument,
  completed,
  type Declaration,
  functionOf,
  isRecord,
  type Json,
  type Requirement,
  required,
  shown,
  toJson,
} from '../errors/index.ts'
import { checkShape } from '../tensor/index.ts'
import type { LayerSpec, Net } from './layer.ts'
import { checkLayers, structured, structureOf } from './structure.ts'

/** Options of a layer: JSON by name, but for `type` and `layers`, which a spec has already. */
export type LayerOptions = { readonly [option: string]: Json }

/** Options may be left out where all have defaults. @inline */
type Arguments<O> =
  Record<never, never> extends O ? [options?: O, layers?: readonly Net[]] : [options: O, layers?: readonly Net[]]

/** The factory of layers of one type. */
export interface LayerType<O, L extends Net = Net> {
  (...given: Arguments<O>): L
  /** What a spec calls it. */
  readonly type: string
}

/** What a layer was made of. */
interface Description {
  readonly type: LayerType<never>
  readonly options: LayerOptions
  readonly parts: readonly Net[]
}

const descriptions = new WeakMap<object, Description>()

export const descriptionOf = (layer: object): Description | undefined => descriptions.get(layer)

/** A layer that tells more than it did, for who walks a net: it computes the same, so it keeps its description. */
export const watched = (layer: Net, methods: Partial<Net>): Net => {
  const copy = { ...layer, ...methods }
  const description = descriptionOf(layer)
  if (description !== undefined) descriptions.set(copy, description)
  return copy
}

/** Whether a layer is of this type and not a changed copy of one. */
export const isOf = (layer: object, type: LayerType<never>): boolean => descriptionOf(layer)?.type === type

const jsonOf = (type: string, options: LayerOptions): LayerOptions =>
  Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        if (name === 'type' || name === 'layers') {
          throw new ArgumentError(`${type}: an option cannot be named ${name}, which a spec has already; rename it`)
        }
        try {
          return [name, toJson(value)]
        } catch (reason) {
          throw new ArgumentError(
            `${type}: the option ${name} cannot be written down, since ${(reason as Error).message}; options are numbers, texts, true or false, null, and lists and records of them`,
          )
        }
      }),
  )

const specOf = (type: string, options: LayerOptions, parts: readonly Net[]): LayerSpec | undefined => {
  const specs = parts.flatMap(({ spec }) => spec ?? [])
  if (specs.length < parts.length) return undefined
  return { type, ...options, ...(parts.length > 0 && { layers: specs }) }
}

/** What `init` is given, looked at once for all layers. */
const withCheckedInit = <L extends Net>(type: string, layer: L): L => {
  const { init } = layer
  return Object.assign(layer, {
    init: ((key, inShape, dtype) => {
      checkShape(`${type}.init`, inShape)
      return init(key, inShape, dtype)
    }) satisfies Net['init'],
  })
}

const hidden = <L extends object>(layer: L, name: 'spec' | 'layers', value: unknown): L =>
  Object.defineProperty(layer, name, { value, configurable: true })

/** A layer of its own, with all that it had: what is built may be a constant, or described already. */
const copyOf = <L extends object>(layer: L): L =>
  structured(
    Object.create(Object.getPrototypeOf(layer), Object.getOwnPropertyDescriptors(layer)) as L,
    structureOf(layer),
  )

/**
 * A layer that says what it is, so that a net made of it can be saved, loaded, compared and exported
 *
 * @param type   what a spec calls it: letters and digits, e.g. 'swish'
 * @param build  (options, layers) ↦ the layer. Options are JSON. It throws an ArgumentError for options that do not fit, and takes
 *               `layers`, its parts, only if it has some
 * @returns      the factory; with its `type` it can be given to `buildNet` and `loadNet`
 * @throws       ArgumentError for another type; (the factory) for options that are not JSON, or parts that it does not take
 * @example      const scaled = defineLayer('scaled', ({ by }: { by: number }) => ({
 *                 ...stateless,
 *                 forward: (x) => [{ ...x, data: x.data.map((v) => by * v) }, null],
 *                 backward: (dy) => [{ ...dy, data: dy.data.map((v) => by * v) }, {}],
 *                 predict: (x) => ({ ...x, data: x.data.map((v) => by * v) }),
 *               }) satisfies Layer<None, None, null>)
 *               scaled({ by: 2 }).spec   // { type: 'scaled', by: 2 }
 * @see          `buildNet`
 */
export const defineLayer = <O extends LayerOptions, L extends Net>(
  type: string,
  build: (options: O, layers: readonly Net[]) => L,
): LayerType<O, L> => {
  if (typeof type !== 'string' || !/^[a-z]\w*$/i.test(type)) {
    throw new ArgumentError(`defineLayer: type must be letters and digits, e.g. 'swish', but got ${shown(type)}`)
  }
  checkArgument('defineLayer', 'build', build, functionOf())
  const make = ((options: O = {} as O, parts: readonly Net[] = []): L => {
    checkLayers(type, parts)
    if (parts.length > 0 && build.length < 2) {
      throw new ArgumentError(`${type}: it is made of no other layers, but got ${parts.length}; leave them out`)
    }
    if (!isRecord(options)) throw new ArgumentError(`${type}: options are an object, but got ${shown(options)}`)
    const known = jsonOf(type, options)
    const built = build(options, parts)
    checkLayers(`${type}, as it was built,`, [built])
    const layer = withCheckedInit(type, copyOf(built))
    descriptions.set(layer, { type: make as LayerType<never>, options: known, parts })
    if (parts.length > 0 && structureOf(layer) === undefined) hidden(layer, 'layers', parts)
    return hidden(layer, 'spec', specOf(type, known, parts))
  }) as unknown as LayerType<O, L>
  return Object.assign(make, { type })
}

/** What a layer of ours is built from: all its options, since a spec names each. */
export type Complete<D extends Declaration> = {
  readonly [K in keyof D]: D[K] extends Requirement<infer T> ? T : never
}

/** The same options, if each is there and fits. */
export const checked = <D extends Declaration>(type: string, options: Complete<D>, declaration: D): Complete<D> => {
  const all = Object.entries(declaration).map(([name, given]) => [name, required(given)] as const)
  return completed<Declaration>(type, options, Object.fromEntries(all)) as Complete<D>
}
