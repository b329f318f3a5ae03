import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { messageOf } from '../files/index.ts'
import { type FullyConnectedNet, fullyConnectedNet, type Weights } from '../models/index.ts'
import {
  formatShape,
  isBytes,
  orThrow,
  type Rows,
  type Shape,
  sizeOf,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'
import { FormatError } from './errors.ts'
import { load, save } from './files.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'
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
 * @example     inputOf(bytes([1, 2], new Uint8Array(2), 0, 0.5))   // { shape: [2], mean: Float32Array [0, 0], scale: Float32Array [0.5, 0.5] }
 */
export const inputOf = (rows: Rows): Input => {
  const shape = rows.shape.slice(1)
  if (isBytes(rows)) return { shape, mean: rows.mean, scale: rows.scale }
  return { shape, mean: new Float32Array(sizeOf(shape)), scale: new Float32Array(sizeOf(shape)).fill(1) }
}

const FORMAT = 'cachegrad net, version 1'
const MEAN = 'input.mean'
const SCALE = 'input.scale'
const LONGEST = 2 ** 16 // characters of a description

const vector = (data: Float32Array): Tensor => ({ shape: [data.length], data })

const inputFault = ({ shape, mean, scale }: Input, inputDim: number): string | undefined => {
  const sizes = [sizeOf(shape), mean.length, scale.length]
  if (sizes.every((size) => size === inputDim)) return undefined
  return `the net takes ${inputDim} numbers an example, but the input's shape is ${formatShape(shape)}, with ${mean.length} means and ${scale.length} scales`
}

const classesFault = (classNames: readonly string[], numClasses: number): string | undefined =>
  classNames.length === numClasses
    ? undefined
    : `the net has ${numClasses} classes, but there are ${classNames.length} class names`

/** The net, if its parts fit each other. */
const checked = ({ model, weights, input, classNames }: TrainedNet): E.Either<string, TrainedNet> => {
  const { inputDim, numClasses, dtype } = model.options
  const fault = (input && inputFault(input, inputDim)) ?? (classNames && classesFault(classNames, numClasses))
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

const encode = ({ model, weights, input, classNames }: TrainedNet): Uint8Array => {
  const metadata = { format: FORMAT, options: JSON.stringify(model.options) }
  const inputs: Tensors = input === undefined ? {} : { [MEAN]: vector(input.mean), [SCALE]: vector(input.scale) }
  return encodeSafetensors(
    { ...weights.params, ...weights.state, ...inputs },
    {
      ...metadata,
      ...(input === undefined ? {} : { inputShape: JSON.stringify(input.shape) }),
      ...(classNames === undefined ? {} : { classNames: JSON.stringify(classNames) }),
    },
  )
}

/** A description in JSON; undefined where there is none. Throws for anything else. */
const described = (metadata: Readonly<Record<string, string>>, name: string): unknown => {
  const text = Object.hasOwn(metadata, name) ? (metadata[name] as string) : undefined
  if (text === undefined) return undefined
  if (text.length > LONGEST)
    throw new FormatError(`${name} has ${text.length} characters, but at most ${LONGEST} are read`)
  return JSON.parse(text)
}

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === 'string')

const inputFrom = (shape: unknown, mean: Tensor | undefined, scale: Tensor | undefined): Input | undefined => {
  if (shape === undefined && mean === undefined && scale === undefined) return undefined
  if (!isShape(shape)) throw new FormatError('inputShape is no list of sizes')
  if (!(mean?.data instanceof Float32Array && scale?.data instanceof Float32Array)) {
    throw new FormatError(`the file has an inputShape, so there must be ${MEAN} and ${SCALE} of float32`)
  }
  return { shape, mean: mean.data, scale: scale.data }
}

const netFrom = (tensors: Tensors, metadata: Readonly<Record<string, string>>): E.Either<string, TrainedNet> => {
  if (metadata.format !== FORMAT) {
    return E.left(
      `a net has the metadata format '${FORMAT}', but this file has not; save it with saveNet, or use loadSafetensors and weightsFrom`,
    )
  }
  const options = described(metadata, 'options')
  const model = orThrow(fullyConnectedNet(options as never))
  const { [MEAN]: mean, [SCALE]: scale, ...rest } = tensors
  const input = inputFrom(described(metadata, 'inputShape'), mean, scale)
  const classNames = described(metadata, 'classNames')
  if (classNames !== undefined && !isTexts(classNames)) return E.left('classNames is no list of texts')
  const weights = { params: rest, state: {} }
  return checked({ model, weights, ...(input && { input }), ...(classNames && { classNames }) })
}

const SHOWN = 300 // characters of a message, which may quote a hostile file

const decode = (name: string, bytes: Uint8Array): E.Either<FormatError, TrainedNet> =>
  pipe(
    decodeSafetensors(name, bytes),
    E.chain(({ tensors, metadata }) =>
      pipe(
        E.tryCatch(() => netFrom(tensors, metadata), messageOf),
        E.flatten,
        E.mapLeft((fault) => new FormatError(`${name}: ${fault.slice(0, SHOWN)}`)),
      ),
    ),
  )

/**
 * A trained net as one safetensors file: weights and running statistics by name, the net's options, how its input is preprocessed and
 * what its classes are called
 *
 * @param path  of the file; its folder is made if need be, and a file that is there is replaced whole or not at all
 * @param net   from training, e.g. `{ model, weights: result.weights, input: inputOf(data.xTrain), classNames }`
 * @returns     left(FormatError) when the parts do not fit each other or the file cannot be written
 * @example     const model = orThrow(twoLayerNet())
 *              saveNet('net.safetensors', { model, weights: model.init() })()   // Promise of right(undefined)
 */
export const saveNet = (path: string, net: TrainedNet): TE.TaskEither<FormatError, void> =>
  save('saveNet', path, () =>
    orThrow(
      pipe(
        checked(net),
        E.bimap((fault) => new FormatError(`saveNet: ${fault}`), encode),
      ),
    ),
  )

/**
 * The net that `saveNet` wrote
 *
 * @returns  left(FormatError) when the file cannot be read, is damaged, or its tensors are not those of its options
 * @example  loadNet('net.safetensors')()   // Promise of right({ model, weights })
 */
export const loadNet = (path: string): TE.TaskEither<FormatError, TrainedNet> => load('loadNet', path, decode)
