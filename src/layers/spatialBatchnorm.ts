import { checkArgument, nonNegative, ShapeError } from '../errors/index.ts'
import { formatShape, shapes, type Tensor } from '../tensor/index.ts'
import { type BatchnormCache, batchnormAbsorb, EPS, normalized, normalizedBackward, normalizedBy } from './batchnorm.ts'
import { cacheOf } from './cache.ts'
import { checkImages } from './window.ts'

const forwardContract = shapes('spatialBatchnormForward', 'x: N C H W, gamma: C, beta: C')
const backwardContract = shapes('spatialBatchnormBackward', 'dout: N C H W, xHat: N C H W, invStd: C, gamma: C')
const predictContract = shapes(
  'spatialBatchnormPredict',
  'x: N C H W, gamma: C, beta: C, runningMean: C, runningVar: C',
)

/**
 * xHat = (x − mean(x))/√(var(x) + eps), out = gamma·xHat + beta, with mean and biased variance of each channel, over images and places
 *
 * @param x      images, shape (N, C, H, W), at least 2 elements a channel
 * @param gamma  scale, shape (C)
 * @param beta   shift, shape (C)
 * @param eps    ≥ 0, added to the variance
 * @returns      out, shape (N, C, H, W), and what `spatialBatchnormBackward` and `spatialBatchnormAbsorb` need
 * @throws       ShapeError when C disagrees or a channel has less than 2 elements
 * @example      spatialBatchnormForward(tensor([1, 1, 1, 2], [-1, 1]), ones([1]), zeros([1]), 0)[0].data   // Float32Array [-1, 1]
 * @see          Ioffe & Szegedy, "Batch normalization", 2015, section 3.2
 */
export const spatialBatchnormForward = (
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  eps = EPS,
): readonly [out: Tensor, cache: BatchnormCache] => {
  const inner = planesOf(x, gamma, beta)
  checkArgument('spatialBatchnormForward', 'eps', eps, nonNegative)
  return normalized('batchnormForward', x, gamma, beta, inner, eps)
}

/** The number of elements of a plane, after all is checked. */
export const planesOf = (x: Tensor, gamma: Tensor, beta: Tensor): number => {
  checkImages('spatialBatchnormForward', 'x', x)
  const { N, H, W } = forwardContract(x, gamma, beta)
  if (N * H * W < 2) {
    throw new ShapeError(
      `spatialBatchnormForward: the statistics of a channel need at least 2 elements, but x has shape ${formatShape(x.shape)}; use a larger batch, or groupnorm`,
    )
  }
  return H * W
}

/**
 * With n = N·H·W: dbeta = Σ dout, dgamma = Σ dout·xHat, dx = gamma/(n·√(var + eps))·(n·dout − dbeta − xHat·dgamma), for each channel
 *
 * @param dout   upstream gradient, shape (N, C, H, W)
 * @param cache  from `spatialBatchnormForward`
 * @returns      gradients in the shapes of x, gamma and beta
 * @throws       ShapeError when dout has another shape
 * @example      spatialBatchnormBackward(ones([1, 1, 1, 2]), spatialBatchnormForward(tensor([1, 1, 1, 2], [-1, 1]), ones([1]), zeros([1]))[1])[2].data   // Float32Array [2]
 * @see          Ioffe & Szegedy, "Batch normalization", 2015, section 3.2
 */
export const spatialBatchnormBackward = (
  dout: Tensor,
  cache: BatchnormCache,
): readonly [dx: Tensor, dgamma: Tensor, dbeta: Tensor] => {
  const { xHat, invStd, gamma } = cacheOf('spatialBatchnormBackward', cache)
  const { H, W } = backwardContract(dout, xHat, invStd, gamma)
  return normalizedBackward(dout, cache, H * W)
}

/**
 * out = gamma·(x − runningMean)/√(runningVar + eps) + beta, for each channel
 *
 * @param x            images, shape (N, C, H, W)
 * @param runningMean  shape (C)
 * @param runningVar   shape (C)
 * @throws             ShapeError when C disagrees
 * @example            spatialBatchnormPredict(full([1, 1, 1, 1], 3), ones([1]), zeros([1]), ones([1]), full([1], 4), 0).data   // Float32Array [1]
 * @see                Ioffe & Szegedy, "Batch normalization", 2015, algorithm 2
 */
export const spatialBatchnormPredict = (
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  runningMean: Tensor,
  runningVar: Tensor,
  eps = EPS,
): Tensor => {
  const inner = planesToPredict(x, gamma, beta, runningMean, runningVar)
  checkArgument('spatialBatchnormPredict', 'eps', eps, nonNegative)
  return normalizedBy('batchnormPredict', x, gamma, beta, runningMean, runningVar, inner, eps)
}

/** The number of elements of a plane, after all is checked. */
export const planesToPredict = (
  x: Tensor,
  gamma: Tensor,
  beta: Tensor,
  runningMean: Tensor,
  runningVar: Tensor,
): number => {
  checkImages('spatialBatchnormPredict', 'x', x)
  const { H, W } = predictContract(x, gamma, beta, runningMean, runningVar)
  return H * W
}

/**
 * r ← momentum·r + (1 − momentum)·batch, for the mean and the biased variance of each channel: what `batchnormAbsorb` does
 *
 * @throws  ShapeError when C disagrees, ArgumentError when momentum is outside
 * @example spatialBatchnormAbsorb(zeros([1]), ones([1]), spatialBatchnormForward(full([2, 1, 1, 1], 1), ones([1]), zeros([1]))[1])[1].data   // Float32Array [0.9]
 * @see     `batchnormAbsorb`
 */
export const spatialBatchnormAbsorb = batchnormAbsorb
