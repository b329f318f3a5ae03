import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isListOf, isRecord, shown, unknownKey } from '../errors/index.ts'
import { isModel, type Model } from '../models/index.ts'
import type { TrainedNet } from '../solver/index.ts'
import { areColumns, formatShape, type Input, inputArrays, isShape, type Shape, sizeOf } from '../tensor/index.ts'
import { matchWeights, shapesOf } from './weights.ts'

const inputFault = (input: Input, inShape: Shape): string | undefined => {
  if (!isRecord(input) || !isShape(input.shape)) {
    return `input must say the shape of an example, but got ${shown(input)}; inputOf(data.xTrain) makes it`
  }
  const { type, shape, mean, scale } = input
  const OwnArray = Object.hasOwn(inputArrays, type) ? inputArrays[type] : undefined
  if (OwnArray === undefined) {
    return "the input's type must be 'bytes' or 'numbers'; inputOf(data.xTrain) and standardize(xTrain) make inputs"
  }
  if (!(mean instanceof OwnArray && scale instanceof OwnArray)) {
    const maker = type === 'bytes' ? 'inputOf(data.xTrain)' : 'standardize(xTrain)'
    return `the input's mean and scale must be ${OwnArray.name}s; ${maker} makes them`
  }
  if (!Array.from<number>(mean).concat(Array.from<number>(scale)).every(Number.isFinite)) {
    return "the input's mean and scale must be finite numbers, but one of them is not; take those that the net was trained with"
  }
  const sizes = [sizeOf(shape), mean.length, scale.length]
  if (sizes.every((size) => size === sizeOf(inShape))) {
    const columns = input.type === 'numbers' ? input.columns : undefined
    return columns === undefined || areColumns(columns, mean.length)
      ? undefined
      : `the input's columns must become ${mean.length} numbers; take table.columns of loadCsv`
  }
  return `the net takes ${sizeOf(inShape)} numbers an example, but the input's shape is ${formatShape(shape)}, with ${mean.length} means and ${scale.length} scales; use inputOf(data.xTrain)`
}

const classesFault = (classNames: readonly string[], { task, outShape }: Model<unknown>): string | undefined => {
  const what = task.link === 'identity' ? 'output' : 'class'
  if (!isListOf(classNames, (name) => typeof name === 'string')) {
    return `classNames must be a list of texts, one for each ${what}`
  }
  const number = task.classes ?? outShape.at(-1) ?? 1
  if (classNames.length === number) return undefined
  return `the net has ${number} ${what}${what === 'class' ? 'es' : 's'}, but there are ${classNames.length} class names; give one for each ${what}`
}

/** The net with its weights in its own precision, if its parts fit each other; else left(what is wrong). */
export const checkNet = <Y>(net: TrainedNet<Y>): E.Either<string, TrainedNet<Y>> => {
  if (!isRecord(net)) return E.left(`net must be { model, weights }, but got ${shown(net)}`)
  const { model, weights, input, classNames } = net
  const unknown = unknownKey('a net', net, ['model', 'weights', 'input', 'classNames'])
  if (unknown !== undefined) return E.left(unknown)
  if (!isModel(model)) {
    return E.left(
      `model must be a model, e.g. orThrow(twoLayerNet({ inputDim: 784 })) or classifier(net, { inShape }), but got ${shown(model)}`,
    )
  }
  if (!isRecord(weights) || !isRecord(weights.params) || !isRecord(weights.state)) {
    return E.left(
      `weights must have params and state, but got ${shown(weights)}; give result.weights of a training, or weightsFrom(model, tensors)`,
    )
  }
  const fault =
    (input === undefined ? undefined : inputFault(input, model.inShape)) ??
    (classNames === undefined ? undefined : classesFault(classNames, model as Model<unknown>))
  if (fault !== undefined) return E.left(fault)
  return pipe(
    matchWeights(shapesOf(model), { ...weights.params, ...weights.state }, model.dtype),
    E.map((matched) => ({
      model,
      weights: matched,
      ...(input === undefined ? {} : { input }),
      ...(classNames === undefined ? {} : { classNames }),
    })),
  )
}
