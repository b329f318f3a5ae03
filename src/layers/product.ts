import { giveBack, kernelsFor, moment, overlap } from '../kernels/index.ts'
import { emptyLike, type Shape, shapes, sizeOf, type Tensor, type Tensors } from '../tensor/index.ts'
import { cachesOf } from './cache.ts'
import { hasNoGradients, type Initial, type Learns, type Net, noGradients, type Outline, outlineOf } from './layer.ts'
import { backwardOf, gradientsOf, mayLearn, throughOf } from './learning.ts'
import { checkMade, type Made, namesOfAll } from './names.ts'
import { inPart } from './parts.ts'
import { structured } from './structure.ts'

const contract = shapes('sum', 'the first: ...D, the second: ...D')

/** x + y, element by element. */
export const sum = (a: Tensor, b: Tensor): Tensor => {
  contract(a, b)
  const out = emptyLike(a)
  kernelsFor(a.data).add(a.data, b.data, out.data)
  return out
}

const isAmong = (t: Tensor, others: Tensors): boolean => {
  for (const name in others) if (overlap(t.data, (others[name] as Tensor).data)) return true
  return false
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

const SEEN = 512 // examples that go through layers to one that is prepared: as many as a large batch has

/** Each part that looks at the data gets what comes to it from those before. */
const prepareOf = (
  parts: readonly Net[],
  each: (layers: readonly Net[], run: (layer: Net, i: number) => void) => void,
): Pick<Net, 'prepare'> => {
  const last = parts.findLastIndex(({ prepare }) => prepare !== undefined)
  if (last < 0) return {}
  return {
    prepare: (params, x, key) => {
      let [prepared, y] = [params, x]
      each(parts.slice(0, last + 1), (part, i) => {
        if (part.prepare !== undefined) prepared = { ...prepared, ...part.prepare(prepared, y, key) }
        if (i === last) return
        if (i === 0) y = firstRows(y, SEEN)
        y = part.forward(y, prepared, key)[0]
      })
      return prepared
    },
  }
}

const firstRows = (x: Tensor, count: number): Tensor => {
  const [rows = 0, ...shape] = x.shape
  const kept = Math.min(rows, count)
  return { shape: [kept, ...shape], data: x.data.subarray(0, kept * sizeOf(shape)) }
}

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

  /**
   * From the last layer back to the one after `first`, whose dx it is. A dx gives its place back once it is used; what is thrown names the
   * layer that it comes from.
   */
  const eachBack = (
    dy: Tensor,
    first: number,
    run: (layer: Net, dx: Tensor, i: number) => readonly [dx: Tensor, dparams: Tensors],
  ): Tensor => {
    let dx = dy
    let i = steps.length - 1
    // dx was made after this moment, by the layer behind, whose gradients have no part of it. What came in is not ours.
    let since = Number.POSITIVE_INFINITY
    try {
      for (; i > first; i--) {
        const before = moment()
        const [d, dparams] = run(steps[i] as Net, dx, i)
        if (!overlap(d.data, dx.data)) {
          if (!isAmong(dx, dparams)) giveBack(dx.data, since)
          since = isAmong(d, dparams) ? Number.POSITIVE_INFINITY : before
        } else if (isAmong(d, dparams)) since = Number.POSITIVE_INFINITY
        dx = d
      }
    } catch (reason) {
      throw inPart(net, steps[i] as Net, reason)
    }
    return dx
  }

  /** The gradient of the layer after `first`, and those of all weights on the way that learn. */
  const back = (
    dy: Tensor,
    caches: readonly unknown[],
    first: number,
    learns: Learns | undefined,
  ): readonly [dx: Tensor, Tensors[]] => {
    const own = new Array<Tensors>(steps.length).fill({})
    const dx = eachBack(dy, first, (step, dx, i) => {
      const made = backwardOf(step, dx, caches[i], learns)
      own[i] = made[1]
      return made
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
      return eachBack(dy, -1, (step, dx, i) => [throughOf(step, dx, caches[i]), {}])
    },
    ...prepareOf(parts, each),
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
