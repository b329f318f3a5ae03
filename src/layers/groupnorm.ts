import {
  checkArgument,
  completed,
  type Given,
  nonNegative,
  positiveInteger,
  ShapeError,
  withDefault,
} from '../errors/index.ts'
import { imageKernelsFor } from '../kernels/index.ts'
import {
  dtypeOf,
  empty,
  emptyLike,
  formatShape,
  ones,
  type Shape,
  shapes,
  type Tensor,
  zeros,
} from '../tensor/index.ts'
import { cacheOf } from './cache.ts'
import { type Complete, checked, defineLayer } from './defineLayer.ts'
import { type Layer, type None, outlineWithout } from './layer.ts'
import type { ScaleAndShift } from './layernorm.ts'
import { checkImages, imageShape } from './window.ts'

const EPS = 1e-5

/** What `spatialGroupnormForward` tells `spatialGroupnormBackward`. */
export interface GroupnormCache {
  /** The normalized input, (x − mean)·invStd. */
  readonly xHat: Tensor
  /** 1/√(variance + eps), shape (N, groups). */
  readonly invStd: Tensor
  /** The scale, one number a channel. */
  readonly gamma: Tensor
}

const forwardContract = shapes('spatialGroupnormForward', 'x: N C H W, gamma: C, beta: C')
const backwardContract = shapes('spatialGroupnormBackward', 'dout: N C H W, xHat: N C H W, invStd: N G, gamma: C')

/** The greatest one. */
const commonDivisor = (a: number, b: number): number => (b === 0 ? a : commonDivisor(b, a % b))

const checkGroups = (where: string, groups: number, channels: number): void => {
  checkArgument(where, 'groups', groups, positiveInteger)
  if (channels % groups === 0) return
  throw new ShapeError(
    `${where}: groups must divide the number of channels, but ${channels} channels do not make ${groups} groups; take a divisor, e.g. ${commonDivisor(channels, groups)}`,
  )
}

/**
 * xHat = (x − mean(x))/√(var(x) + eps), out = gamma·xHat + beta, with mean and biased variance of each group of C/groups neighbouring
 * channels of each image; gamma and beta belong to channels
 *
 * @param x       images, shape (N, C, H, W)
 * @param gamma   scale, shape (C)
 * @param beta    shift, shape (C)
 * @param groups  G, an integer ≥ 1 that divides C; 1 is layernorm of images, C is instance norm
 * @param eps     ≥ 0, added to the variance
 * @returns       out, shape (N, C, H, W), and what `spatialGroupnormBackward` needs
 * @throws        ShapeError when C disagrees or G does not divide it
 * @example       spatialGroupnormForward(tensor([1, 1, 1, 2], [-1, 1]), ones([1]), zeros([1]), 1, 0)[0].data   // Float32Array [-1, 1]
 * @see           Wu & He, "Group normalization", 2018
 */
export const spatialGroupnormForward = (
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  groups: number,
  eps = EPS,
): readonly [out: Tensor, cache: GroupnormCache] => {
  checkImages('spatialGroupnormForward', 'x', x)
  const { N, C, H, W } = forwardContract(x, gamma, beta)
  checkGroups('spatialGroupnormForward', groups, C)
  checkArgument('spatialGroupnormForward', 'eps', eps, nonNegative)
  if (C * H * W === 0) {
    throw new ShapeError(`spatialGroupnormForward: a mean needs an element, but x has shape ${formatShape(x.shape)}`)
  }
  const out = emptyLike(x)
  const xHat = emptyLike(x)
  const invStd = empty([N, groups], dtypeOf(x))
  imageKernelsFor(x.data).groupnormForward(
    x.data,
    gamma.data,
    beta.data,
    H * W,
    groups,
    eps,
    out.data,
    xHat.data,
    invStd.data,
  )
  return [out, { xHat, invStd, gamma }]
}

