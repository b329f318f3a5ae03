import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  functionOf,
  type Given,
  isRecord,
  type Json,
  listOf,
  orThrow,
  type Requirement,
  resolveOptions,
  withDefault,
} from '../errors/index.ts'
import { messageOf, quoted } from '../files/index.ts'
import type { LayerType } from '../layers/index.ts'
import { buildModel, fullyConnectedNet, type Model, specOf } from '../models/index.ts'
import type { TrainedNet } from '../solver/index.ts'
import { areColumns, type Input, inputArrays, type Tensor, type Tensors } from '../tensor/index.ts'
import { FormatError, faultIn } from './errors.ts'
import { load, save } from './files.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'
import { checkNet } from './trainedNet.ts'

const FORMAT = 'cachegrad net, version 2'
const FORMER = 'cachegrad net, version 1' // options of fullyConnectedNet in place of a spec
const MEAN = 'input.mean'
const SCALE = 'input.scale'
const LONGEST = 2 ** 20 // characters of a description, room for the names of 40,000 classes

// ---- writing ----

const vector = (data: Tensor['data']): Tensor => ({ shape: [data.length], data })

const describedInput = (input: Input): object => {
  const { type, shape } = input
  return { type, shape, ...(input.type === 'numbers' && input.columns !== undefined && { columns: input.columns }) }
}

/** A description as JSON that can be read again. */
const written = (where: string, name: string, value: unknown): string => {
  const json = JSON.stringify(value)
  if (json.length <= LONGEST) return json
  throw new FormatError(
    `${where}: ${name} take ${json.length} characters, but at most ${LONGEST} are read; shorten them`,
  )
}

const FREE = 1000 // layers that any file may describe
const PER_LAYER = 256 // bytes of the file for each of those beyond

/** How many layers a spec has, also one that is deeper than the stack. */
const layersIn = (spec: unknown): number => {
  const open: unknown[] = [spec]
  let count = 0
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue
    if ('type' in next) count++
    for (const inner of Object.values(next)) open.push(inner ?? null)
  }
  return count
}

/** A layer that takes 12 KB can be told in 20 bytes, so a small file may not ask for many. */
const checkCount = (spec: unknown, size: number): void => {
  const [count, most] = [layersIn(spec), FREE + Math.floor(size / PER_LAYER)]
  if (count <= most) return
  throw new FormatError(
    `its net has ${count} layers, but a file of ${size} bytes may describe ${most} (${FREE}, and one more for each ${PER_LAYER} bytes), since they take more memory than their description; saveSafetensors keeps the weights alone`,
  )
}

const encode = (where: string, { model, weights, input, classNames }: TrainedNet): Uint8Array => {
  const spec = orThrow(specOf(model, where))
  const inputs: Tensors = input === undefined ? {} : { [MEAN]: vector(input.mean), [SCALE]: vector(input.scale) }
  const bytes = encodeSafetensors(
    { ...weights.params, ...weights.state, ...inputs },
    {
      format: FORMAT,
      model: written(where, 'model', spec),
      ...(input && { input: written(where, 'input', describedInput(input)) }),
      ...(classNames && { classNames: written(where, 'classNames', classNames) }),
    },
  )
  checkCount(spec, bytes.length)
  return bytes
}

/** The bytes, after checking that the parts fit each other; `where` is the function that was called. */
const encodedFor = <Y>(where: string, net: TrainedNet<Y>): Uint8Array =>
  orThrow(
    pipe(
      checkNet(net as TrainedNet),
      E.bimap(
        (fault) => new FormatError(`${where}: ${fault}`),
        (checked) => encode(where, checked),
      ),
    ),
  )

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

/** What a file says of its input, besides the tensors of means and scales. */
interface DescribedInput {
  readonly type: Input['type']
  readonly shape: unknown
  readonly columns?: unknown
}

const isInput = (value: unknown): value is DescribedInput =>
  isRecord(value) && typeof value.type === 'string' && Object.hasOwn(inputArrays, value.type)

