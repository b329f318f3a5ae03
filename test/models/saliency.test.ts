import { describe, expect, test } from 'vitest'
import {
  affine,
  affineBnRelu,
  batchnorm,
  conv,
  convBnRelu,
  dropout,
  flatten,
  globalAvgPool,
  groupnorm,
  layernorm,
  maxPool,
  type Net,
  network,
  numericalGradient,
  relu,
  residual,
  shared,
  stateless,
  tanh,
} from '../../src/layers/index.ts'
import { type Classifier, classifier, saliency, type Weights } from '../../src/models/index.ts'
import { key } from '../../src/random/index.ts'
import { type Shape, type Tensor, tensor } from '../../src/tensor/index.ts'
import { close, random } from '../support.ts'

/** Weights that are drawn, and statistics that are neither 0 nor 1, of positive variances. */
const weightsOf = (model: Classifier): Weights => {
  const { params, state } = model.init(key(3))
  const drawn = Object.entries(state).map(([name, { shape }], i) => {
    const { data } = random(i + 10, shape, 'float64')
    return [name, { shape, data: name.startsWith('runningVar') ? data.map((v) => 0.2 + v * v) : data }]
  })
  return { params, state: Object.fromEntries(drawn) }
}

/** |∂score/∂x| by central differences of `model.scores`. */
const byDifferences = (model: Classifier, weights: Weights, x: Tensor, y: readonly number[]): Tensor => {
  const gradient = numericalGradient((moved) => {
    const { data, shape } = model.scores(weights, moved)
    return y.reduce((sum, label, row) => sum + (data[row * (shape[1] as number) + label] as number), 0)
  }, x)
  return { shape: x.shape, data: gradient.data.map(Math.abs) }
}

const nets: readonly (readonly [string, Net, Shape])[] = [
  ['rows: batchnorm, dropout', network([affineBnRelu(6), dropout(0.5), affine(5), layernorm(), affine(3)]), [4]],
  [
    'images',
    network([conv(4), batchnorm(), relu, maxPool(2), dropout(0.7), groupnorm(2), flatten, affine(3)]),
    [2, 6, 5],
  ],
  [
    'residual, placed and shared',
    network([
      conv(3, { pad: 'same' }),
      residual([convBnRelu(3, { pad: 'same' }), batchnorm({ scale: false, shift: false })]),
      shared('norm', batchnorm()) as Net,
      tanh,
      shared('norm', batchnorm()) as Net,
      globalAvgPool,
      affine(3),
    ]),
    [2, 5, 4],
  ],
]

describe('saliency is the gradient of the scores of evaluation', () => {
  test.each(nets)('%s', (_name, net, inShape) => {
    const model = classifier(net, { inShape, dtype: 'float64' })
    const weights = weightsOf(model)
    const x = random(1, [3, ...inShape])
    const y = [2, 0, 1]
    close(saliency(model, weights, x, y), byDifferences(model, weights, x, y), 1e-8)
    // An example by itself has the same: nothing is of the batch.
    const size = x.data.length / 3
    const first = tensor([1, ...inShape], x.data.slice(0, size), 'float64')
    close(saliency(model, weights, first, [2]).data, saliency(model, weights, x, y).data.slice(0, size), 1e-12)
  })
})

describe('a mistake is one line', () => {
  const model = classifier(network([affine(3)]), { inShape: [4] })
  const weights = model.init()
  test.each<readonly [() => unknown, string]>([
    [
      () => saliency(model, weights, random(1, [2, 5], 'float32'), [0, 1]),
      'saliency: x has shape (2, 5), but the net takes examples of shape (4,), so (N, 4)',
    ],
    [
      () => saliency(model, weights, random(1, [2, 4], 'float32'), [0]),
      'saliency: y has 1 classes for 2 examples; each needs one',
    ],
    [
      () => saliency(model, weights, random(1, [1, 4], 'float32'), [3]),
      'saliency: a label is a class from 0 to 2 because the net has 3 outputs, but row 0 has 3',
    ],
    [
      () => {
        const { net: _, ...bare } = model
        return saliency(bare, weights, random(1, [1, 4], 'float32'), [0])
      },
      'saliency: the model has no net; make it with classifier(net, { inShape })',
    ],
  ])('%#', (run, message) => expect(run).toThrow(message))

  test('a layer that does not say what evaluation is', () => {
    const noisy: Net = {
      ...stateless,
      forward: (x) => [{ ...x, data: x.data.map((v) => 2 * v) }, null],
      backward: (dy) => [{ ...dy, data: dy.data.map((v) => 2 * v) }, {}],
      predict: (x) => x,
    }
    const own = classifier(network([noisy, affine(3)]), { inShape: [4] })
    expect(() => saliency(own, own.init(), random(1, [2, 4], 'float32'), [0, 1])).toThrow(
      /^saliency: a layer of your own computes something else in training than in evaluation, so that scores differ by /,
    )
  })
})
