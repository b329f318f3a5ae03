import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Given, type OptionError, positiveInteger, resolveOptions, withDefault } from '../errors/index.ts'
import { weightScales } from '../layers/index.ts'
import {
  type FullyConnectedNet,
  type FullyConnectedNetOptions,
  fullyConnected,
  fullyConnectedNet,
} from './fullyConnectedNet.ts'

const { inputDim, numClasses, reg, dtype, seed } = fullyConnected

const twoLayer = {
  inputDim,
  /** H; 100 unless given. */
  hiddenDim: withDefault(100, positiveInteger),
  numClasses,
  /** Standard deviation of the initial weights, or 'he' or 'xavier'; 1e-3 unless given, as in cs231n. */
  weightScale: withDefault(1e-3, weightScales),
  reg,
  dtype,
  seed,
}

// A shorthand has no comment in the compiler's declarations.
type Shared = 'inputDim' | 'numClasses' | 'reg' | 'dtype' | 'seed'

/** The options of `twoLayerNet`. @interface */
export type TwoLayerNetOptions = Pick<FullyConnectedNetOptions, Shared> & Omit<Given<typeof twoLayer>, Shared>

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
    resolveOptions('twoLayerNet', options, twoLayer),
    E.chain(({ hiddenDim, ...rest }) => fullyConnectedNet({ ...rest, hiddenDims: [hiddenDim] })),
  )
