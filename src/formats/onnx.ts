import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import { ArgumentError, completed, type Given, isRecord, orThrow, requirement, withDefault } from '../errors/index.ts'
import { floatPart, integerPart, messagePart, type Parts, textPart } from '../files/index.ts'
import type { Link } from '../models/index.ts'
import type { TrainedNet } from '../solver/index.ts'
import { joined } from '../system/index.ts'
import { cast, type Input, type Shape, sizeOf, type Tensor } from '../tensor/index.ts'
import { elementBytes } from './elements.ts'
import type { FormatError } from './errors.ts'
import { save } from './files.ts'
import { type Attribute, addNet, type Graph, type Node, type Operators, openGraph } from './onnxGraph.ts'
import { onnxOperators } from './onnxOperators.ts'
import { checkNet } from './trainedNet.ts'

// Numbers of fields and kinds: https://github.com/onnx/onnx, onnx/onnx.proto; operators: docs/Operators.md

const IR_VERSION = 9
const OPSET = 20 // the first with Gelu
const FLOAT = 1 // of TensorProto.DataType
const INT64 = 7
const LARGEST = 2 ** 31 - 1 // bytes of a message

/** The fields of a value and its number among the kinds of AttributeProto. */
const attributeValue = (value: Attribute): readonly [kind: number, ...fields: Parts[]] => {
  if (typeof value === 'string') return [3, textPart(4, value)]
  if (typeof value === 'bigint') return [2, integerPart(3, Number(value))]
  if (typeof value === 'number') return [1, floatPart(2, value)]
  return typeof value[0] === 'bigint'
    ? [7, ...value.map((v) => integerPart(8, Number(v)))]
    : [6, ...value.map((v) => floatPart(7, v as number))]
}

const attribute = (name: string, value: Attribute): Parts => {
  const [kind, ...fields] = attributeValue(value)
  return messagePart(5, textPart(1, name), ...fields, integerPart(20, kind))
}

const nodeMessage = ({ type, inputs, output, attributes }: Node): Parts =>
  messagePart(
    1,
    ...inputs.map((name) => textPart(1, name)),
    textPart(2, output),
    textPart(3, output),
    textPart(4, type),
    ...Object.entries(attributes).map(([name, value]) => attribute(name, value)),
  )

const initializer = (name: string, t: Tensor): Parts =>
  messagePart(
    5,
    ...t.shape.map((size) => integerPart(1, size)),
    integerPart(2, FLOAT),
    textPart(8, name),
    messagePart(9, [elementBytes(cast(t, 'float32'))]),
  )

const integers = (name: string, values: readonly number[]): Parts =>
  messagePart(
    5,
    integerPart(1, values.length),
    integerPart(2, INT64),
    textPart(8, name),
    messagePart(9, [new Uint8Array(BigInt64Array.from(values, BigInt).buffer)]),
  )

/** The name and type of what goes in or comes out: (N, …shape), any N. */
const value = (field: number, name: string, shape: Shape): Parts => {
  const batch = messagePart(1, textPart(2, 'N'))
  const sizes = shape.map((size) => messagePart(1, integerPart(1, size)))
  const type = messagePart(1, integerPart(1, FLOAT), messagePart(2, batch, ...sizes))
  return messagePart(field, textPart(1, name), messagePart(2, type))
}

/** What a graph gives besides the net's own outputs. */
const links: Readonly<Record<Link, ((logits: string, add: Graph['add']) => string) | undefined>> = {
  softmax: (logits, add) => add('Softmax', [logits], { axis: 1n }),
  sigmoid: (logits, add) => add('Sigmoid', [logits]),
  identity: undefined,
}

/** Raw values as the net takes them; gives the name of the result. */
const preprocessed = ({ add }: Graph, { shape }: Input, inShape: Shape): string => {
  const flat = shape.length === 1 ? 'x' : add('Flatten', ['x'], { axis: 1n })
  const scaled = add('Mul', [add('Sub', [flat, 'mean']), 'scale'])
  return inShape.length === 1 ? scaled : add('Reshape', [scaled, 'inShape'])
}

