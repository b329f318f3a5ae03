import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { WeightScale } from '../layers/index.ts'
import { checkOptions, type Dtype, type OptionError, positiveInteger } from '../tensor/index.ts'
import { type FullyConnectedNet, fullyConnectedNet, requirements } from './fullyConnectedNet.ts'

const { inputDim, numClasses, weightScale, reg, dtype, seed } = requirements

export interface TwoLayerNetOptions {
  /** D, numbers an example; 3072 (32×32×3) unless given. */
  readonly inputDim?: number
  /** H; 100 unless given. */
  readonly hiddenDim?: number
  /** C; 10 unless given. */
  readonly numClasses?: number
  /** Standard deviation of the initial weights, or 'he' or 'xavier'; 1e-3 unless given, as in cs231n. */
  readonly weightScale?: WeightScale
  /** L2 regularization ½·reg·ΣW², ≥ 0; 0 unless given. */
  readonly reg?: number
  readonly dtype?: Dtype
  /** Seed of the weights that `init()` gives when it is called without a key; 0 unless given. */
  readonly seed?: number
}

/**
 * affine - relu - affine - softmax
 *
 * @param options  sizes, weight scale, regularization; all have defaults
 * @returns        the model, or the first option that does not fit
 * @example        Object.keys(orThrow(twoLayerNet({})).init().params)   // ['W1', 'b1', 'W2', 'b2']
 * @see            cs231n, assignment 2, `TwoLayerNet`
 */
export const twoLayerNet = (options: TwoLayerNetOptions = {}): E.Either<OptionError, FullyConnectedNet> =>
  pipe(
    checkOptions('twoLayerNet', options, {
      inputDim,
      hiddenDim: positiveInteger,
      numClasses,
      weightScale,
      reg,
      dtype,
      seed,
    }),
    E.chain(({ hiddenDim = 100, weightScale = 1e-3, ...rest }) =>
      fullyConnectedNet({ ...rest, hiddenDims: [hiddenDim], weightScale }),
    ),
  )
