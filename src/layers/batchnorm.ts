import { kernelsFor } from '../kernels/index.ts'
import {
  checkArgument,
  dtypeOf,
  empty,
  emptyLike,
  formatShape,
  fraction,
  type Given,
  nonNegative,
  ones,
  ShapeError,
  shapes,
  type Tensor,
  withDefault,
  zeros,
} from '../tensor/index.ts'
import { type Complete, checked, completed, defineLayer } from './defineLayer.ts'
import { flatSize } from './flatSize.ts'
import { type Layer, outlineWithout } from './layer.ts'

const EPS = 1e-5
const MOMENTUM = 0.9

export interface BatchnormCache {
  readonly xHat: Tensor
  /** The batch's own statistics; the variance is the biased one. */
  readonly mean: Tensor
  readonly variance: Tensor
  /** 1/√(variance + eps) */
  readonly invStd: Tensor
  readonly gamma: Tensor
}

const forwardContract = shapes('batchnormForward', 'x: N D, gamma: D, beta: D')
const backwardContract = shapes('batchnormBackward', 'dout: N D, xHat: N D')
const predictContract = shapes('batchnormPredict', 'x: N D, gamma: D, beta: D, runningMean: D, runningVar: D')
const absorbContract = shapes('batchnormAbsorb', 'runningMean: D, runningVar: D, mean: D, variance: D')

/**
 * xHat = (x − mean(x))/√(var(x) + eps), out = gamma·xHat + beta, with the batch's mean and biased variance of each column
 *
 * @param x      input, shape (N, D), N ≥ 2
 * @param gamma  scale, shape (D)
 * @param beta   shift, shape (D)
 * @param eps    ≥ 0, added to the variance
 * @returns      out, shape (N, D), and what `batchnormBackward` and `batchnormAbsorb` need
 * @throws       ShapeError when D disagrees or N < 2
 * @example      batchnormForward(tensor([2, 1], [-1, 1]), ones([1]), zeros([1]), 0)[0].data   // Float32Array [-1, 1]
 * @see          Ioffe & Szegedy, "Batch normalization", 2015
 */
export const batchnormForward = (
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  eps = EPS,
): readonly [out: Tensor, cache: BatchnormCache] => {
  const { N, D } = forwardContract(x, gamma, beta)
  if (N < 2) {
    throw new ShapeError(
      `batchnormForward: the statistics of a batch need at least 2 rows, but x has shape ${formatShape(x.shape)}; use a larger batch, or layernorm`,
    )
  }
  const out = emptyLike(x)
  const xHat = emptyLike(x)
  const mean = empty([D], dtypeOf(x))
  const variance = emptyLike(mean)
  const invStd = emptyLike(mean)
  kernelsFor(x.data).batchnormForward(
    x.data,
    gamma.data,
    beta.data,
    eps,
    out.data,
    xHat.data,
    mean.data,
    variance.data,
    invStd.data,
  )
  return [out, { xHat, mean, variance, invStd, gamma }]
}

/**
 * dbeta = Σᵢ dout, dgamma = Σᵢ dout·xHat, dx = gamma/(N·√(var + eps))·(N·dout − dbeta − xHat·dgamma)
 *
 * @param dout   upstream gradient, shape (N, D)
 * @param cache  from `batchnormForward`
 * @returns      gradients in the shapes of x, gamma and beta
 * @throws       ShapeError when dout is not (N, D)
 * @example      batchnormBackward(ones([2, 1]), batchnormForward(tensor([2, 1], [-1, 1]), ones([1]), zeros([1]))[1])[2].data   // Float32Array [2]
 * @see          Ioffe & Szegedy, "Batch normalization", 2015
 */
