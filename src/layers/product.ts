import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, type Shape, shapes, type Tensor, type Tensors } from '../tensor/index.ts'
import { cachesOf } from './cache.ts'
import { hasNoGradients, type Initial, type Learns, type Net, noGradients, type Outline, outlineOf } from './layer.ts'
import { backwardOf, gradientsOf, mayLearn, throughOf } from './learning.ts'
import { checkMade, type Made, namesOfAll } from './names.ts'
import { inPart } from './parts.ts'
import { structured } from './structure.ts'

/** x + y, element by element. */
const contract = shapes('sum', 'the first: ...D, the second: ...D')

export const sum = (a: Tensor, b: Tensor): Tensor => {
  contract(a, b)
  const out = emptyLike(a)
  kernelsFor(a.data).add(a.data, b.data, out.data)
  return out
}

/** The gradients of several layers in one record, in their order; what two of them name adds up. */
export const collect = (gradients: readonly Tensors[]): Tensors => {
  const all: Record<string, Tensor> = {}
  for (const own of gradients) {
    for (const name in own) {
      const before = all[name]
      const dp = own[name] as Tensor
      all[name] = before === undefined ? dp : sum(before, dp)
    }
  }
  return all
}

/** The outlines of layers of which none or all see what the others give, as one. */
export const outlineOfAll = (outlines: readonly Outline[], outShape: Outline['outShape']): Outline => ({
  outShape,
  params: Object.assign({}, ...outlines.map(({ params }) => params)),
  state: Object.assign({}, ...outlines.map(({ state }) => state)),
  multiplications: outlines.reduce((total, { multiplications }) => total + multiplications, 0),
  floats: outlines.reduce((total, { floats }) => total + floats, 0),
  fewestRows: Math.max(1, ...outlines.map(({ fewestRows }) => fewestRows)),
})

/**
 * x ↦ fₙ(… f₂(f₁(x))): runs layers in a loop each way
 *
 * @param parts  the layers, first to last, with names that `checkNames` has seen
 * @param steps  the same layers, where neighbours that one kernel can do may be one
 */
export const product = (parts: readonly Net[], steps: readonly Net[] = parts): Net => {
  const { names, isTied } = namesOfAll(parts)
  // What comes before has no weights that learn, so it needs no gradient at all.
  const firstToLearn = (learns: Learns | undefined): number => steps.findIndex((step) => mayLearn(step, learns))

  /** Runs layers one after the other; what is thrown names the one that it comes from. */
  const each = (layers: readonly Net[], run: (layer: Net, i: number) => void): void => {
    let i = 0
    try {
      for (; i < layers.length; i++) run(layers[i] as Net, i)
    } catch (reason) {
      throw inPart(net, layers[i] as Net, reason)
    }
  }

  /** What each layer makes of the shape that comes to it. */
  const along = <A extends { readonly outShape: Shape } & Made>(
    inShape: Shape,
    make: (layer: Net, inShape: Shape) => A,
  ): readonly [outShape: Shape, made: readonly A[]] => {
    let outShape = inShape
    const made: A[] = []
    each(parts, (part) => {
      const next = make(part, outShape)
      outShape = next.outShape
      made.push(next)
    })
    checkMade(parts, made)
    return [outShape, made]
  }

  /** Runs the layers from the last one back to the one after `first`; what is thrown names the one that it comes from. */
  const eachBack = (first: number, run: (layer: Net, i: number) => void): void => {
    let i = steps.length - 1
    try {
      for (; i > first; i--) run(steps[i] as Net, i)
    } catch (reason) {
      throw inPart(net, steps[i] as Net, reason)
    }
  }

  /** From the last layer back to the one after `first`: its gradient, and those of all weights on the way that learn. */
  const back = (
    dy: Tensor,
    caches: readonly unknown[],
    first: number,
    learns: Learns | undefined,
  ): readonly [dx: Tensor, Tensors[]] => {
    const own = new Array<Tensors>(steps.length).fill({})
    let dx = dy
    eachBack(first, (step, i) => {
      const [d, dparams] = backwardOf(step, dx, caches[i], learns)
      dx = d
      own[i] = dparams
    })
    return [dx, own]
  }

  const net: Net = {
    ...(names && { names }),
    init: (key, inShape, dtype): Initial<Tensors, Tensors> => {
      const [outShape, made] = along(inShape, (part, shape) => part.init(key, shape, dtype))
      return {
        outShape,
        params: Object.assign({}, ...made.map(({ params }) => params)),
        state: Object.assign({}, ...made.map(({ state }) => state)),
      }
    },
    outline: (inShape) => {
      const [outShape, made] = along(inShape, outlineOf)
      return outlineOfAll(made, outShape)
    },
    forward: (x, params, key) => {
      let y = x
      const caches = new Array<unknown>(steps.length)
      each(steps, (step, i) => {
        const [out, cache] = step.forward(y, params, key)
        y = out
        caches[i] = cache
      })
      return [y, caches]
    },
    backward: (dy, caches, learns) => {
      const [dx, own] = back(dy, cachesOf('backward', caches as readonly unknown[], steps.length), -1, learns)
      return [dx, collect(own)]
    },
    gradients: steps.every(hasNoGradients)
      ? noGradients
      : (dy, cache, learns) => {
          const caches = cachesOf('backward', cache as readonly unknown[], steps.length)
          const first = firstToLearn(learns)
          if (first < 0) return {}
          const [d, own] = back(dy, caches, first, learns)
          own[first] = gradientsOf(steps[first] as Net, d, caches[first], learns)
          return collect(own)
        },
    through: (dy, cache) => {
      const caches = cachesOf('backward', cache as readonly unknown[], steps.length)
      let dx = dy
      eachBack(-1, (step, i) => {
        dx = throughOf(step, dx, caches[i])
      })
      return dx
    },
    absorb: (state, cache) => {
      const caches = cachesOf('absorb', cache as readonly unknown[], steps.length)
      const absorbed: Record<string, Tensor> = {}
      for (let i = 0; i < steps.length; i++) {
        // Statistics of a layer that is applied twice learn from both passes, one after the other.
        const before = isTied ? { ...state, ...absorbed } : state
        Object.assign(absorbed, (steps[i] as Net).absorb(before, caches[i]))
      }
      return absorbed
    },
    predict: (x, params, state) => {
      let y = x
      each(steps, (step) => {
        y = step.predict(y, params, state)
      })
      return y
    },
  }
  return structured(net, { layers: parts, withLayers: (layers) => product(layers), kind: 'product' })
}