const graphOf = ({ model, weights, input }: TrainedNet, own: Operators): readonly Parts[] => {
  const { net, inShape, outShape, task } = model
  if (net === undefined)
    throw new ArgumentError('encodeOnnx: the model has no net; make it with classifier(net, { inShape })')
  const drawn = openGraph()
  const from = input === undefined ? 'x' : preprocessed(drawn, input, inShape)
  const made = addNet(drawn, { ...onnxOperators, ...own }, net, from, inShape)
  // The output has a name of its own, also where the net does nothing.
  const logits = made === 'x' ? drawn.add('Identity', ['x']) : made
  const probabilities = links[task.link]?.(logits, drawn.add)
  // Scores that probabilities are made of are logits; else they are what the net says.
  const ofNet = probabilities === undefined ? 'output' : 'logits'
  const named = (name: string): string => (name === logits ? ofNet : name === probabilities ? 'probabilities' : name)
  const size = sizeOf(inShape)
  const pixels = input && { mean: { shape: [size], data: input.mean }, scale: { shape: [size], data: input.scale } }
  const tensors: Readonly<Record<string, Tensor>> = { ...pixels, ...weights.params, ...weights.state }
  return [
    ...drawn.nodes.map((node) => nodeMessage({ ...node, inputs: node.inputs.map(named), output: named(node.output) })),
    textPart(2, 'cachegrad'),
    ...Object.entries(tensors).map(([name, t]) => initializer(name, t)),
    ...(input !== undefined && inShape.length > 1 ? [integers('inShape', [-1, ...inShape])] : []),
    value(11, 'x', input?.shape ?? inShape),
    value(12, ofNet, outShape),
    ...(probabilities === undefined ? [] : [value(12, 'probabilities', outShape)]),
  ]
}

const areFunctions = (value: unknown): boolean =>
  isRecord(value) && Object.values(value as object).every((each) => typeof each === 'function')

const onnxOptions = {
  /** How layers of your own are computed, by their type: adds nodes to the graph, and gives the name of their result. */
  operators: withDefault({}, requirement<Operators>('functions by the type of a layer', areFunctions)),
}

/** The options of `encodeOnnx` and `saveOnnx`. @interface */
export type OnnxOptions = Given<typeof onnxOptions>

/**
 * The net in evaluation mode as an ONNX model: x ↦ logits, probabilities, or of a regression x ↦ output, in float32, for any number of
 * examples
 *
 * A net of layers of your own needs an operator for each type of them: swish is
 * `{ operators: { swish: (x, { node }) => node('Mul', [x, node('Sigmoid', [x])]) } }`.
 *
 * A net that has its `input` takes raw values, of bytes 0 … 255, as x of shape (N, …input.shape), and preprocesses them; one without
 * takes x of shape (N, …inShape) as the model does. Dropout does nothing in evaluation, so it is not there.
 *
 * @param net      from `loadNet`, or a model and its weights
 * @param options  `operators`, how layers of your own are computed
 * @returns        the bytes of an .onnx file (opset 20, which onnxruntime 1.17 and newer run)
 * @throws         ArgumentError for parts that do not fit each other, a layer without operator, and 2 GiB or more, which a message cannot hold
 * @example        const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2 }))
 *                 encodeOnnx({ model, weights: model.init() }).length > 2000   // true
 * @see            https://onnx.ai/onnx/repo-docs/IR.html
 */
export const encodeOnnx = <Y>(net: TrainedNet<Y>, options: OnnxOptions = {}): Uint8Array => {
  const { operators } = completed('encodeOnnx', options, onnxOptions)
  const checked = orThrow(
    pipe(
      checkNet(net as TrainedNet),
      E.mapLeft((fault) => new ArgumentError(`encodeOnnx: ${fault}`)),
    ),
  )
  const parts = [
    integerPart(1, IR_VERSION),
    textPart(2, 'cachegrad'),
    messagePart(7, ...graphOf(checked, operators)),
    messagePart(8, textPart(1, ''), integerPart(2, OPSET)),
  ].flat()
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (length > LARGEST) {
    throw new ArgumentError(
      `encodeOnnx: the net takes ${length} bytes, but a model in one file holds ${LARGEST}; use saveNet`,
    )
  }
  return joined(parts)
}

/**
 * `encodeOnnx` in a file, which appears whole or not at all
 *
 * @param path     of the file; its folder is made if need be, and a file that is there is replaced
 * @param net      from `loadNet`, or a model and its weights
 * @param options  `operators`, how layers of your own are computed
 * @returns        left(FormatError) when the parts do not fit each other or the file cannot be written
 * @example        const model = orThrow(twoLayerNet())
 *                 saveOnnx('net.onnx', { model, weights: model.init() })()   // Promise of right(undefined)
 */
export const saveOnnx = <Y>(
  path: string,
  net: TrainedNet<Y>,
  options: OnnxOptions = {},
): TE.TaskEither<FormatError, void> => save('saveOnnx', path, () => encodeOnnx(net, options))