export const batchnormBackward = (
  dout: Tensor,
  cache: BatchnormCache,
): readonly [dx: Tensor, dgamma: Tensor, dbeta: Tensor] => {
  const { xHat, invStd, gamma } = cache
  backwardContract(dout, xHat)
  const dx = emptyLike(dout)
  const dgamma = emptyLike(gamma)
  const dbeta = emptyLike(gamma)
  kernelsFor(dout.data).batchnormBackward(
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

/**
 * r ← momentum·r + (1 − momentum)·batch, for the mean and the biased variance
 *
 * @param runningMean  shape (D)
 * @param runningVar   shape (D)
 * @param cache        from `batchnormForward`
 * @param momentum     in [0, 1), the share of the old value that is kept
 * @returns            the next running mean and variance
 * @throws             ShapeError when D disagrees, ArgumentError when momentum is outside
 * @example            batchnormAbsorb(zeros([1]), ones([1]), batchnormForward(full([2, 1], 1), ones([1]), zeros([1]))[1])[1].data   // Float32Array [0.9]
 * @see                https://cs231n.github.io/neural-networks-2/
 */
export const batchnormAbsorb = (
  runningMean: Tensor,
  runningVar: Tensor,
  cache: BatchnormCache,
  momentum = MOMENTUM,
): readonly [runningMean: Tensor, runningVar: Tensor] => {
  checkArgument('batchnormAbsorb', 'momentum', momentum, fraction)
  absorbContract(runningMean, runningVar, cache.mean, cache.variance)
  return [decay(runningMean, cache.mean, momentum), decay(runningVar, cache.variance, momentum)]
}

const decay = (running: Tensor, batch: Tensor, momentum: number): Tensor => {
  const next = emptyLike(running)
  const kernels = kernelsFor(next.data)
  kernels.scale(running.data, momentum, next.data)
  kernels.addScaled(next.data, 1 - momentum, batch.data, next.data)
  return next
}

/**
 * out = gamma·(x − runningMean)/√(runningVar + eps) + beta
 *
 * @param x            input, shape (N, D)
 * @param runningMean  shape (D)
 * @param runningVar   shape (D)
 * @throws             ShapeError when D disagrees
 * @example            batchnormPredict(full([1, 1], 3), ones([1]), zeros([1]), ones([1]), full([1], 4), 0).data   // Float32Array [1]
 * @see                Ioffe & Szegedy, "Batch normalization", 2015, algorithm 2
 */
export const batchnormPredict = (
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  runningMean: Tensor,
  runningVar: Tensor,
  eps = EPS,
): Tensor => {
  predictContract(x, gamma, beta, runningMean, runningVar)
  const out = emptyLike(x)
  kernelsFor(x.data).batchnormPredict(x.data, gamma.data, beta.data, runningMean.data, runningVar.data, eps, out.data)
  return out
}

const batchnormOptions = {
  /** Share of the old running statistics that is kept, in [0, 1); 0.9 unless given. */
  momentum: withDefault(MOMENTUM, fraction),
  /** Added to the variance, ≥ 0; 1e-5 unless given. */
  eps: withDefault(EPS, nonNegative),
}

export type BatchnormOptions = Given<typeof batchnormOptions>

export const batchnormLayer = defineLayer(
  'batchnorm',
  (
    options: Complete<typeof batchnormOptions>,
  ): Layer<
    { readonly gamma: Tensor; readonly beta: Tensor },
    { readonly runningMean: Tensor; readonly runningVar: Tensor },
    BatchnormCache
  > => {
    const { momentum, eps } = checked('batchnorm', options, batchnormOptions)
    return {
      names: ['gamma', 'beta', 'runningMean', 'runningVar'],
      outline: (inShape) => {
        const D = flatSize('batchnorm', inShape)
        return {
          ...outlineWithout(inShape),
          params: { gamma: [D], beta: [D] },
          state: { runningMean: [D], runningVar: [D] },
          multiplications: D,
          fewestRows: 2,
        }
      },
      init: (_key, inShape, dtype = 'float32') => {
        const shape = [flatSize('batchnorm', inShape)]
        return {
          outShape: inShape,
          params: { gamma: ones(shape, dtype), beta: zeros(shape, dtype) },
          state: { runningMean: zeros(shape, dtype), runningVar: ones(shape, dtype) },
        }
      },
      forward: (x, { gamma, beta }) => batchnormForward(x, gamma, beta, eps),
      backward: (dy, cache) => {
        const [dx, gamma, beta] = batchnormBackward(dy, cache)
        return [dx, { gamma, beta }]
      },
      absorb: (state, cache) => {
        const [runningMean, runningVar] = batchnormAbsorb(state.runningMean, state.runningVar, cache, momentum)
        return { runningMean, runningVar }
      },
      predict: (x, { gamma, beta }, { runningMean, runningVar }) =>
        batchnormPredict(x, gamma, beta, runningMean, runningVar, eps),
    }
  },
)

/**
 * The layer of `batchnormForward` for examples of shape (D,): gamma = 1 and beta = 0, running mean 0 and variance 1 at the start.
 *
 * @param options  `momentum` and `eps`, where the defaults are not what is wanted
 * @throws         ArgumentError when one of them is out of range; (init) ShapeError for examples of another shape
 * @example        Object.keys(batchnorm({ eps: 1e-3 }).init(key(0), [3]).state)   // ['runningMean', 'runningVar']
 */
export const batchnorm = (options: BatchnormOptions = {}) =>
  batchnormLayer(completed('batchnorm', options, batchnormOptions))
