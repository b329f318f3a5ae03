import { ArgumentError, ShapeError, shown } from '../errors/index.ts'
import type { Key } from '../random/index.ts'
import type { Tensor, Tensors } from '../tensor/index.ts'
import { hasNoGradients, type Initial, type Learns, type Net, outlineOf, type Shapes } from './layer.ts'

/** How a layer is put into a place of a net. */
export interface Place {
  readonly place: number | string
  /** The name that a weight, a statistic or a draw has there. */
  readonly nameOf: (name: string) => string
  /** The key that its draws come from there. */
  readonly keyOf: (key: Key) => Key
}

const unnamed = (place: number | string, missing: readonly string[], names: readonly string[] | undefined): Error => {
  const all = [...(names ?? []), ...missing].map((name) => `'${name}'`).join(', ')
  return new ArgumentError(
    `${typeof place === 'number' ? `at(${place})` : `shared('${place}')`}: a layer makes ${missing.join(', ')}, which its names do not list, ` +
      `so no place can be given to them; add to the layer: names: [${all}]`,
  )
}

/** The same layer under other names and with other draws. */
export const renamed = (layer: Net, { place, nameOf, keyOf }: Place): Net => {
  const outerNames = layer.names?.map(nameOf)
  const pairs = (layer.names ?? []).map((inner) => [inner, nameOf(inner)] as const)
  const outerOf = new Map(pairs)
  const outward = <T>(inner: Readonly<Record<string, T>>): Readonly<Record<string, T>> => {
    const outer: Record<string, T> = {}
    for (const name in inner) outer[outerOf.get(name) ?? nameOf(name)] = inner[name] as T
    return outer
  }
  const inward = (outer: Tensors): Tensors => {
    if (typeof outer !== 'object' || outer === null) {
      throw new ShapeError(`weights are tensors by name, but got ${shown(outer)}; take params and state of init`)
    }
    const inner: Record<string, Tensor> = {}
    for (let i = 0; i < pairs.length; i++) {
      const [name, from] = pairs[i] as (typeof pairs)[number]
      const t = outer[from]
      if (t !== undefined) inner[name] = t
    }
    return inner
  }
  const checkNames = ({ params, state }: { readonly params: Shapes | Tensors; readonly state: Shapes | Tensors }) => {
    const missing = [...Object.keys(params), ...Object.keys(state)].filter((name) => !outerOf.has(name))
    if (missing.length > 0) throw unnamed(place, missing, layer.names)
  }
  // The same set as long as it gets the same one.
  let seen: Learns | undefined
  let own: Learns | undefined
  const learnsInside = (learns: Learns | undefined): Learns | undefined => {
    if (learns !== seen) {
      seen = learns
      own = learns && new Set(pairs.flatMap(([inner, outer]) => (learns.has(outer) ? [inner] : [])))
    }
    return own
  }
  const gradientsOf = (): Pick<Net, 'gradients'> => {
    if (layer.gradients === undefined) return {}
    if (hasNoGradients(layer)) return { gradients: layer.gradients }
    const gradients = layer.gradients.bind(layer)
    return { gradients: (dy, cache, learns) => outward(gradients(dy, cache, learnsInside(learns))) }
  }
  return {
    ...(outerNames && { names: outerNames }),
    place,
    init: (key, inShape, dtype): Initial<Tensors, Tensors> => {
      const initial = layer.init(keyOf(key), inShape, dtype)
      checkNames(initial)
      return { outShape: initial.outShape, params: outward(initial.params), state: outward(initial.state) }
    },
    outline: (inShape) => {
      const outline = outlineOf(layer, inShape)
      checkNames(outline)
      return { ...outline, params: outward(outline.params), state: outward(outline.state) }
    },
    ...(layer.prepare && {
      prepare: (params: Tensors, x: Tensor, key: Key) => outward(layer.prepare?.(inward(params), x, keyOf(key)) ?? {}),
    }),
    forward: (x, params, key) => layer.forward(x, inward(params), keyOf(key)),
    backward: (dy, cache, learns) => {
      const [dx, dparams] = layer.backward(dy, cache, learnsInside(learns))
      return [dx, outward(dparams)]
    },
    ...gradientsOf(),
    ...(layer.through && { through: layer.through.bind(layer) }),
    ...(layer.inEvaluation && {
      inEvaluation: () => renamed(layer.inEvaluation?.() ?? layer, { place, nameOf, keyOf }),
    }),
    absorb: (state, cache) => outward(layer.absorb(inward(state), cache)),
    predict: (x, params, state) => layer.predict(x, inward(params), inward(state)),
  }
}
