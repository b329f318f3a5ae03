import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, shapes, type Tensor, type Tensors } from '../tensor/index.ts'
import { type BatchnormCache, checkRows, normalized, normalizedBy, predictContract } from './batchnorm.ts'
import { type AllBatchnormOptions, gammaAndBeta, learnedOf } from './batchnormLayer.ts'
import type { Net } from './layer.ts'
import { planesOf, planesToPredict } from './spatialBatchnorm.ts'

interface BatchnormGeluCache extends BatchnormCache {
  readonly beta: Tensor
}

const contract = shapes('geluBackward', 'dout: ...D, xHat: ...D')

const isImages = (x: Tensor): boolean => x.shape.length === 4

/** How many elements of x have one mean and lie one behind the other, after all is checked as batchnorm does. */
const innerOf = (x: Tensor, gamma: Tensor, beta: Tensor): number => {
  if (isImages(x)) return planesOf(x, gamma, beta)
  checkRows(x, gamma, beta)
  return 1
}

const innerToPredict = (x: Tensor, gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor): number => {
  if (isImages(x)) return planesToPredict(x, gamma, beta, mean, variance)
  predictContract(x, gamma, beta, mean, variance)
  return 1
}

/** out = gelu(gamma·xHat + beta): batchnorm and the gelu behind it; what lies between them is not kept. */
export const batchnormThenGelu = (options: AllBatchnormOptions): Pick<Net, 'forward' | 'backward' | 'predict'> => ({
  forward: (x, params) => {
    const [gamma, beta] = gammaAndBeta(params, x)
    const inner = innerOf(x, gamma, beta)
    const [out, cache] = normalized('batchnormGeluForward', x, gamma, beta, inner, options.eps)
    return [out, { ...cache, beta } satisfies BatchnormGeluCache]
  },
  backward: (dy, cache): readonly [Tensor, Tensors] => {
    const { xHat, invStd, gamma, beta } = cache as BatchnormGeluCache
    contract(dy, xHat)
    const [dx, dgamma, dbeta] = [emptyLike(xHat), emptyLike(gamma), emptyLike(beta)]
    const inner = isImages(xHat) ? (xHat.shape[2] as number) * (xHat.shape[3] as number) : 1
    kernelsFor(dy.data).batchnormGeluBackward(
      dy.data,
      gamma.data,
      beta.data,
      xHat.data,
      invStd.data,
      inner,
      dx.data,
      dgamma.data,
      dbeta.data,
    )
    return [dx, learnedOf(options, dgamma, dbeta)]
  },
  predict: (x, params, { runningMean, runningVar }) => {
    const [gamma, beta] = gammaAndBeta(params, x)
    const [mean, variance] = [runningMean as Tensor, runningVar as Tensor]
    const inner = innerToPredict(x, gamma, beta, mean, variance)
    return normalizedBy('batchnormGeluPredict', x, gamma, beta, mean, variance, inner, options.eps)
  },
})
