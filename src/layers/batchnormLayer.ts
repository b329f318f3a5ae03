import { boolean, completed, fraction, type Given, nonNegative, ShapeError, withDefault } from '../errors/index.ts'
import { dtypeOf, formatShape, ones, type Shape, type Tensor, type Tensors, zeros } from '../tensor/index.ts'
import {
  type BatchnormCache,
  batchnormAbsorb,
  batchnormBackward,
  batchnormForward,
  batchnormPredict,
  EPS,
  MOMENTUM,
  normalizedBy,
} from './batchnorm.ts'
import { type Complete, checked, defineLayer } from './defineLayer.ts'
import { type Layer, type Net, type None, outlineWithout } from './layer.ts'
import type { ScaleAndShift } from './layernorm.ts'
import { spatialBatchnormBackward, spatialBatchnormForward, spatialBatchnormPredict } from './spatialBatchnorm.ts'

const batchnormOptions = {
  /** Share of the old running statistics that is kept, in [0, 1); 0.9 unless given. */
  momentum: withDefault(MOMENTUM, fraction),
  /** Added to the variance, ≥ 0; 1e-5 unless given. */
  eps: withDefault(EPS, nonNegative),
  /** Whether gamma is there and trained; true unless given. Without it, gamma is 1. */
  scale: withDefault(true, boolean),
  /** Whether beta is there and trained; true unless given. Without it, beta is 0. */
  shift: withDefault(true, boolean),
}

/** The options of `batchnorm`. @interface */
export type BatchnormOptions = Given<typeof batchnormOptions>
export type AllBatchnormOptions = Complete<typeof batchnormOptions>

/** @inline */
type Statistics = {
  /** Mean of what was seen in training, one number a column or channel. */
  readonly runningMean: Tensor
  /** Variance of it. */
  readonly runningVar: Tensor
}

/** What has one mean: D columns of one element, or C channels of H·W. */
const columnsOf = (inShape: Shape): readonly [columns: number, inner: number] => {
  const [columns = 0, ...plane] = inShape
  if (inShape.length === 1) return [columns, 1]
  if (inShape.length === 3) return [columns, (plane[0] as number) * (plane[1] as number)]
  throw new ShapeError(
    `batchnorm: takes examples of shape (D,) or (C, H, W), but they have shape ${formatShape(inShape)}; put it behind a layer that flattens them, e.g. affine`,
  )
}

const isImages = (x: Tensor): boolean => x.shape.length === 4

/** What the gradient of evaluation needs. */
interface Frozen {
  readonly gamma: Tensor
  readonly variance: Tensor
}

/** dx = dout·gamma/√(variance + eps): the statistics of evaluation do not depend on x */
const predictGradient = (dout: Tensor, gamma: Tensor, variance: Tensor, eps: number): Tensor => {
  const none = zeros(gamma.shape, dtypeOf(gamma))
  const inner = dout.data.length / ((dout.shape[0] as number) * gamma.data.length)
  return normalizedBy('batchnormPredict', dout, gamma, none, none, variance, inner, eps)
}

/** Both, also where they are not weights. */
export const gammaAndBeta = (
  { gamma, beta }: Partial<ScaleAndShift>,
  x: Tensor,
): readonly [gamma: Tensor, beta: Tensor] => {
  const shape = [x.shape[1] as number]
  return [gamma ?? ones(shape, dtypeOf(x)), beta ?? zeros(shape, dtypeOf(x))]
}

/** Of gamma and beta, or what belongs to them, those that are weights. */
export const learnedOf = <T>({ scale, shift }: AllBatchnormOptions, gamma: T, beta: T) =>
  ({ ...(scale && { gamma }), ...(shift && { beta }) }) as { readonly gamma: T; readonly beta: T }

