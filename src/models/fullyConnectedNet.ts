import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  affine,
  batchnorm,
  dropout,
  gelu,
  identity,
  layernorm,
  leakyRelu,
  type Net,
  network,
  relu,
  sigmoid,
  tanh,
  type WeightScale,
} from '../layers/index.ts'
import {
  checkOptions,
  type Dtype,
  either,
  listOf,
  naturalNumber,
  nonNegative,
  OptionError,
  oneOf,
  positiveInteger,
  probability,
} from '../tensor/index.ts'
import { type ClassificationLoss, classification, lossNames } from './classification.ts'
import { type Classifier, classifier } from './classifier.ts'

const activations = { relu, leakyRelu: leakyRelu(), sigmoid, tanh, gelu } as const
const normalizations = { batchnorm: batchnorm(), layernorm: layernorm() } as const

export type Activation = keyof typeof activations
export type Normalization = keyof typeof normalizations

export interface FullyConnectedNetOptions {
  /** D, numbers an example; 3072 (32×32×3) unless given. */
  readonly inputDim?: number
  /** Sizes of the hidden layers, any number of them. */
  readonly hiddenDims: readonly number[]
  /** C; 10 unless given. */
  readonly numClasses?: number
  /** Probability that a hidden unit is kept in training, in (0, 1]; 1 unless given, which is no dropout. */
  readonly keepProb?: number
  readonly normalization?: Normalization
  /** 'relu' unless given. */
  readonly activation?: Activation
  /** Standard deviation of the initial weights, or 'he' = √(2/D), 'xavier' = √(2/(D + M)); 'he' unless given. */
  readonly weightScale?: WeightScale
  /** L2 regularization ½·reg·ΣW², ≥ 0; 0 unless given. */
  readonly reg?: number
  /** 'softmax' unless given. */
  readonly loss?: ClassificationLoss
  readonly dtype?: Dtype
  /** Seed of the weights that `init()` gives when it is called without a key; 0 unless given. */
  readonly seed?: number
}

/** Options with the defaults in place of what was not given. */
export type ResolvedNetOptions = Required<Omit<FullyConnectedNetOptions, 'normalization'>> &
  Pick<FullyConnectedNetOptions, 'normalization'>

/** A classifier that knows the options it was made of. */
export interface FullyConnectedNet extends Classifier {
  /** What it was made of: `fullyConnectedNet(net.options)` is the same net. */
  readonly options: ResolvedNetOptions
}

export const requirements = {
  inputDim: positiveInteger,
  hiddenDims: listOf(positiveInteger),
  numClasses: positiveInteger,
  keepProb: probability,
  normalization: oneOf(Object.keys(normalizations)),
  activation: oneOf(Object.keys(activations)),
  weightScale: either(nonNegative, oneOf(['he', 'xavier'])),
  reg: nonNegative,
  loss: oneOf(lossNames),
  dtype: oneOf(['float32', 'float64']),
  seed: naturalNumber,
}

const resolve = ({
  inputDim = 3072,
  hiddenDims,
  numClasses = 10,
  keepProb = 1,
  normalization,
  activation = 'relu',
  weightScale = 'he',
  reg = 0,
  loss = 'softmax',
  dtype = 'float32',
  seed = 0,
}: FullyConnectedNetOptions): ResolvedNetOptions => ({
  inputDim,
  hiddenDims: [...hiddenDims],
  numClasses,
  keepProb,
  ...(normalization === undefined ? {} : { normalization }),
  activation,
  weightScale,
  reg,
  loss,
  dtype,
  seed,
})

const hiddenBlock = (dim: number, options: ResolvedNetOptions): readonly Net[] => {
  const { keepProb, normalization, activation, weightScale } = options
  return [
    affine(dim, weightScale),
    normalization === undefined ? identity : normalizations[normalization],
    activations[activation],
    keepProb < 1 ? dropout(keepProb) : identity,
  ]
}

/**
 * {affine - [batchnorm | layernorm] - activation - [dropout]} × (L − 1) - affine - softmax or svm
 *
 * The parameters are W1, b1, gamma1, beta1, W2, …, as in cs231n. Each initial weight is a function of the key and its own name, so
 * switching dropout or normalization on changes no other.
 *
 * @param options  sizes and what the blocks are made of; only `hiddenDims` has no default
 * @returns        the model, or the first option that does not fit
 * @example        orThrow(fullyConnectedNet({ inputDim: 4, hiddenDims: [3], numClasses: 2 })).init().params.W2!.shape   // [3, 2]
 * @see            cs231n, assignment 2, `FullyConnectedNet`
 */
export const fullyConnectedNet = (options: FullyConnectedNetOptions): E.Either<OptionError, FullyConnectedNet> =>
  pipe(
    checkOptions('fullyConnectedNet', options, requirements),
    E.filterOrElse(
      ({ hiddenDims }) => hiddenDims !== undefined,
      () =>
        new OptionError(
          'fullyConnectedNet: hiddenDims is missing; give the sizes of the hidden layers, e.g. [100], or [] for none',
        ),
    ),
    E.map(resolve),
    E.map((resolved) => {
      const { inputDim, hiddenDims, numClasses, weightScale, loss, reg, dtype, seed } = resolved
      const hidden = hiddenDims.flatMap((dim) => hiddenBlock(dim, resolved))
      const net = network([...hidden, affine(numClasses, weightScale)])
      return {
        ...classifier(net, { inShape: [inputDim], task: classification({ loss }), reg, dtype, seed }),
        options: resolved,
      }
    }),
  )
