import { ArgumentError, ShapeError } from '../errors/index.ts'
import type { Key } from '../random/index.ts'
import { formatShape, type Tensor, type Tensors } from '../tensor/index.ts'
import { checked, defineLayer } from './defineLayer.ts'
import { fused } from './fusion.ts'
import { hasNoGradients, type Initial, type Net, noGradients, outlineOf } from './layer.ts'
import { backwardOf, gradientsOf, mayLearn, throughOf } from './learning.ts'
import { checkNames, checkSharedShapes, namesOfAll } from './names.ts'
import { network, numbered, unnumbered } from './network.ts'
import { collect, outlineOfAll, product, sum } from './product.ts'
import { identity } from './sequence.ts'
import { checkLayers, structured } from './structure.ts'

/** y = s(x) + f(x) */
const branches = (f: Net, s: Net): Net => {
  const both = [f, s] as const
  const { names, isTied } = namesOfAll(both)
  const net: Net = {
    ...(names && { names }),
    init: (key, inShape, dtype): Initial<Tensors, Tensors> => {
      const made = both.map((branch) => branch.init(key, inShape, dtype))
      checkSharedShapes(made)
      return {
        outShape: (made[0] as Initial<Tensors, Tensors>).outShape,
        params: Object.assign({}, ...made.map(({ params }) => params)),
        state: Object.assign({}, ...made.map(({ state }) => state)),
      }
    },
    outline: (inShape) => {
      const outlines = both.map((branch) => outlineOf(branch, inShape))
      checkSharedShapes(outlines)
      const [inner = '', shortcut = ''] = outlines.map(({ outShape }) => formatShape(outShape))
      if (inner !== shortcut) {
        throw new ShapeError(
          `residual: its layers make ${inner} of ${formatShape(inShape)}, but the shortcut makes ${shortcut}, and the two are added; ` +
            'give a shortcut that makes the same shape, e.g. residual([…], affine(64)), or end with a layer of that size',
        )
      }
      return outlineOfAll(outlines, outlines[0]?.outShape ?? inShape)
    },
    ...(both.some(({ prepare }) => prepare) && {
      prepare: (params: Tensors, x: Tensor, key: Key) =>
        Object.assign({}, params, ...both.map((branch) => branch.prepare?.(params, x, key))),
    }),
    forward: (x, params, key) => {
      const [y, fCache] = f.forward(x, params, key)
      const [short, sCache] = s.forward(x, params, key)
      return [sum(short, y), [fCache, sCache]]
    },
    backward: (dy, caches, learns) => {
      const [fCache, sCache] = caches as readonly unknown[]
      const [df, fGradients] = backwardOf(f, dy, fCache, learns)
      const [ds, sGradients] = backwardOf(s, dy, sCache, learns)
      return [sum(ds, df), collect([fGradients, sGradients])]
    },
    gradients: both.every(hasNoGradients)
      ? noGradients
      : (dy, caches, learns) => {
          const cacheOf = caches as readonly unknown[]
          return collect(
            both.map((branch, i) => (mayLearn(branch, learns) ? gradientsOf(branch, dy, cacheOf[i], learns) : {})),
          )
        },
    through: (dy, caches) => {
      const [fCache, sCache] = caches as readonly unknown[]
      const df = throughOf(f, dy, fCache)
      return sum(throughOf(s, dy, sCache), df)
    },
    absorb: (state, caches) => {
      const [fCache, sCache] = caches as readonly unknown[]
      const first = f.absorb(state, fCache)
      return { ...first, ...s.absorb(isTied ? { ...state, ...first } : state, sCache) }
    },
    predict: (x, params, state) => sum(s.predict(x, params, state), f.predict(x, params, state)),
  }
  return structured(net, {
    layers: both,
    withLayers: ([f2, s2]) => branches(f2 as Net, s2 as Net),
    kind: 'residual',
  })
}

export const residualLayer = defineLayer('residual', (options: Record<never, never>, layers): Net => {
  checked('residual', options, {})
  const [inner, shortcut] = layers
  if (layers.length !== 2 || inner === undefined || shortcut === undefined) {
    throw new ArgumentError(
      `residual: a spec has 2 layers, a network and its shortcut, but got ${layers.length}; the shortcut may be { type: 'identity' }`,
    )
  }
  // One numbering for both, so that the shortcut's layers have numbers of their own.
  const own = unnumbered([inner])
  const parts = numbered([...own, ...unnumbered([shortcut])])
  checkNames('residual', parts)
  const [f, s] = [parts.slice(0, own.length), parts.slice(own.length)]
  return branches(product(f, fused(f)), product(s, fused(s)))
})

/**
 * y = s(x) + f(x): layers with a shortcut around them
 *
 * In a network it takes one number, which goes behind those of its own layers: W1_3 is W1 of the residual at number 3.
 *
 * @param layers    f, run one after the other and numbered from 1
 * @param shortcut  s, `identity` unless given; its layers are numbered after those of f
 * @returns         a layer
 * @throws          ArgumentError when two layers have a weight of one name; (init) ShapeError when f and s do not make one shape
 * @example         Object.keys(network([affine(8), residual([relu, affine(8)]), affine(2)]).init(key(0), [4]).params)   // ['W1', 'b1', 'W1_1', 'b1_1', 'W2', 'b2']
 * @see             He et al., "Deep residual learning for image recognition", 2015
 */
export const residual = (layers: readonly Net[], shortcut: Net = identity): Net => {
  checkLayers('residual', Array.isArray(layers) ? [...layers, shortcut] : layers)
  return residualLayer({}, [network(layers), shortcut])
}
