import type { Json } from '../errors/index.ts'
import { sizeOf } from '../tensor/index.ts'
import type { Attributes, GraphPart, Operator, Operators } from './onnxGraph.ts'

const unary =
  (type: string, attributes = {}): Operator =>
  (x, { node }) =>
    node(type, [x], attributes)

const nothing: Operator = (x) => x

/** [height, width] of an option that is one number for both, or a pair. */
const pairOf = (option: Json | undefined): readonly [bigint, bigint] => {
  const [height, width] = (Array.isArray(option) ? option : [option, option]) as [number, number]
  return [BigInt(height), BigInt(width)]
}

/** Half of an odd size on each side, or the rim that is given. */
const rimOf = (pad: Json | undefined, [height, width]: readonly [bigint, bigint]): readonly [bigint, bigint] =>
  pad === 'same' ? [height / 2n, width / 2n] : pairOf(pad)

const pool =
  (type: string): Operator =>
  (x, { spec, node }) =>
    node(type, [x], { kernel_shape: pairOf(spec.size), strides: pairOf(spec.stride) })

/** A list of equal numbers as an input of an operator. */
const filled = ({ node }: GraphPart, length: number, value: number): string =>
  node('Constant', [], { value_floats: new Array<number>(length).fill(value) })

/** A shape as an input of an operator; 0 stands for the size that is there. */
const shape = ({ node }: GraphPart, sizes: readonly number[]): string =>
  node('Constant', [], { value_ints: sizes.map(BigInt) })

/** How each layer of the library is computed in evaluation mode; what only combines layers needs no row. */
export const onnxOperators: Operators = {
  affine: (x, { inShape, weight, node }) => {
    const flat = inShape.length === 1 ? x : node('Flatten', [x], { axis: 1n })
    return node('Gemm', [flat, weight('W'), weight('b')])
  },
  avgPool: pool('AveragePool'),
  batchnorm: (x, part) => {
    const { spec, inShape, weight, node } = part
    const columns = inShape[0] as number
    const gamma = spec.scale === false ? filled(part, columns, 1) : weight('gamma')
    const beta = spec.shift === false ? filled(part, columns, 0) : weight('beta')
    return node('BatchNormalization', [x, gamma, beta, weight('runningMean'), weight('runningVar')], {
      epsilon: spec.eps as number,
    })
  },
  conv: (x, { spec, weight, node }) => {
    const size = pairOf(spec.filterSize)
    const rim = rimOf(spec.pad, size)
    const attributes: Attributes = { kernel_shape: size, strides: pairOf(spec.stride), pads: [...rim, ...rim] }
    return node('Conv', [x, weight('W'), ...(spec.bias === false ? [] : [weight('b')])], attributes)
  },
  flatten: unary('Flatten', { axis: 1n }),
  globalAvgPool: (x, { node }) => node('Flatten', [node('GlobalAveragePool', [x])], { axis: 1n }),
  // GroupNormalization of opset 20 has one gamma for a group.
  groupnorm: (x, part) => {
    const { spec, inShape, weight, node } = part
    const [groups, channels] = [spec.groups as number, inShape[0] as number]
    const rows = node('Reshape', [x, shape(part, [0, groups, sizeOf(inShape) / groups])])
    const normalized = node('InstanceNormalization', [rows, filled(part, groups, 1), filled(part, groups, 0)], {
      epsilon: spec.eps as number,
    })
    const images = node('Reshape', [normalized, shape(part, [0, ...inShape])])
    const each = shape(part, [channels, 1, 1])
    const scaled = node('Mul', [images, node('Reshape', [weight('gamma'), each])])
    return node('Add', [scaled, node('Reshape', [weight('beta'), each])])
  },
  layernorm: (x, { spec, weight, node }) =>
    node('LayerNormalization', [x, weight('gamma'), weight('beta')], { epsilon: spec.eps as number }),
  maxPool: pool('MaxPool'),
  relu: unary('Relu'),
  leakyRelu: (x, { spec, node }) => node('LeakyRelu', [x], { alpha: spec.alpha as number }),
  scale: (x, part) => part.node('Mul', [x, filled(part, 1, part.spec.by as number)]),
  sigmoid: unary('Sigmoid'),
  tanh: unary('Tanh'),
  gelu: unary('Gelu', { approximate: 'tanh' }),
  dropout: nothing,
  identity: nothing,
}
