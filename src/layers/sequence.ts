import { concatAll, type Monoid } from 'fp-ts/lib/Monoid.js'
import * as R from 'fp-ts/lib/ReadonlyRecord.js'
import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, formatShape, ShapeError, type Tensor, type Tensors } from '../tensor/index.ts'
import { hasNoGradients, type Layer, type Net, type None, stateless } from './layer.ts'

const sum = (a: Tensor, b: Tensor): Tensor => {
  const out = emptyLike(a)
  kernelsFor(a.data).add(a.data, b.data, out.data)
  return out
}

/** Gradients by name; where two layers share a weight, its gradients add. */
export const Gradients: Monoid<Tensors> = R.getUnionMonoid({ concat: sum })

/**
 * The unit of composition: y = x. Also an absent normalization or dropout.
 *
 * @example identity.predict(ones([1]), {}, {}).data   // Float32Array [1]
 */
export const identity: Layer<None, None, null> = {
  ...stateless,
  forward: (x) => [x, null],
  backward: (dy) => [dy, {}],
  predict: (x) => x,
}

const gradientsOf = <P extends Tensors, C>(layer: Layer<P, Tensors, C>, dy: Tensor, cache: C): P =>
  layer.gradients === undefined ? layer.backward(dy, cache)[1] : layer.gradients(dy, cache)

const checkShared = (first: Tensors, second: Tensors): void => {
  for (const name of Object.keys(first)) {
    const a = first[name]
    const b = second[name]
    if (a !== undefined && b !== undefined && formatShape(a.shape) !== formatShape(b.shape)) {
      throw new ShapeError(
        `andThen: two layers share the name ${name}, which has shape ${formatShape(a.shape)} in the first and ` +
          `${formatShape(b.shape)} in the second; give each its own names with at(1)(…), at(2)(…)`,
      )
    }
  }
}

/**
 * x ↦ g(f(x)), data last: `pipe(f, andThen(g))`
 *
 * Weights, statistics and gradients are those of both; a weight that both name is shared and its gradients add.
 *
 * @param g  the layer that comes after
 * @returns  a function of the layer f that comes before
 * @throws   (init) ShapeError when a shared name has two shapes
 * @example  pipe(affine(3), andThen(relu)).init(key(0), [2]).outShape   // [3]
 */
export const andThen =
  <Q extends Tensors, T extends Tensors, D>(g: Layer<Q, T, D>) =>
  <P extends Tensors, S extends Tensors, C>(f: Layer<P, S, C>): Layer<P & Q, S & T, readonly [C, D]> => ({
    init: (key, inShape, dtype) => {
      const first = f.init(key, inShape, dtype)
      const second = g.init(key, first.outShape, dtype)
      checkShared(first.params, second.params)
      checkShared(first.state, second.state)
      return {
        outShape: second.outShape,
        params: { ...first.params, ...second.params },
        state: { ...first.state, ...second.state },
      }
    },
    forward: (x, params, key) => {
      const [h, c] = f.forward(x, params, key)
      const [y, d] = g.forward(h, params, key)
      return [y, [c, d]]
    },
    backward: (dy, [c, d]) => {
      const [dh, dq] = g.backward(dy, d)
      const [dx, dp] = f.backward(dh, c)
      return [dx, Gradients.concat(dp, dq) as P & Q]
    },
    gradients: (dy, [c, d]) => {
      // A first layer without weights wants no gradient at all.
      if (hasNoGradients(f)) return gradientsOf(g, dy, d) as P & Q
      const [dh, dq] = g.backward(dy, d)
      return Gradients.concat(gradientsOf(f, dh, c), dq) as P & Q
    },
    absorb: (state, [c, d]) => ({ ...f.absorb(state, c), ...g.absorb(state, d) }),
    predict: (x, params, state) => g.predict(f.predict(x, params, state), params, state),
  })

const compose = (f: Net, g: Net): Net => {
  if (f === identity) return g
  if (g === identity) return f
  return andThen(g)(f) as Net
}

/** Layers under composition: `concat(f, g)` is g after f, `empty` is `identity`. */
export const Sequence: Monoid<Net> = { concat: compose, empty: identity }

/**
 * The product of layers, first to last; of none it is `identity`
 *
 * @example sequence([at(1)(affine(4)), relu, at(2)(affine(2))]).init(key(0), [3]).outShape   // [2]
 */
export const sequence: (layers: readonly Net[]) => Net = concatAll(Sequence)
