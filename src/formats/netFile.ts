import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { messageOf, quoted } from '../files/index.ts'
import { fullyConnectedNet } from '../models/index.ts'
import { orThrow, type Tensor, type Tensors } from '../tensor/index.ts'
import { FormatError, faultIn } from './errors.ts'
import { load, save } from './files.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'
import { checkNet, type Input, type TrainedNet } from './trainedNet.ts'

const FORMAT = 'cachegrad net, version 1'
const MEAN = 'input.mean'
const SCALE = 'input.scale'
const LONGEST = 2 ** 20 // characters of a description, room for the names of 40,000 classes

// ---- writing ----

const vector = (data: Float32Array): Tensor => ({ shape: [data.length], data })

/** A description as JSON that can be read again. */
const written = (name: string, value: unknown): string => {
  const json = JSON.stringify(value)
  if (json.length <= LONGEST) return json
  throw new FormatError(
    `saveNet: ${name} take ${json.length} characters, but at most ${LONGEST} are read; shorten them`,
  )
}

const encode = ({ model, weights, input, classNames }: TrainedNet): Uint8Array => {
  const inputs: Tensors = input === undefined ? {} : { [MEAN]: vector(input.mean), [SCALE]: vector(input.scale) }
  return encodeSafetensors(
    { ...weights.params, ...weights.state, ...inputs },
    {
      format: FORMAT,
      options: written('options', model.options),
      ...(input && { inputShape: written('inputShape', input.shape) }),
      ...(classNames && { classNames: written('classNames', classNames) }),
    },
  )
}

// ---- reading ----

/** A description in JSON; undefined where there is none. Throws for anything else. */
const described = (metadata: Readonly<Record<string, string>>, name: string): unknown => {
  const text = Object.hasOwn(metadata, name) ? (metadata[name] as string) : undefined
  if (text === undefined) return undefined
  if (text.length > LONGEST) {
    throw new FormatError(
      `${name} has ${text.length} characters, but at most ${LONGEST} are read; is it a file of saveNet?`,
    )
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new FormatError(`${name} is no JSON: ${messageOf(error)}; get the file again`)
  }
}

const isShape = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0)

const inputFrom = (shape: unknown, mean: Tensor | undefined, scale: Tensor | undefined): Input | undefined => {
  if (shape === undefined && mean === undefined && scale === undefined) return undefined
  if (!isShape(shape)) throw new FormatError('inputShape is no list of sizes, e.g. [1, 28, 28]; get the file again')
  if (!(mean?.data instanceof Float32Array && scale?.data instanceof Float32Array)) {
    throw new FormatError(
      `the file has an inputShape, so there must be ${MEAN} and ${SCALE} of float32; get the file again`,
    )
  }
  return { shape, mean: mean.data, scale: scale.data }
}

/** Whether it is no deeper than options are, whose checks and messages would follow it to any depth. */
const isFlat = (options: unknown): boolean =>
  typeof options !== 'object' ||
  options === null ||
  Object.values(options).every((value) => [value].flat().every((item) => typeof item !== 'object' || item === null))

const hiddenLayers = (options: unknown): number =>
  typeof options === 'object' && options !== null && 'hiddenDims' in options && Array.isArray(options.hiddenDims)
    ? options.hiddenDims.length
    : 0

const netFrom = (tensors: Tensors, metadata: Readonly<Record<string, string>>): E.Either<string, TrainedNet> => {
  const { format } = metadata
  if (format !== FORMAT) {
    const came = format === undefined ? 'has none' : `has ${quoted(format)}`
    return E.left(
      `a net has the metadata format '${FORMAT}', but this file ${came}; save it with saveNet, or use loadSafetensors and weightsFrom`,
    )
  }
  const options = described(metadata, 'options')
  if (!isFlat(options)) return E.left('options must be numbers, texts and lists of them; get the file again')
  // A net of many layers takes more memory than the text that asks for it.
  const layers = hiddenLayers(options)
  if (layers > Object.keys(tensors).length) {
    return E.left(`its net has ${layers} hidden layers, but there are not as many tensors; get the file again`)
  }
  const model = orThrow(fullyConnectedNet(options as never))
  const { [MEAN]: mean, [SCALE]: scale, ...rest } = tensors
  const input = inputFrom(described(metadata, 'inputShape'), mean, scale)
  // Checked with the rest.
  const classNames = described(metadata, 'classNames') as TrainedNet['classNames']
  const weights = { params: rest, state: {} }
  return checkNet({ model, weights, ...(input && { input }), ...(classNames !== undefined && { classNames }) })
}

const decode = (name: string, bytes: Uint8Array): E.Either<FormatError, TrainedNet> =>
  pipe(
    decodeSafetensors(name, bytes),
    E.chain(({ tensors, metadata }) =>
      pipe(
        E.tryCatch(() => netFrom(tensors, metadata), messageOf),
        E.flatten,
        E.mapLeft((fault) => faultIn(name, fault)),
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
 * @param path  of the file, at most 2 GiB
 * @returns     left(FormatError) when the file cannot be read, is damaged, or its tensors are not those of its options
 * @example     loadNet('net.safetensors')()   // Promise of right({ model, weights })
 */
export const loadNet = (path: string): TE.TaskEither<FormatError, TrainedNet> => load('loadNet', path, decode)
