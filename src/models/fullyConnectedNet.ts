import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Given,
  listOf,
  naturalNumber,
  nonNegative,
  OptionError,
  oneOf,
  positiveInteger,
  probability,
  type Resolved,
  required,
  requirement,
  resolveOptions,
  withDefault,
} from '../errors/index.ts'
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
  weightScales,
} from '../layers/index.ts'
import { dtypes, type Labels } from '../tensor/index.ts'
import { classification, lossNames } from './classification.ts'
import { type Classifier, classifier } from './classifier.ts'
import { isTask, type Task } from './task.ts'

const activations = { relu, leakyRelu: leakyRelu(), sigmoid, tanh, gelu } as const
const normalizations = { batchnorm: batchnorm(), layernorm: layernorm() } as const

/** What an activation of `fullyConnectedNet` is called. @useDeclaredType */
export type Activation = keyof typeof activations
/** What a normalization of `fullyConnectedNet` is called. @useDeclaredType */
export type Normalization = keyof typeof normalizations

const severalClasses = requirement<number>(
  'an integer ≥ 2 (with one class every answer is right; yes or no are two)',
  (v) => positiveInteger.holds(v) && v !== 1,
)

/** The options of `fullyConnectedNet`. */
export const fullyConnected = {
  /** D, numbers an example; 3072 (32×32×3) unless given. */
  inputDim: withDefault(3072, positiveInteger),
  /** Sizes of the hidden layers, any number of them. */
  hiddenDims: required(listOf(positiveInteger), 'give the sizes of the hidden layers, e.g. [100], or [] for none'),
  /** C, an integer ≥ 2; 10 unless given. */
  numClasses: withDefault(10, severalClasses),
  /** Probability that a hidden unit is kept in training, in (0, 1]; 1 unless given, which is no dropout. */
  keepProb: withDefault(1, probability),
  /** 'batchnorm' or 'layernorm' before each activation; none unless given. */
  normalization: oneOf(Object.keys(normalizations) as Normalization[]),
  /** 'relu' unless given. */
  activation: withDefault('relu', oneOf(Object.keys(activations) as Activation[])),
  /** Standard deviation of the initial weights, or 'he' = √(2/D), 'xavier' = √(2/(D + M)); 'he' unless given. */
  weightScale: withDefault('he', weightScales),
  /** L2 regularization ½·reg·ΣW², ≥ 0; 0 unless given. */
  reg: withDefault(0, nonNegative),
  /** Of a classifier, 'softmax' or 'svm'; 'softmax' unless given. Other tasks have their own. */
  loss: oneOf(lossNames),
  /** What the net is trained for; classification() unless given. */
  task: isTask,
  /** Outputs in place of numClasses, e.g. the numbers that a regression predicts; 1 unless given for regression() and binary(). */
  outputDim: positiveInteger,
  /** 'float32' unless given; 'float64' checks gradients. */
  dtype: withDefault('float32', dtypes),
  /** Seed of the weights that `init()` gives when it is called without a key; 0 unless given. */
  seed: withDefault(0, naturalNumber),
}

/** The options of `fullyConnectedNet`. @interface */
export type FullyConnectedNetOptions<Y = Labels> = Omit<Given<typeof fullyConnected>, 'task'> & {
  /** What the net is trained for; `classification()` unless given. */
  readonly task?: Task<Y> | undefined
}

/** The options of `fullyConnectedNet` with the defaults in place of what was not given. @interface */
export type ResolvedNetOptions<Y = Labels> = Omit<Resolved<typeof fullyConnected>, 'task'> & {
  /** What the net is trained for; `classification()` unless given. */
  readonly task?: Task<Y>
}

/** A net that knows the options it was made of. */
export interface FullyConnectedNet<Y = Labels> extends Classifier<Y> {
  /** What it was made of: `fullyConnectedNet(net.options)` is the same net. */
  readonly options: ResolvedNetOptions<Y>
}

const hiddenBlock = (dim: number, options: Omit<ResolvedNetOptions, 'task'>): readonly Net[] => {
  const { keepProb, normalization, activation, weightScale } = options
  return [
    affine(dim, weightScale),
    normalization === undefined ? identity : normalizations[normalization],
    activations[activation],
    keepProb < 1 ? dropout(keepProb) : identity,
  ]
}

/**
 * {affine - [batchnorm | layernorm] - activation - [dropout]} × (L − 1) - affine - softmax, or what another task asks for
 *
 * The parameters are W1, b1, gamma1, beta1, W2, …, as in cs231n. Each initial weight is a function of the key and its own name, so
 * switching dropout or normalization on changes no other.
 *
 * @param options  sizes and what the blocks are made of; only `hiddenDims` has no default
 * @returns        the model, or the first option that does not fit
 * @example        orThrow(fullyConnectedNet({ inputDim: 4, hiddenDims: [3], numClasses: 2 })).init().params.W2!.shape   // [3, 2]
 * @see            cs231n, assignment 2, `FullyConnectedNet`
 */
export const fullyConnectedNet = <Y = Labels>(
  options: FullyConnectedNetOptions<Y>,
): E.Either<OptionError, FullyConnectedNet<Y>> =>
  pipe(
    resolveOptions('fullyConnectedNet', options, fullyConnected),
    E.filterOrElse(
      ({ task, loss }) => task === undefined || loss === undefined,
      () =>
        new OptionError(
          "fullyConnectedNet: with a task the loss is the task's own, e.g. regression({ loss: 'mae' }); leave loss out",
        ),
    ),
    E.map((resolved) => {
      const { inputDim, hiddenDims, numClasses, weightScale, loss, reg, dtype, seed } = resolved
      // No task is that of labels.
      const task = options.task ?? (classification({ loss }) as unknown as Task<Y>)
      const outputDim =
        resolved.outputDim ?? (options.numClasses === undefined ? task.outputs : undefined) ?? numClasses
      const hidden = hiddenDims.flatMap((dim) => hiddenBlock(dim, resolved))
      const net = network([...hidden, affine(outputDim, weightScale)])
      return {
        ...classifier(net, { inShape: [inputDim], task, reg, dtype, seed }),
        options: (options.task === undefined ? resolved : { ...resolved, outputDim }) as ResolvedNetOptions<Y>,
      }
    }),
  )