export const batchnormLayer = defineLayer(
  'batchnorm',
  (options: AllBatchnormOptions): Layer<ScaleAndShift, Statistics, BatchnormCache> => {
    const { momentum, eps } = checked('batchnorm', options, batchnormOptions)
    const own = <T>(gamma: T, beta: T) => learnedOf(options, gamma, beta)
    const statistics = ['runningMean', 'runningVar']
    const predict = (x: Tensor, params: Partial<ScaleAndShift>, { runningMean, runningVar }: Statistics): Tensor => {
      const [gamma, beta] = gammaAndBeta(params, x)
      const run = isImages(x) ? spatialBatchnormPredict : batchnormPredict
      return run(x, gamma, beta, runningMean, runningVar, eps)
    }
    const outline: Net['outline'] = (inShape) => {
      const [columns, inner] = columnsOf(inShape)
      return {
        ...outlineWithout(inShape),
        params: own([columns], [columns]),
        state: { runningMean: [columns], runningVar: [columns] },
        multiplications: columns * inner,
        fewestRows: inner > 1 ? 1 : 2,
      }
    }
    const init: Layer<ScaleAndShift, Statistics, BatchnormCache>['init'] = (_key, inShape, dtype = 'float32') => {
      const shape = [columnsOf(inShape)[0]]
      return {
        outShape: inShape,
        params: own(ones(shape, dtype), zeros(shape, dtype)),
        state: { runningMean: zeros(shape, dtype), runningVar: ones(shape, dtype) },
      }
    }
    const names = [...Object.keys(own(0, 0)), ...statistics]
    const evaluation = (): Layer<ScaleAndShift & Statistics, None, Frozen> => ({
      names,
      init: (key, inShape, dtype) => {
        const { outShape, params, state } = init(key, inShape, dtype)
        return { outShape, params: { ...params, ...state }, state: {} }
      },
      forward: (x, params) => [
        predict(x, params, params),
        { gamma: gammaAndBeta(params, x)[0], variance: params.runningVar },
      ],
      backward: (dy, { gamma, variance }) => [
        predictGradient(dy, gamma, variance, eps),
        {} as ScaleAndShift & Statistics,
      ],
      absorb: () => ({}),
      predict: (x, params) => predict(x, params, params),
    })
    return {
      names,
      inEvaluation: () => evaluation() as Net,
      outline,
      init,
      forward: (x, params) => {
        const [gamma, beta] = gammaAndBeta(params, x)
        return isImages(x) ? spatialBatchnormForward(x, gamma, beta, eps) : batchnormForward(x, gamma, beta, eps)
      },
      backward: (dy, cache) => {
        const [dx, gamma, beta] = isImages(dy) ? spatialBatchnormBackward(dy, cache) : batchnormBackward(dy, cache)
        return [dx, own(gamma, beta)]
      },
      absorb: (state, cache) => {
        const [runningMean, runningVar] = batchnormAbsorb(state.runningMean, state.runningVar, cache, momentum)
        return { runningMean, runningVar }
      },
      predict,
    }
  },
)

/** @inline */
type Batchnorm = Layer<ScaleAndShift, Statistics, BatchnormCache>

/**
 * The layer of `batchnormForward` for examples of shape (D,), and of `spatialBatchnormForward` for images (C, H, W), where a channel has
 * one mean: gamma = 1 and beta = 0, running mean 0 and variance 1 at the start.
 *
 * @param options  `momentum`, `eps`, `scale` and `shift`, where the defaults are not what is wanted
 * @throws         ArgumentError when one of them is out of range; (init) ShapeError for examples of another shape
 * @example        Object.keys(batchnorm({ eps: 1e-3 }).init(key(0), [3]).state)   // ['runningMean', 'runningVar']
 */
export function batchnorm(options?: BatchnormOptions & { readonly scale?: true; readonly shift?: true }): Batchnorm
export function batchnorm(options: BatchnormOptions): Layer<Tensors, Statistics, BatchnormCache>
export function batchnorm(options: BatchnormOptions = {}): Batchnorm {
  return batchnormLayer(completed('batchnorm', options, batchnormOptions))
}