/**
 * dbeta = Σ dout, dgamma = Σ dout·xHat; with g = dout·gamma and means over the group: dx = (g − mean(g) − xHat·mean(g·xHat))/√(var + eps)
 *
 * @param dout   upstream gradient, shape (N, C, H, W)
 * @param cache  from `spatialGroupnormForward`
 * @returns      gradients in the shapes of x, gamma and beta
 * @throws       ShapeError when dout has another shape
 * @example      spatialGroupnormBackward(ones([1, 1, 1, 2]), spatialGroupnormForward(tensor([1, 1, 1, 2], [-1, 1]), ones([1]), zeros([1]), 1)[1])[2].data   // Float32Array [2]
 * @see          Wu & He, "Group normalization", 2018
 */
export const spatialGroupnormBackward = (
  dout: Tensor,
  cache: GroupnormCache,
): readonly [dx: Tensor, dgamma: Tensor, dbeta: Tensor] => {
  const { xHat, invStd, gamma } = cacheOf('spatialGroupnormBackward', cache)
  const { C, H, W, G } = backwardContract(dout, xHat, invStd, gamma)
  checkGroups('spatialGroupnormBackward', G, C)
  const dx = emptyLike(dout)
  const dgamma = emptyLike(gamma)
  const dbeta = emptyLike(gamma)
  imageKernelsFor(dout.data).groupnormBackward(
    dout.data,
    gamma.data,
    xHat.data,
    invStd.data,
    H * W,
    G,
    dx.data,
    dgamma.data,
    dbeta.data,
  )
  return [dx, dgamma, dbeta]
}

const groupnormOptions = {
  /** Added to the variance, ≥ 0; 1e-5 unless given. */
  eps: withDefault(EPS, nonNegative),
}

/** The options of `groupnorm`. @interface */
export type GroupnormOptions = Given<typeof groupnormOptions>

const allOptions = { groups: positiveInteger, ...groupnormOptions }

export const groupnormLayer = defineLayer(
  'groupnorm',
  (options: Complete<typeof allOptions>): Layer<ScaleAndShift, None, GroupnormCache> => {
    const { groups, eps } = checked('groupnorm', options, allOptions)
    const channelsOf = (inShape: Shape): number => {
      const [C] = imageShape('groupnorm', inShape)
      checkGroups('groupnorm', groups, C)
      return C
    }
    return {
      names: ['gamma', 'beta'],
      outline: (inShape) => {
        const shape = [channelsOf(inShape)]
        const { floats, ...plain } = outlineWithout(inShape)
        return { ...plain, floats, params: { gamma: shape, beta: shape }, multiplications: 3 * floats }
      },
      init: (_key, inShape, dtype = 'float32') => {
        const shape = [channelsOf(inShape)]
        return { outShape: inShape, params: { gamma: ones(shape, dtype), beta: zeros(shape, dtype) }, state: {} }
      },
      forward: (x, { gamma, beta }) => spatialGroupnormForward(x, gamma, beta, groups, eps),
      backward: (dy, cache) => {
        const [dx, gamma, beta] = spatialGroupnormBackward(dy, cache)
        return [dx, { gamma, beta }]
      },
      absorb: () => ({}),
      predict: (x, { gamma, beta }) => spatialGroupnormForward(x, gamma, beta, groups, eps)[0],
    }
  },
)

/**
 * The layer of `spatialGroupnormForward` for examples of shape (C, H, W): gamma = 1 and beta = 0 at the start. It does not depend on the
 * batch, so training and evaluation compute the same.
 *
 * @param groups   an integer ≥ 1 that divides C
 * @param options  `eps`, where the default is not what is wanted
 * @throws         ArgumentError when one of them is out of range; (init) ShapeError for examples of another shape, or groups that do not divide C
 * @example        groupnorm(4).init(key(0), [8, 5, 5]).params.gamma.shape   // [8]
 */
export const groupnorm = (groups: number, options: GroupnormOptions = {}) =>
  groupnormLayer({ groups, ...completed('groupnorm', options, groupnormOptions) })
