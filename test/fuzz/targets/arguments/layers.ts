import * as api from '../../../../src/index.ts'
import { key, x } from './given.ts'
import { type Given, rowsOf } from './row.ts'

const layer = () => api.affine(3)
const net = api.network([api.affine(3), api.batchnorm(), api.relu, api.dropout(0.5), api.affine(2)])
const { params, state } = net.init(api.key(0), [3])
const cache = () => net.forward(x(), params, api.key(1))[1]
const theParams = () => params
const theState = () => state
const exactly =
  (shape: readonly number[]): Given =>
  () =>
    api.linspace(0.5, 2, shape, 'float64')
const squares = () => (t: api.Tensor) => Array.from(t.data).reduce((sum, v) => sum + v * v, 0)

/** A layer of one's own. */
const twice = () => ({
  ...api.stateless,
  forward: (t: api.Tensor) => [{ ...t, data: t.data.map((v) => 2 * v) }, null],
  backward: (dy: api.Tensor) => [{ ...dy, data: dy.data.map((v) => 2 * v) }, {}],
  predict: (t: api.Tensor) => ({ ...t, data: t.data.map((v) => 2 * v) }),
})

export const layers = rowsOf(
  api,
  {
    affine: [[() => 3, () => 'he']],
    affineRelu: [[() => 3, () => 'he']],
    affineBnRelu: [[() => 3, () => 0.1]],
    affineLnRelu: [[() => 3, () => 'xavier']],
    conv: [[() => 2, () => ({ filterSize: 3, stride: 1, pad: 1, weightScale: 'he', bias: true })]],
    convRelu: [[() => 2, () => ({ filterSize: 3 })]],
    convBnRelu: [[() => 2, () => ({ filterSize: 3 })]],
    convReluPool: [[() => 2, () => ({ filterSize: 3 }), () => 2, () => ({ stride: 2 })]],
    maxPool: [[() => 2, () => ({ stride: 2 })]],
    avgPool: [[() => [2, 2], () => ({ stride: [2, 1] })]],
    batchnorm: [[() => ({ eps: 1e-5, momentum: 0.9, scale: true, shift: false })]],
    layernorm: [[() => ({ eps: 1e-5 })]],
    groupnorm: [[() => 2, () => ({ eps: 1e-5 })]],
    dropout: [[() => 0.5]],
    leakyRelu: [[() => 0.1]],
    scale: [[() => 0.5]],
    network: [[() => [layer(), api.relu, api.affine(2)]], [() => [twice(), api.affine(2)]]],
    sequence: [[() => [api.at(1)(layer()), api.relu]]],
    residual: [[() => [api.relu, api.affine(3)], () => api.identity]],
    shared: [[() => 'encoder', layer]],
    at: [[() => 1]],
    andThen: [[() => api.relu]],
    defineLayer: [[() => 'twice', () => twice]],
    buildNet: [[() => ({ type: 'network', layers: [{ type: 'affine', numOut: 3, weightScale: 'he' }] }), () => []]],
    outlineOf: [[() => net, () => [3]]],
    numericalGradient: [[squares, exactly([2]), () => 1e-5]],
    gradientCheck: [
      [
        () => (tensors: api.Tensors) => squares()(tensors.x as api.Tensor),
        () => ({ x: exactly([2])() }),
        () => ({ x: api.tensor([2], [1, 4], 'float64') }),
        () => ({ h: 1e-5, maxElements: 500, directions: 2, key: api.key(0) }),
      ],
    ],
    gradientCheckLayer: [
      [layer, () => [3], () => 2, () => ({ h: 1e-5, maxElements: 5, directions: 2, key: api.key(0) })],
      [twice, () => [3], () => 2],
    ],
  },
  {
    'at(1)(layer)': [api.at(1), layer],
    'andThen(relu)(layer)': [api.andThen(api.relu), layer],
    'Sequence.concat': [api.Sequence.concat, layer, () => api.relu],
    'Gradients.concat': [api.Gradients.concat, () => ({ W1: x() }), () => ({ W1: x() })],
    'defineLayer(…)(options)': [
      api.defineLayer('twice', twice as unknown as (options: { by: number }) => api.Net),
      () => ({ by: 2 }),
      () => [],
    ],
    'net.init': [net.init, key, () => [3], () => 'float32'],
    'net.forward': [net.forward, x, theParams, key],
    'net.backward': [net.backward, () => api.ones([2, 2]), cache],
    'net.absorb': [net.absorb, theState, cache],
    'net.predict': [net.predict, x, theParams, theState],
  },
)
