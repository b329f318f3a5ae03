import { either, nonNegative, oneOf, positiveInteger, type Requirement } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { foldIn, normal } from '../random/index.ts'
import { dtypeOf, empty, emptyLike, shapes, sizeOf, type Tensor, zeros } from '../tensor/index.ts'
import { cacheOf } from './cache.ts'
import { type Complete, checked, defineLayer } from './defineLayer.ts'
import { type Layer, type Learns, type None, outlineWithout } from './layer.ts'

/** What `affineForward` tells `affineBackward`. */
export interface AffineCache {
  /** The input. */
  readonly x: Tensor
  /** The weights, shape (D, M). */
  readonly w: Tensor
}

const forwardContract = shapes('affineForward', 'x: N ...D, w: D M, b: M')
const backwardContract = shapes('affineBackward', 'dout: N M, x: N ...D, w: D M')

/**
 * out = x·w + b
 *
 * @param x  input, shape (N, d₁, …, d_k); trailing axes are flattened to D
 * @param w  weights, shape (D, M)
 * @param b  bias, shape (M)
 * @returns  out, shape (N, M), and what `affineBackward` needs
 * @throws   ShapeError when D or M disagree
 * @example  affineForward(ones([2, 3]), ones([3, 2]), zeros([2]))[0].data   // Float32Array [3, 3, 3, 3]
 * @see      https://cs231n.github.io/neural-networks-1/
 */
export const affineForward = (x: Tensor, w: Tensor, b: Tensor): readonly [out: Tensor, cache: AffineCache] => {
  const out = product(x, w, b)
  const kernels = kernelsFor(out.data)
  kernels.addBias(out.data, b.data, out.data)
  return [out, { x, w }]
}

/** x·w, after the contract of affineForward is checked. */
const product = (x: Tensor, w: Tensor, b: Tensor): Tensor => {
  const { N, D, M } = forwardContract(x, w, b)
  const out = empty([N, M], dtypeOf(x))
  kernelsFor(out.data).matmul(false, false, N, M, D, x.data, w.data, out.data)
  return out
}

/**
 * max(0, x·w + b), bias and relu in one pass
 *
 * @internal
 */
export const affineThenRelu = (x: Tensor, w: Tensor, b: Tensor): Tensor => {
  const out = product(x, w, b)
  kernelsFor(out.data).addBiasRelu(out.data, b.data, out.data)
  return out
}

/**
 * dx = dout·wᵀ, dw = xᵀ·dout, db = Σᵢ dout[i, :]
 *
 * @param dout   upstream gradient, shape (N, M)
 * @param cache  from `affineForward`
 * @returns      gradients in the shapes of x, w and b
 * @throws       ShapeError when dout is not (N, M)
 * @example      affineBackward(ones([2, 2]), affineForward(ones([2, 3]), ones([3, 2]), zeros([2]))[1])[2].data   // Float32Array [2, 2]
 * @see          https://cs231n.github.io/optimization-2/
 */
export const affineBackward = (dout: Tensor, cache: AffineCache): readonly [dx: Tensor, dw: Tensor, db: Tensor] => {
  const { x, w } = cacheOf('affineBackward', cache)
  const sizes = backwardContract(dout, x, w)
  return [inputGradient(dout, cache, sizes), weightGradient(dout, cache, sizes), biasGradient(dout, sizes)]
}

/** N, D, M after the contract was checked. */
type Sizes = ReturnType<typeof backwardContract>

const inputGradient = (dout: Tensor, { x, w }: AffineCache, { N, D, M }: Sizes): Tensor => {
  const dx = emptyLike(x)
  kernelsFor(dx.data).matmul(false, true, N, D, M, dout.data, w.data, dx.data)
  return dx
}

const weightGradient = (dout: Tensor, { x, w }: AffineCache, { N, D, M }: Sizes): Tensor => {
  const dw = emptyLike(w)
  kernelsFor(dw.data).matmul(true, false, D, M, N, x.data, dout.data, dw.data)
  return dw
}

const biasGradient = (dout: Tensor, { M }: Sizes): Tensor => {
  const db = empty([M], dtypeOf(dout))
  kernelsFor(dout.data).columnSums(dout.data, 1, db.data)
  return db
}

/**
 * dw = xᵀ·dout, db = Σᵢ dout[i, :]: `affineBackward` without the product for dx, which nobody needs of a first layer
 *
 * @param dout   upstream gradient, shape (N, M)
 * @param cache  from `affineForward`
 * @returns      gradients in the shapes of w and b
 * @throws       ShapeError when dout is not (N, M)
 * @example      affineGradients(ones([2, 2]), affineForward(ones([2, 3]), ones([3, 2]), zeros([2]))[1])[0].shape   // [3, 2]
 * @see          https://cs231n.github.io/optimization-2/
 */
