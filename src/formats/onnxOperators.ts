import type { Operator, Operators } from './onnxGraph.ts'

const unary =
  (type: string, attributes = {}): Operator =>
  (x, { node }) =>
    node(type, [x], attributes)

const nothing: Operator = (x) => x

/** How each layer of the library is computed in evaluation mode; what only combines layers needs no row. */
export const onnxOperators: Operators = {
  affine: (x, { inShape, weight, node }) => {
    const flat = inShape.length === 1 ? x : node('Flatten', [x], { axis: 1n })
    return node('Gemm', [flat, weight('W'), weight('b')])
  },
  batchnorm: (x, { spec, weight, node }) =>
    node('BatchNormalization', [x, ...['gamma', 'beta', 'runningMean', 'runningVar'].map(weight)], {
      epsilon: spec.eps as number,
    }),
  layernorm: (x, { spec, weight, node }) =>
    node('LayerNormalization', [x, weight('gamma'), weight('beta')], { epsilon: spec.eps as number }),
  relu: unary('Relu'),
  leakyRelu: (x, { spec, node }) => node('LeakyRelu', [x], { alpha: spec.alpha as number }),
  sigmoid: unary('Sigmoid'),
  tanh: unary('Tanh'),
  gelu: unary('Gelu', { approximate: 'tanh' }),
  dropout: nothing,
  identity: nothing,
}
