import { checkArgument, completed, type Given, nonNegative, withDefault } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { dtypeOf, empty, emptyLike, ones, shapes, type Tensor, zeros } from '../tensor/index.ts'
import { cacheOf } from './cache.ts'
import { type Complete, checked, defineLayer } from './defineLayer.ts'
import { flatSize } from './flatSize.ts'
import { type Layer, type None, outlineWithout } from './layer.ts'

const EPS = 1e-5

/** What `layernormForward` tells `layernormBackward`. */
export interface LayernormCache {
  /** The normalized input, (x − mean)·invStd. */
  readonly xHat: Tensor
  /** 1/√(variance + eps), one a row. */
  readonly invStd: Tensor
  /** The scale. */
  readonly gamma: Tensor
}

const forwardContract = shapes('layernormForward', 'x: N D, gamma: D, beta: D')
const backwardContract = shapes('layernormBackward', 'dout: N D, xHat: N D, invStd: N, gamma: D')

/**
 * xHat = (x − mean(x))/√(var(x) + eps), out = gamma·xHat + beta, with mean and biased variance of each row
 *
 * @param x      input, shape (N, D)
 * @param gamma  scale, shape (D)
 * @param beta   shift, shape (D)
 * @param eps    ≥ 0, added to the variance
 * @returns      out, shape (N, D), and what `layernormBackward` needs
 * @throws       ShapeError when D disagrees
 * @example      layernormForward(tensor([1, 2], [-1, 1]), ones([2]), zeros([2]), 0)[0].data   // Float32Array [-1, 1]
 * @see          Ba, Kiros & Hinton, "Layer normalization", 2016
 */
export const layernormForward = (
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  eps = EPS,
): readonly [out: Tensor, cache: LayernormCache] => {
  const { N } = forwardContract(x, gamma, beta)
  checkArgument('layernormForward', 'eps', eps, nonNegative)
  const out = emptyLike(x)
  const xHat = emptyLike(x)
  const invStd = empty([N], dtypeOf(x))
  kernelsFor(x.data).layernormForward(x.data, gamma.data, beta.data, eps, out.data, xHat.data, invStd.data)
  return [out, { xHat, invStd, gamma }]
}

/**
 * dbeta = Σᵢ dout, dgamma = Σᵢ dout·xHat, dx = (D·dHat − Σⱼ dHat − xHat·Σⱼ dHat·xHat)/(D·√(var + eps)) with dHat = dout·gamma
 *
 * @param dout   upstream gradient, shape (N, D)
 * @param cache  from `layernormForward`
 * @returns      gradients in the shapes of x, gamma and beta
 * @throws       ShapeError when dout is not (N, D)
 * @example      layernormBackward(ones([1, 2]), layernormForward(tensor([1, 2], [-1, 1]), ones([2]), zeros([2]))[1])[2].data   // Float32Array [1, 1]
 * @see          Ba, Kiros & Hinton, "Layer normalization", 2016
 */
export const layernormBackward = (
  dout: Tensor,
  cache: LayernormCache,
): readonly [dx: Tensor, dgamma: Tensor, dbeta: Tensor] => {
  const { xHat, invStd, gamma } = cacheOf('layernormBackward', cache)
  backwardContract(dout, xHat, invStd, gamma)
  const dx = emptyLike(dout)
  const dgamma = emptyLike(gamma)
  const dbeta = emptyLike(gamma)
  kernelsFor(dout.data).layernormBackward(
    dout.data,
    gamma.data,
    xHat.data,
    invStd.data,
    dx.data,
    dgamma.data,
    dbeta.data,
  )
  return [dx, dgamma, dbeta]
}

/** What a normalization trains. @inline */
export type ScaleAndShift = {
  /** Scale, one number a column or channel. */
  readonly gamma: Tensor
  /** Shift, one number a column or channel. */
  readonly beta: Tensor
}

const layernormOptions = {
  /** Added to the variance, ≥ 0; 1e-5 unless given. */
  eps: withDefault(EPS, nonNegative),
}

/** The options of `layernorm`. @interface */
export type LayernormOptions = Given<typeof layernormOptions>

export const layernormLayer = defineLayer(
  'layernorm',
  (options: Complete<typeof layernormOptions>): Layer<ScaleAndShift, None, LayernormCache> => {
    const { eps } = checked('layernorm', options, layernormOptions)
    return {
      names: ['gamma', 'beta'],
      outline: (inShape) => {
        const D = flatSize('layernorm', inShape)
        return { ...outlineWithout(inShape), params: { gamma: [D], beta: [D] }, multiplications: 3 * D }
      },
      init: (_key, inShape, dtype = 'float32') => {
        const shape = [flatSize('layernorm', inShape)]
        return { outShape: inShape, params: { gamma: ones(shape, dtype), beta: zeros(shape, dtype) }, state: {} }
      },
      forward: (x, { gamma, beta }) => layernormForward(x, gamma, beta, eps),
      backward: (dy, cache) => {
        const [dx, gamma, beta] = layernormBackward(dy, cache)
        return [dx, { gamma, beta }]
      },
      absorb: () => ({}),
      predict: (x, { gamma, beta }) => layernormForward(x, gamma, beta, eps)[0],
    }
  },
)

/**
 * The layer of `layernormForward` for examples of shape (D,): gamma = 1 and beta = 0 at the start.
 *
 * @param options  `eps`, where the default is not what is wanted
 * @throws         ArgumentError when it is out of range; (init) ShapeError for examples of another shape
 * @example        Object.keys(layernorm({ eps: 1e-3 }).init(key(0), [3]).params)   // ['gamma', 'beta']
 */
export const layernorm = (options: LayernormOptions = {}) =>
  layernormLayer(completed('layernorm', options, layernormOptions))