export const affineGradients = (dout: Tensor, cache: AffineCache): readonly [dw: Tensor, db: Tensor] => {
  const { x, w } = cacheOf('affineGradients', cache)
  const sizes = backwardContract(dout, x, w)
  return [weightGradient(dout, cache, sizes), biasGradient(dout, sizes)]
}

/** The gradients of the weights that learn. */
const wanted = (dy: Tensor, cache: AffineCache, sizes: Sizes, learns: Learns | undefined): Weights => {
  if (learns === undefined) return { W: weightGradient(dy, cache, sizes), b: biasGradient(dy, sizes) }
  return {
    ...(learns.has('W') && { W: weightGradient(dy, cache, sizes) }),
    ...(learns.has('b') && { b: biasGradient(dy, sizes) }),
  } as Weights
}

/**
 * The ways back of the layer: all of it, without dx, without dw and db
 *
 * @internal
 */
export const affineBack = {
  backward: (dy: Tensor, cache: AffineCache, learns?: Learns): readonly [dx: Tensor, dparams: Weights] => {
    const { x, w } = cacheOf('affineBackward', cache)
    const sizes = backwardContract(dy, x, w)
    return [inputGradient(dy, cache, sizes), wanted(dy, cache, sizes, learns)]
  },
  gradients: (dy: Tensor, cache: AffineCache, learns?: Learns): Weights => {
    const { x, w } = cacheOf('affineBackward', cache)
    return wanted(dy, cache, backwardContract(dy, x, w), learns)
  },
  through: (dy: Tensor, cache: AffineCache): Tensor => {
    const { x, w } = cacheOf('affineBackward', cache)
    return inputGradient(dy, cache, backwardContract(dy, x, w))
  },
}

/** Standard deviation of the initial weights: a number ≥ 0, or a rule that looks at the layer's size. */
export type WeightScale = number | 'he' | 'xavier'

export const weightScales: Requirement<WeightScale> = either(nonNegative, oneOf(['he', 'xavier']))

/** What a weight scale is for a layer of these sizes. */
export const standardDeviation = (weightScale: WeightScale, fanIn: number, fanOut: number): number => {
  if (weightScale === 'he') return Math.sqrt(2 / Math.max(1, fanIn))
  if (weightScale === 'xavier') return Math.sqrt(2 / Math.max(1, fanIn + fanOut))
  return weightScale
}

/** @inline */
type Weights = {
  /** Weights, shape (D, M). */
  readonly W: Tensor
  /** Bias, shape (M). */
  readonly b: Tensor
}

const affineOptions = { numOut: positiveInteger, weightScale: weightScales }

export const affineLayer = defineLayer(
  'affine',
  (options: Complete<typeof affineOptions>): Layer<Weights, None, AffineCache> => {
    const { numOut, weightScale } = checked('affine', options, affineOptions)
    return {
      names: ['W', 'b'],
      outline: (inShape) => {
        const numIn = sizeOf(inShape)
        return {
          ...outlineWithout([numOut]),
          params: { W: [numIn, numOut], b: [numOut] },
          multiplications: numIn * numOut,
        }
      },
      init: (key, inShape, dtype = 'float32') => {
        const numIn = sizeOf(inShape)
        const std = standardDeviation(weightScale, numIn, numOut)
        return {
          outShape: [numOut],
          params: { W: normal(foldIn(key, 'W'), [numIn, numOut], std, dtype), b: zeros([numOut], dtype) },
          state: {},
        }
      },
      forward: (x, { W, b }) => affineForward(x, W, b),
      ...affineBack,
      absorb: () => ({}),
      predict: (x, { W, b }) => affineForward(x, W, b)[0],
    }
  },
)

/**
 * The layer y = x·W + b with W ~ N(0, weightScale²) and b = 0.
 *
 * @param numOut       M, the number of outputs, an integer ≥ 1; the number of inputs follows from the shape that arrives
 * @param weightScale  'he' = √(2/D), 'xavier' = √(2/(D + M)), or a number ≥ 0
 * @throws             ArgumentError when one of them is out of range
 * @example            affine(10).init(key(0), [28, 28]).params.W.shape   // [784, 10]
 * @see                He et al., "Delving deep into rectifiers", 2015; Glorot & Bengio, "Understanding the difficulty …", 2010
 */
export const affine = (numOut: number, weightScale: WeightScale = 'he') => affineLayer({ numOut, weightScale })
