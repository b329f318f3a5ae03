import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { floatPart, integerPart, messagePart, type Parts, textPart } from '../files/index.ts'
import type { Activation, Normalization } from '../models/index.ts'
import { ArgumentError, cast, orThrow, type Shape, type Tensor } from '../tensor/index.ts'
import { elementBytes } from './elements.ts'
import type { FormatError } from './errors.ts'
import { save } from './files.ts'
import { checkNet, type TrainedNet } from './trainedNet.ts'

// Numbers of fields and kinds: https://github.com/onnx/onnx, onnx/onnx.proto; operators: docs/Operators.md

const IR_VERSION = 9
const OPSET = 20 // the first with Gelu
const FLOAT = 1 // of TensorProto.DataType
const LARGEST = 2 ** 31 - 1 // bytes of a message
const EPS = 1e-5 // of batchnorm and layernorm
const LEAK = 0.01

// ---- attributes ----

const integerAttribute = (name: string, value: number): Parts =>
  messagePart(5, textPart(1, name), integerPart(3, value), integerPart(20, 2))
const floatAttribute = (name: string, value: number): Parts =>
  messagePart(5, textPart(1, name), floatPart(2, value), integerPart(20, 1))
const textAttribute = (name: string, value: string): Parts =>
  messagePart(5, textPart(1, name), textPart(4, value), integerPart(20, 3))

// ---- the graph ----

/** What computes one value: an operator, the names of what it takes, its attributes. */
interface Operation {
  readonly type: string
  readonly inputs: readonly string[]
  readonly attributes: Parts
}

const operation = (type: string, inputs: readonly string[] = [], ...attributes: readonly Parts[]): Operation => ({
  type,
  inputs,
  attributes: attributes.flat(),
})

const activations: Readonly<Record<Activation, Operation>> = {
  relu: operation('Relu'),
  leakyRelu: operation('LeakyRelu', [], floatAttribute('alpha', LEAK)),
  sigmoid: operation('Sigmoid'),
  tanh: operation('Tanh'),
  gelu: operation('Gelu', [], textAttribute('approximate', 'tanh')),
}

const normalizations: Readonly<Record<Normalization, (i: number) => Operation>> = {
  batchnorm: (i) => {
    const names = [`gamma${i}`, `beta${i}`, `runningMean${i}`, `runningVar${i}`]
    return operation('BatchNormalization', names, floatAttribute('epsilon', EPS))
  },
  layernorm: (i) => operation('LayerNormalization', [`gamma${i}`, `beta${i}`], floatAttribute('epsilon', EPS)),
}

const gemm = (i: number): Operation => operation('Gemm', [`W${i}`, `b${i}`])

/** What is done to x one after the other, up to the scores; each takes the value before and the tensors it names. */
const operations = ({ model, input }: TrainedNet): readonly Operation[] => {
  const { hiddenDims, normalization, activation } = model.options
  const preprocess = input === undefined ? [] : [operation('Sub', ['mean']), operation('Mul', ['scale'])]
  const blocks = hiddenDims.flatMap((_, k) => [
    gemm(k + 1),
    ...(normalization === undefined ? [] : [normalizations[normalization](k + 1)]),
    activations[activation],
  ])
  return [operation('Flatten', [], integerAttribute('axis', 1)), ...preprocess, ...blocks, gemm(hiddenDims.length + 1)]
}

const node = ({ type, inputs, attributes }: Operation, from: string, to: string): Parts =>
  messagePart(
    1,
    ...[from, ...inputs].map((name) => textPart(1, name)),
    textPart(2, to),
    textPart(3, to),
    textPart(4, type),
    attributes,
  )

const initializer = (name: string, t: Tensor): Parts =>
  messagePart(
    5,
    ...t.shape.map((size) => integerPart(1, size)),
    integerPart(2, FLOAT),
    textPart(8, name),
    messagePart(9, [elementBytes(cast(t, 'float32'))]),
  )

/** The name and type of what goes in or comes out: (N, …shape), any N. */
const value = (field: number, name: string, shape: Shape): Parts => {
  const batch = messagePart(1, textPart(2, 'N'))
  const sizes = shape.map((size) => messagePart(1, integerPart(1, size)))
  const type = messagePart(1, integerPart(1, FLOAT), messagePart(2, batch, ...sizes))
  return messagePart(field, textPart(1, name), messagePart(2, type))
}

const graph = (net: TrainedNet): readonly Parts[] => {
  const { model, weights, input } = net
  const { inputDim, numClasses } = model.options
  const steps = operations(net)
  const nameAfter = (k: number): string => (k === steps.length ? 'logits' : k === 0 ? 'x' : `h${k}`)
  const pixels = input && {
    mean: { shape: [inputDim], data: input.mean },
    scale: { shape: [inputDim], data: input.scale },
  }
  const tensors: Readonly<Record<string, Tensor>> = { ...pixels, ...weights.params, ...weights.state }
  return [
    ...steps.map((step, k) => node(step, nameAfter(k), nameAfter(k + 1))),
    node(operation('Softmax', [], integerAttribute('axis', 1)), 'logits', 'probabilities'),
    textPart(2, 'cachegrad'),
    ...Object.entries(tensors).map(([name, t]) => initializer(name, t)),
    value(11, 'x', input?.shape ?? [inputDim]),
    value(12, 'logits', [numClasses]),
    value(12, 'probabilities', [numClasses]),
  ]
}

/**
 * The net in evaluation mode as an ONNX model: x ↦ logits, probabilities, in float32, for any number of examples
 *
 * A net that has its `input` takes the bytes' values, 0 … 255, as x of shape (N, …input.shape), and preprocesses them; one without
 * takes x of shape (N, D) as the model does. Dropout does nothing in evaluation, so it is not there.
 *
 * @param net  from `loadNet`, or a model and its weights
 * @returns    the bytes of an .onnx file (opset 20, which onnxruntime 1.17 and newer run)
 * @throws     ArgumentError for parts that do not fit each other, and for 2 GiB or more, which a message cannot hold
 * @example    const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2 }))
 *             encodeOnnx({ model, weights: model.init() }).length > 2000   // true
 * @see        https://onnx.ai/onnx/repo-docs/IR.html
 */
export const encodeOnnx = (net: TrainedNet): Uint8Array => {
  const checked = orThrow(
    pipe(
      checkNet(net),
      E.mapLeft((fault) => new ArgumentError(`encodeOnnx: ${fault}`)),
    ),
  )
  const parts = [
    integerPart(1, IR_VERSION),
    textPart(2, 'cachegrad'),
    messagePart(7, ...graph(checked)),
    messagePart(8, textPart(1, ''), integerPart(2, OPSET)),
  ].flat()
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (length > LARGEST) {
    throw new ArgumentError(
      `encodeOnnx: the net takes ${length} bytes, but a model in one file holds ${LARGEST}; use saveNet`,
    )
  }
  return new Uint8Array(Buffer.concat(parts))
}

/**
 * `encodeOnnx` in a file, which appears whole or not at all
 *
 * @param path  of the file; its folder is made if need be, and a file that is there is replaced
 * @param net   from `loadNet`, or a model and its weights
 * @returns     left(FormatError) when the parts do not fit each other or the file cannot be written
 * @example     const model = orThrow(twoLayerNet())
 *              saveOnnx('net.onnx', { model, weights: model.init() })()   // Promise of right(undefined)
 */
export const saveOnnx = (path: string, net: TrainedNet): TE.TaskEither<FormatError, void> =>
  save('saveOnnx', path, () => encodeOnnx(net))
