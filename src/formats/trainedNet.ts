import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { FullyConnectedNet, Weights } from '../models/index.ts'
import { formatShape, isBytes, type Rows, type Shape, sizeOf, unknownKey } from '../tensor/index.ts'
import { matchWeights, weightShapes } from './weights.ts'

/** What the net sees of an image of bytes: element j is (byte[j] − mean[j])·scale[j]. */
export interface Input {
  /** Of one example, e.g. [1, 28, 28]. */
  readonly shape: Shape
  readonly mean: Float32Array
  readonly scale: Float32Array
}

/** All that is needed to use a net. */
export interface TrainedNet {
  readonly model: FullyConnectedNet
  readonly weights: Weights
  /** How bytes are to be preprocessed; without it, the net takes numbers only. */
  readonly input?: Input
  /** One for each class. */
  readonly classNames?: readonly string[]
}

/**
 * The preprocessing that rows of bytes carry, and the shape of one of them
 *
 * @param rows  what a net was trained on, e.g. `data.xTrain`; numbers that are no bytes are taken as they are
 * @returns     what `saveNet` keeps, so that `predict` takes bare bytes; mean and scale are shared, not copied
 * @example     inputOf(bytes([1, 2], new Uint8Array(2), 0, 0.5))   // { shape: [2], mean: Float32Array [0, 0], scale: Float32Array [0.5, 0.5] }
 */
export const inputOf = (rows: Rows): Input => {
  const shape = rows.shape.slice(1)
  if (isBytes(rows)) return { shape, mean: rows.mean, scale: rows.scale }
  return { shape, mean: new Float32Array(sizeOf(shape)), scale: new Float32Array(sizeOf(shape)).fill(1) }
}

const inputFault = ({ shape, mean, scale }: Input, inputDim: number): string | undefined => {
  if (!(mean instanceof Float32Array && scale instanceof Float32Array)) {
    return "the input's mean and scale must be Float32Arrays; inputOf(data.xTrain) makes them"
  }
  const sizes = [sizeOf(shape), mean.length, scale.length]
  if (sizes.every((size) => size === inputDim)) return undefined
  return `the net takes ${inputDim} numbers an example, but the input's shape is ${formatShape(shape)}, with ${mean.length} means and ${scale.length} scales; use inputOf(data.xTrain)`
}

const classesFault = (classNames: readonly string[], numClasses: number): string | undefined => {
  if (!(Array.isArray(classNames) && classNames.every((name) => typeof name === 'string'))) {
    return 'classNames must be a list of texts, one for each class'
  }
  if (classNames.length === numClasses) return undefined
  return `the net has ${numClasses} classes, but there are ${classNames.length} class names; give one for each class`
}

/** The net with its weights in its own precision, if its parts fit each other; else left(what is wrong). */
export const checkNet = (net: TrainedNet): E.Either<string, TrainedNet> => {
  const { model, weights, input, classNames } = net
  const unknown = unknownKey('a net', net, ['model', 'weights', 'input', 'classNames'])
  if (unknown !== undefined) return E.left(unknown)
  if (model?.options === undefined) {
    return E.left(
      'model must come from fullyConnectedNet or twoLayerNet, which show their options; keep the weights of another with saveSafetensors',
    )
  }
  if (weights?.params === undefined || weights.state === undefined) {
    return E.left(
      'weights must have params and state; give result.weights of a training, or weightsFrom(model, tensors)',
    )
  }
  const { inputDim, numClasses, dtype } = model.options
  const fault =
    (input && inputFault(input, inputDim)) ??
    (classNames === undefined ? undefined : classesFault(classNames, numClasses))
  if (fault !== undefined) return E.left(fault)
  return pipe(
    matchWeights(weightShapes(model.options), { ...weights.params, ...weights.state }, dtype),
    E.map((matched) => ({
      model,
      weights: matched,
      ...(input === undefined ? {} : { input }),
      ...(classNames === undefined ? {} : { classNames }),
    })),
  )
}
