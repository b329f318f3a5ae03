import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { messageOf } from '../files/index.ts'
import { fullyConnectedNet } from '../models/index.ts'
import { orThrow, type Tensor, type Tensors } from '../tensor/index.ts'
import { FormatError } from './errors.ts'
import { load, save } from './files.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'
import { checkNet, type Input, type TrainedNet } from './trainedNet.ts'

const FORMAT = 'cachegrad net, version 1'
const MEAN = 'input.mean'
const SCALE = 'input.scale'
const LONGEST = 2 ** 16 // characters of a description
const SHOWN = 300 // characters of a message, which may quote a hostile file

// ---- writing ----

const vector = (data: Float32Array): Tensor => ({ shape: [data.length], data })

const encode = ({ model, weights, input, classNames }: TrainedNet): Uint8Array => {
  const inputs: Tensors = input === undefined ? {} : { [MEAN]: vector(input.mean), [SCALE]: vector(input.scale) }
  return encodeSafetensors(
    { ...weights.params, ...weights.state, ...inputs },
    {
      format: FORMAT,
      options: JSON.stringify(model.options),
      ...(input && { inputShape: JSON.stringify(input.shape) }),
      ...(classNames && { classNames: JSON.stringify(classNames) }),
    },
  )
}

// ---- reading ----

/** A description in JSON; undefined where there is none. Throws for anything else. */
const described = (metadata: Readonly<Record<string, string>>, name: string): unknown => {
  const text = Object.hasOwn(metadata, name) ? (metadata[name] as string) : undefined
  if (text === undefined) return undefined
  if (text.length > LONGEST) {
    throw new FormatError(`${name} has ${text.length} characters, but at most ${LONGEST} are read`)
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FormatError(`${name} is no JSON: ${messageOf(error)}`)
  }
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

const hiddenLayers = (options: unknown): number =>
  typeof options === 'object' && options !== null && 'hiddenDims' in options && Array.isArray(options.hiddenDims)
    ? options.hiddenDims.length
    : 0

const netFrom = (tensors: Tensors, metadata: Readonly<Record<string, string>>): E.Either<string, TrainedNet> => {
  if (metadata.format !== FORMAT) {
    return E.left(
      `a net has the metadata format '${FORMAT}', but this file has not; save it with saveNet, or use loadSafetensors and weightsFrom`,
    )
  }
  const options = described(metadata, 'options')
  // A net of many layers takes more memory than the text that asks for it.
  const layers = hiddenLayers(options)
  if (layers > Object.keys(tensors).length)
    return E.left(`its net has ${layers} hidden layers, but there are not as many tensors`)
  const model = orThrow(fullyConnectedNet(options as never))
  const { [MEAN]: mean, [SCALE]: scale, ...rest } = tensors
  const input = inputFrom(described(metadata, 'inputShape'), mean, scale)
  const classNames = described(metadata, 'classNames')
  if (classNames !== undefined && !isTexts(classNames)) return E.left('classNames is no list of texts')
  const weights = { params: rest, state: {} }
  return checkNet({ model, weights, ...(input && { input }), ...(classNames && { classNames }) })
}

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
        checkNet(net),
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
