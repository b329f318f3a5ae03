import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Given,
  OptionError,
  positiveInteger,
  type Resolved,
  requirement,
  resolveOptions,
  withDefault,
} from '../errors/index.ts'
import { affine, conv, maxPool, network, relu, weightScales } from '../layers/index.ts'
import { classification } from './classification.ts'
import { type Classifier, classifier } from './classifier.ts'
import { type FullyConnectedNetOptions, fullyConnected, type ResolvedNetOptions } from './fullyConnectedNet.ts'

const { numClasses, reg, loss, dtype, seed } = fullyConnected

const imageSize = requirement<readonly [C: number, H: number, W: number]>(
  'the shape of an image, [C, H, W], e.g. [3, 32, 32]',
  (v) => Array.isArray(v) && v.length === 3 && v.every(positiveInteger.holds),
)
const odd = requirement<number>(
  'an odd integer ≥ 1, so that planes keep their size',
  (v) => positiveInteger.holds(v) && (v as number) % 2 === 1,
)

const threeLayer = {
  /** [C, H, W] of an image, H and W ≥ 2; [3, 32, 32] unless given. */
  inputDim: withDefault([3, 32, 32], imageSize),
  /** F; 32 unless given. */
  numFilters: withDefault(32, positiveInteger),
  /** Height and width of a filter, odd; 7 unless given. */
  filterSize: withDefault(7, odd),
  /** H; 100 unless given. */
  hiddenDim: withDefault(100, positiveInteger),
  numClasses,
  /** Standard deviation of the initial weights, or 'he' or 'xavier'; 1e-3 unless given, as in cs231n. */
  weightScale: withDefault(1e-3, weightScales),
  reg,
  loss,
  dtype,
  seed,
}

// A shorthand has no comment in the compiler's declarations.
type Shared = 'numClasses' | 'reg' | 'loss' | 'dtype' | 'seed'

/** The options of `threeLayerConvNet`. @interface */
export type ThreeLayerConvNetOptions = Pick<FullyConnectedNetOptions, Shared> & Omit<Given<typeof threeLayer>, Shared>

/** The options of `threeLayerConvNet` with the defaults in place of what was not given. @interface */
export type ResolvedConvNetOptions = Pick<ResolvedNetOptions, Shared> & Omit<Resolved<typeof threeLayer>, Shared>

/** A classifier that knows the options it was made of. */
export interface ThreeLayerConvNet extends Classifier {
  /** What it was made of: `threeLayerConvNet(net.options)` is the same net. */
  readonly options: ResolvedConvNetOptions
}

/**
 * conv - relu - 2×2 max pool - affine - relu - affine - softmax
 *
 * The convolution has stride 1 and keeps the size of the image. The parameters are W1 (F, C, filterSize, filterSize), b1, W2, b2, W3, b3.
 * Whatever is deeper is `classifier(network([conv(32), …]), { inShape: [3, 32, 32] })`.
 *
 * @param options  sizes, weight scale, regularization; all have defaults
 * @returns        the model, or the first option that does not fit
 * @example        orThrow(threeLayerConvNet({ inputDim: [1, 28, 28], numFilters: 8 })).init().params.W2!.shape   // [1568, 100]
 * @see            cs231n, assignment 2, `ThreeLayerConvNet`
 */
export const threeLayerConvNet = (options: ThreeLayerConvNetOptions = {}): E.Either<OptionError, ThreeLayerConvNet> =>
  pipe(
    resolveOptions('threeLayerConvNet', options, threeLayer),
    E.chain((resolved) => {
      const { inputDim, numFilters, filterSize, hiddenDim, weightScale, ...rest } = resolved
      const net = network([
        conv(numFilters, { filterSize, pad: 'same', weightScale }),
        relu,
        maxPool(2),
        affine(hiddenDim, weightScale),
        relu,
        affine(rest.numClasses, weightScale),
      ])
      return E.tryCatch(
        () => ({
          ...classifier(net, {
            inShape: inputDim,
            task: classification({ loss: rest.loss }),
            reg: rest.reg,
            dtype: rest.dtype,
            seed: rest.seed,
          }),
          options: resolved,
        }),
        (reason) => new OptionError(`threeLayerConvNet: ${(reason as Error).message}`),
      )
    }),
  )
