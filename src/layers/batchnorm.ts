import { checkArgument, fraction, nonNegative, ShapeError } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, formatShape, shapes, type Tensor } from '../tensor/index.ts'
import { cacheOf } from './cache.ts'

export const EPS = 1e-5
export const MOMENTUM = 0.9

/** What `batchnormForward` tells `batchnormBackward` and `batchnormAbsorb`. */
export interface BatchnormCache {
  /** The normalized input, (x − mean)·invStd. */
  readonly xHat: Tensor
  /** The batch's own statistics; the variance is the biased one. */
  readonly mean: Tensor
  /** The biased variance of the batch. */
  readonly variance: Tensor
  /** 1/√(variance + eps) */
  readonly invStd: Tensor
  /** The scale. */
  readonly gamma: Tensor
}

const forwardContract = shapes('batchnormForward', 'x: N D, gamma: D, beta: D')
const backwardContract = shapes('batchnormBackward', 'dout: N D, xHat: N D, invStd: D, gamma: D')
export const predictContract = shapes('batchnormPredict', 'x: N D, gamma: D, beta: D, runningMean: D, runningVar: D')
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
  checkRows(x, gamma, beta)
  checkArgument('batchnormForward', 'eps', eps, nonNegative)
  return normalized('batchnormForward', x, gamma, beta, 1, eps)
}

export const checkRows = (x: Tensor, gamma: Tensor, beta: Tensor): void => {
  const { N } = forwardContract(x, gamma, beta)
  if (N < 2) {
    throw new ShapeError(
      `batchnormForward: the statistics of a batch need at least 2 rows, but x has shape ${formatShape(x.shape)}; use a larger batch, or layernorm`,
    )
  }
}

/** What is normalized together, after it is checked: rows of columns of `inner` elements each. */
export const normalized = (
  kernel: 'batchnormForward' | 'batchnormGeluForward',
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  inner: number,
  eps: number,
): readonly [out: Tensor, cache: BatchnormCache] => {
  const out = emptyLike(x)
  const xHat = emptyLike(x)
  const mean = emptyLike(gamma)
  const variance = emptyLike(gamma)
  const invStd = emptyLike(gamma)
  kernelsFor(x.data)[kernel](
    x.data,
    gamma.data,
    beta.data,
    inner,
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
  const { xHat, invStd, gamma } = cacheOf('batchnormBackward', cache)
  backwardContract(dout, xHat, invStd, gamma)
  return normalizedBackward(dout, cache, 1)
}

/** The gradients of `normalized`. */
export const normalizedBackward = (
  dout: Tensor,
  { xHat, invStd, gamma }: BatchnormCache,
  inner: number,
): readonly [dx: Tensor, dgamma: Tensor, dbeta: Tensor] => {
  const dx = emptyLike(dout)
  const dgamma = emptyLike(gamma)
  const dbeta = emptyLike(gamma)
  kernelsFor(dout.data).batchnormBackward(
    dout.data,
    gamma.data,
    xHat.data,
    invStd.data,
    inner,
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
  const { mean, variance } = cacheOf('batchnormAbsorb', cache)
  absorbContract(runningMean, runningVar, mean, variance)
  return [decay(runningMean, mean, momentum), decay(runningVar, variance, momentum)]
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
  checkArgument('batchnormPredict', 'eps', eps, nonNegative)
  return normalizedBy('batchnormPredict', x, gamma, beta, runningMean, runningVar, 1, eps)
}

/** `normalized` with given statistics. */
export const normalizedBy = (
  kernel: 'batchnormPredict' | 'batchnormGeluPredict',
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  mean: Tensor,
  variance: Tensor,
  inner: number,
  eps: number,
): Tensor => {
  const out = emptyLike(x)
  kernelsFor(x.data)[kernel](x.data, gamma.data, beta.data, mean.data, variance.data, inner, eps, out.data)
  return out
}
