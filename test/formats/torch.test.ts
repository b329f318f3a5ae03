import { describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { decodeNpz, decodeSafetensors, transpose, weightsFrom } from '../../src/formats/index.ts'
import {
  affine,
  batchnorm,
  conv,
  flatten,
  layernorm,
  maxPool,
  network,
  relu,
  residual,
} from '../../src/layers/index.ts'
import { classifier, fullyConnectedNet } from '../../src/models/index.ts'
import { ones, type Tensor, zeros } from '../../src/tensor/index.ts'
import { close } from '../support.ts'
import { faultOf, fixture } from './support.ts'

test("a PyTorch net's weights give its logits: Linear's (M, D) is transposed, the rest is as it is", () => {
  const torch = orThrow(decodeNpz('torch.npz', fixture('torch.npz')))
  const named = (name: string): Tensor => torch[name] as Tensor
  const options = { inputDim: 6, hiddenDims: [5], numClasses: 3, normalization: 'batchnorm' } as const
  const model = orThrow(fullyConnectedNet(options))
  const weights = orThrow(
    weightsFrom(model, {
      W1: transpose(named('0.weight')),
      b1: named('0.bias'),
      gamma1: named('1.weight'),
      beta1: named('1.bias'),
      runningMean1: named('1.running_mean'),
      runningVar1: named('1.running_var'),
      W2: transpose(named('3.weight')),
      b2: named('3.bias'),
    }),
  )
  close(model.scores(weights, named('x')), named('logits'), 1e-5)
})

// What test/formats/fixtures/torch_state.py wrote.
describe("weightsFrom(…, { from: 'pytorch' })", () => {
  const tensorsOf = (name: string) => orThrow(decodeSafetensors(name, fixture(`torch-${name}.safetensors`))).tensors
  const examples = (name: string) => {
    const { x, scores } = orThrow(decodeNpz(name, fixture(`torch-${name}.npz`)))
    return { x: x as Tensor, scores: scores as Tensor }
  }
  const perceptron = orThrow(
    fullyConnectedNet({ inputDim: 6, hiddenDims: [5, 5, 5, 5], numClasses: 3, normalization: 'batchnorm' }),
  )
  const convolutional = classifier(
    network([
      ...[conv(3, { pad: 'same', bias: false }), batchnorm(), relu, conv(4, { pad: 'same' }), batchnorm(), relu],
      ...[maxPool(2), flatten, affine(5), layernorm(), relu, affine(5), relu, affine(5), relu, affine(3)],
    ]),
    { inShape: [2, 6, 4] },
  )

  test.each([
    ['mlp', perceptron],
    ['cnn', convolutional],
  ] as const)('%s: the scores of PyTorch to 1e-5', (name, model) => {
    const { x, scores } = examples(name)
    const weights = orThrow(weightsFrom(model, tensorsOf(name), { from: 'pytorch' }))
    close(model.scores(weights, x), scores, 1e-5)
  })

  test('it says what it did, by order of number and not of letter', () => {
    const { mapping } = orThrow(weightsFrom(perceptron, tensorsOf('mlp'), { from: 'pytorch' }))
    expect(mapping).toContain('0.weight (5, 6) → W1, transposed')
    expect(mapping).toContain('9.weight (5, 5) → W4, transposed')
    expect(mapping).toContain('10.running_var (5,) → runningVar4')
    expect(mapping.filter((line) => line.endsWith('num_batches_tracked: left out'))).toHaveLength(4)
    expect(mapping).toHaveLength(30)
  })

  test('a bias that PyTorch left out is 0, and it is said', () => {
    const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [], numClasses: 3 }))
    const { params, mapping } = orThrow(weightsFrom(model, { weight: ones([3, 2]) }, { from: 'pytorch' }))
    expect(params.b1).toEqual(zeros([3]))
    expect(mapping).toEqual(['weight (3, 2) → W1, transposed', 'bias is not there: b1 is 0'])
  })

  test('modules that are alike need an order where their names tell none', () => {
    const model = classifier(network([residual([affine(2), relu, affine(2)]), affine(3)]), { inShape: [2] })
    const linear = (n: number, m: number, value: number) => ({
      weight: { ...ones([m, n]), data: new Float32Array(m * n).fill(value) },
      bias: zeros([m]),
    })
    const tensors = Object.fromEntries(
      Object.entries({ body: linear(2, 2, 1), after: linear(2, 2, 2), head: linear(2, 3, 3) }).flatMap(([name, own]) =>
        Object.entries(own).map(([role, t]) => [`${name}.${role}`, t]),
      ),
    )
    const from = 'pytorch'
    expect(faultOf(weightsFrom(model, tensors, { from }))).toBe(
      `weightsFrom: "body", "after" have the same shapes, and their names do not tell their order; give it, e.g. order: ['body', 'after']`,
    )
    for (const order of [
      ['body', 'after'],
      ['after', 'body'],
    ]) {
      const { params } = orThrow(weightsFrom(model, tensors, { from, order }))
      expect([params.W1_1?.data[0], params.W2_1?.data[0]]).toEqual(order[0] === 'body' ? [1, 2] : [2, 1])
    }
    expect(faultOf(weightsFrom(model, tensors, { from, order: ['bdy', 'after'] }))).toContain(
      'order names "bdy", but did you mean "body"?',
    )
  })

  test('what does not fit is told by its module', () => {
    const from = 'pytorch'
    const { 'fc10.bias': _, 'fc10.weight': __, ...without } = tensorsOf('cnn')
    expect(faultOf(weightsFrom(convolutional, without, { from }))).toBe(
      'weightsFrom: no module is left for W5 and b5, which would have weight (5, 5), bias (5,) in PyTorch; ' +
        'free are "out" (bias (3,), weight (3, 5))',
    )
    expect(faultOf(weightsFrom(perceptron, { ...tensorsOf('mlp'), 'x.weight': ones([7, 3]) }, { from }))).toBe(
      'weightsFrom: the net has no layer for "x" (weight (7, 3)); build the net that PyTorch has, or leave these tensors out',
    )
    expect(faultOf(weightsFrom(perceptron, { 'lstm.weight_ih_l0': ones([7, 3]) }, { from }))).toContain(
      '"lstm.weight_ih_l0" is of a module that has no counterpart; of PyTorch\'s, Linear, Conv2d,',
    )
    expect(faultOf(weightsFrom(perceptron, tensorsOf('mlp'), { from: 'torch' } as never))).toContain(
      "weightsFrom: from must be one of 'pytorch', but got 'torch'; did you mean 'pytorch'?",
    )
    expect(faultOf(weightsFrom(perceptron, {}, { order: ['a'] }))).toContain(
      "order is of { from: 'pytorch' }; give both",
    )
  })
})