const inputFrom = (
  input: DescribedInput | undefined,
  mean: Tensor | undefined,
  scale: Tensor | undefined,
): Input | undefined => {
  if (input === undefined && mean === undefined && scale === undefined) return undefined
  const { type, shape } = input ?? { type: 'bytes' as const, shape: undefined }
  if (!isShape(shape)) throw new FormatError('its input has no shape, e.g. [1, 28, 28]; get the file again')
  const OwnArray = inputArrays[type]
  if (mean?.data instanceof OwnArray && scale?.data instanceof OwnArray) {
    const { columns } = input ?? {}
    if (columns !== undefined && !(type === 'numbers' && areColumns(columns, mean.data.length))) {
      throw new FormatError('its columns are not those of a table of so many numbers; get the file again')
    }
    return { type, shape, mean: mean.data, scale: scale.data, ...(columns !== undefined && { columns }) } as Input
  }
  const dtype = type === 'bytes' ? 'float32' : 'float64'
  throw new FormatError(`the file has an input, so there must be ${MEAN} and ${SCALE} of ${dtype}; get the file again`)
}

type Metadata = Readonly<Record<string, string>>

/** What kind of file it is, with the model and what is said of its input. */
interface Described {
  readonly model: Model<unknown>
  readonly input: DescribedInput | undefined
}

const fromSpec = (metadata: Metadata, layers: readonly LayerType<never>[], size: number): Described => {
  const input = described(metadata, 'input')
  if (input !== undefined && !isInput(input)) {
    throw new FormatError(
      "its input is of a kind that is not known; known are 'bytes' and 'numbers'; is it of a newer version?",
    )
  }
  const spec = described(metadata, 'model')
  if (spec === undefined) throw new FormatError('it has no model; get the file again')
  checkCount(spec, size)
  return { model: orThrow(buildModel(spec as Json, layers)), input }
}

const hiddenLayers = (options: unknown): number =>
  isRecord(options) && Array.isArray(options.hiddenDims) ? options.hiddenDims.length : 0

/** Whether it is no deeper than options are, whose checks and messages would follow it to any depth. */
const isFlat = (options: unknown): boolean =>
  typeof options !== 'object' ||
  options === null ||
  Object.values(options).every((value) => [value].flat().every((item) => typeof item !== 'object' || item === null))

const fromOptions = (metadata: Metadata, numTensors: number): Described => {
  const options = described(metadata, 'options')
  if (!isFlat(options)) throw new FormatError('options must be numbers, texts and lists of them; get the file again')
  // A net of many layers takes more memory than the text that asks for it.
  const layers = hiddenLayers(options)
  if (layers > numTensors) {
    throw new FormatError(`its net has ${layers} hidden layers, but there are not as many tensors; get the file again`)
  }
  const shape = described(metadata, 'inputShape')
  return {
    model: orThrow(fullyConnectedNet(options as never)),
    input: shape === undefined ? undefined : { type: 'bytes', shape },
  }
}

const netFrom = (
  tensors: Tensors,
  metadata: Metadata,
  layers: readonly LayerType<never>[],
  size: number,
): E.Either<string, TrainedNet> => {
  const { format } = metadata
  if (format !== FORMAT && format !== FORMER) {
    const came = format === undefined ? 'has none' : `has ${quoted(format)}`
    return E.left(
      `a net has the metadata format '${FORMAT}', but this file ${came}; save it with saveNet, or use loadSafetensors and weightsFrom`,
    )
  }
  const { model, input: said } =
    format === FORMAT ? fromSpec(metadata, layers, size) : fromOptions(metadata, Object.keys(tensors).length)
  const { [MEAN]: mean, [SCALE]: scale, ...rest } = tensors
  const input = inputFrom(said, mean, scale)
  // Checked with the rest.
  const classNames = described(metadata, 'classNames') as TrainedNet['classNames']
  const weights = { params: rest, state: {} }
  return checkNet({ model, weights, ...(input && { input }), ...(classNames !== undefined && { classNames }) })
}

