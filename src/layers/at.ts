import { ArgumentError, foldIn, type Tensor, type Tensors } from '../tensor/index.ts'
import { hasNoGradients, type Layer } from './layer.ts'

type Placed<P extends Tensors, N extends number> = { readonly [K in keyof P & string as `${K}${N}`]: P[K] }

const DIGIT_AT_END = /\d$/

// A name that ends in a digit gets a dash first, so that at(3)(at(1)(…)) and at(13)(…) differ: W1_3, W13.
const outerName = (name: string, suffix: string): string =>
  DIGIT_AT_END.test(name) ? `${name}_${suffix}` : `${name}${suffix}`

const innerName = (name: string, suffix: string): string | undefined => {
  if (!name.endsWith(suffix)) return undefined
  const rest = name.slice(0, -suffix.length)
  if (!DIGIT_AT_END.test(rest))
    return rest.endsWith('_') && DIGIT_AT_END.test(rest.slice(0, -1)) ? rest.slice(0, -1) : rest
  return undefined
}

const placedGradients = <P extends Tensors, Q extends Tensors, C>(
  layer: Layer<P, Tensors, C>,
  outward: (gradients: P) => Q,
): Pick<Layer<Q, Tensors, C>, 'gradients'> => {
  if (layer.gradients === undefined) return {}
  if (hasNoGradients(layer)) return { gradients: layer.gradients as unknown as (dy: Tensor, cache: C) => Q }
  const gradients = layer.gradients.bind(layer)
  return { gradients: (dy, cache) => outward(gradients(dy, cache)) }
}

/**
 * The same layer with place n in its names (W → Wn) and in its randomness, so that one kind of layer can stand in a net twice.
 *
 * @param place  an integer ≥ 0
 * @throws       ArgumentError when place is something else
 * @example      Object.keys(at(3)(affine(2)).init(key(0), [4]).params)   // ['W3', 'b3']
 */
export const at = <const N extends number>(place: N) => {
  if (!Number.isSafeInteger(place) || place < 0) {
    throw new ArgumentError(`at: place must be an integer ≥ 0, but got ${String(place)}`)
  }
  const suffix = String(place)
  return <P extends Tensors, S extends Tensors, C>(layer: Layer<P, S, C>): Layer<Placed<P, N>, Placed<S, N>, C> => {
    const outerNames = new Map<string, string>()
    const outward = <T extends Tensors>(tensors: T): Placed<T, N> => {
      const placed: Record<string, Tensor> = {}
      for (const name in tensors) {
        let outer = outerNames.get(name)
        if (outer === undefined) {
          outer = outerName(name, suffix)
          outerNames.set(name, outer)
        }
        placed[outer] = tensors[name] as Tensor
      }
      return placed as Placed<T, N>
    }
    // Training passes the same record again and again, so its names are resolved once; a tensor in it may be another each time.
    const resolved = new WeakMap<object, readonly (readonly [inner: string, outer: string])[]>()
    const namesIn = (tensors: Tensors): readonly (readonly [inner: string, outer: string])[] => {
      const known = resolved.get(tensors)
      if (known !== undefined) return known
      const names = Object.keys(tensors).flatMap((outer) => {
        const inner = innerName(outer, suffix)
        return inner === undefined ? [] : [[inner, outer] as const]
      })
      resolved.set(tensors, names)
      return names
    }
    const inward = <T extends Tensors>(tensors: Placed<T, N>): T => {
      const own: Record<string, Tensor> = {}
      for (const [inner, outer] of namesIn(tensors)) own[inner] = (tensors as Tensors)[outer] as Tensor
      return own as T
    }
    return {
      init: (key, inShape, dtype) => {
        const { outShape, params, state } = layer.init(foldIn(key, place), inShape, dtype)
        return { outShape, params: outward(params), state: outward(state) }
      },
      forward: (x, params, key) => layer.forward(x, inward<P>(params), foldIn(key, place)),
      backward: (dy, cache) => {
        const [dx, dparams] = layer.backward(dy, cache)
        return [dx, outward(dparams)]
      },
      ...placedGradients(layer, outward),
      absorb: (state, cache) => outward(layer.absorb(inward<S>(state), cache)),
      predict: (x, params, state) => layer.predict(x, inward<P>(params), inward<S>(state)),
    }
  }
}