const decode =
  (layers: readonly LayerType<never>[]) =>
  (name: string, bytes: Uint8Array): E.Either<FormatError, TrainedNet> =>
    pipe(
      decodeSafetensors(name, bytes),
      E.chain(({ tensors, metadata }) =>
        pipe(
          E.tryCatch(() => netFrom(tensors, metadata, layers, bytes.length), messageOf),
          E.flatten,
          E.mapLeft((fault) => faultIn(name, fault)),
        ),
      ),
    )

/**
 * A trained net as the bytes of one safetensors file: weights and running statistics by name, the net's spec, how its input is
 * preprocessed and what its classes are called
 *
 * @param net  from training, e.g. `{ model, weights: result.weights, input: inputOf(data.xTrain), classNames }`
 * @returns    what `decodeNet` reads, in Node as in a page; the same bytes as `saveNet` writes
 * @throws     FormatError when the parts do not fit each other or the net cannot be described
 * @example    const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2 }))
 *             encodeNet({ model, weights: model.init() }).length > 1000   // true
 */
export const encodeNet = <Y>(net: TrainedNet<Y>): Uint8Array => encodedFor('encodeNet', net)

/**
 * `encodeNet` in a file
 *
 * @param path  of the file; its folder is made if need be, and a file that is there is replaced whole or not at all
 * @param net   from training, e.g. `{ model, weights: result.weights, input: inputOf(data.xTrain), classNames }`
 * @returns     left(FormatError) when the parts do not fit each other or the file cannot be written
 * @example     const model = orThrow(twoLayerNet())
 *              saveNet('net.safetensors', { model, weights: model.init() })()   // Promise of right(undefined)
 */
export const saveNet = <Y>(path: string, net: TrainedNet<Y>): TE.TaskEither<FormatError, void> =>
  save('saveNet', path, () => encodedFor('saveNet', net))

const netOptions = {
  /** Types of layers of your own that the net is made of, from `defineLayer`. */
  layers: withDefault([], listOf(functionOf() as Requirement<LayerType<never>>)),
}

/** What `decodeNet` and `loadNet` may be told. @interface */
export type LoadNetOptions = Given<typeof netOptions>

const layersOf = (where: string, options: LoadNetOptions): E.Either<FormatError, readonly LayerType<never>[]> =>
  pipe(
    resolveOptions(where, options, netOptions),
    E.bimap(
      ({ message }) => new FormatError(message),
      ({ layers }) => layers,
    ),
  )

/**
 * The net in the bytes of a file of `saveNet`: a page gets them by fetch
 *
 * @param name     of the file, for messages
 * @param bytes    the whole file
 * @param options  `layers`, the types of layers of your own
 * @returns        left(FormatError) when it is damaged, or its tensors are not those of its net
 * @example        const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2 }))
 *                 decodeNet('net', encodeNet({ model, weights: model.init() }))   // right({ model: …, weights: … })
 */
export const decodeNet = (
  name: string,
  bytes: Uint8Array,
  options: LoadNetOptions = {},
): E.Either<FormatError, TrainedNet> =>
  pipe(
    layersOf('decodeNet', options),
    E.chain((layers) => decode(layers)(name, bytes)),
  )

/**
 * `decodeNet` of a file
 *
 * @param path     of the file, at most 2 GiB
 * @param options  `layers`, the types of layers of your own
 * @returns        left(FormatError) when the file cannot be read, is damaged, or its tensors are not those of its net
 * @example        loadNet('net.safetensors')()   // Promise of right({ model, weights })
 */
export const loadNet = (path: string, options: LoadNetOptions = {}): TE.TaskEither<FormatError, TrainedNet> =>
  pipe(
    TE.fromEither(layersOf('loadNet', options)),
    TE.chain((layers) => load('loadNet', path, decode(layers))),
  )
