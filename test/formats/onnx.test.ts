import fc from 'fast-check'
import * as ort from 'onnxruntime-web'
import { describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { encodeOnnx, type Input, type OnnxOptions, predict, type TrainedNet } from '../../src/formats/index.ts'
import { onnxOperators } from '../../src/formats/onnxOperators.ts'
import {
  affine,
  avgPool,
  batchnorm,
  conv,
  defineLayer,
  flatten,
  globalAvgPool,
  groupnorm,
  maxPool,
  type Net,
  network,
  relu,
  residual,
  shared,
  stateless,
  tanh,
} from '../../src/layers/index.ts'
import { layerTypes } from '../../src/layers/layerTypes.ts'
import { type Activation, classifier, fullyConnectedNet, type Normalization } from '../../src/models/index.ts'
import { cast, reshape, type Tensor, type Tensors } from '../../src/tensor/index.ts'
import { randomNet } from '../layers/randomNets.ts'
import { close, random } from '../support.ts'

// One thread: no workers that outlive the test.
ort.env.wasm.numThreads = 1

const activations: readonly Activation[] = ['relu', 'leakyRelu', 'sigmoid', 'tanh', 'gelu']
const normalizations: readonly (Normalization | undefined)[] = [undefined, 'batchnorm', 'layernorm']
const nets = activations.flatMap((activation) => normalizations.map((normalization) => ({ activation, normalization })))

/** Weights and statistics that are all drawn, so that none is the 0 or 1 that would hide a mistake; variances are positive. */
const drawn = (tensors: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape }], i) => {
      const t = random(i + 1, [...shape], 'float32')
      return [name, name.startsWith('runningVar') ? { shape, data: t.data.map((v) => 0.1 + Math.abs(v)) } : t]
    }),
  )

const netOf = (activation: Activation, normalization?: Normalization): TrainedNet => {
  const sizes = { inputDim: 12, hiddenDims: [9, 7], numClasses: 5, keepProb: 0.5 }
  const model = orThrow(fullyConnectedNet({ ...sizes, activation, ...(normalization && { normalization }) }))
  const { params, state } = model.init()
  return { model, weights: { params: drawn(params), state: drawn(state) } }
}

/** What onnxruntime computes of x. */
const run = async (
  net: TrainedNet,
  { shape, data }: Tensor,
  options: OnnxOptions = {},
): Promise<Readonly<Record<string, Tensor>>> => {
  const session = await ort.InferenceSession.create(encodeOnnx(net, options), { executionProviders: ['wasm'] })
  const outputs = await session.run({ x: new ort.Tensor('float32', data as Float32Array, shape) })
  await session.release()
  return Object.fromEntries(
    Object.entries(outputs).map(([name, out]) => [name, { shape: [...out.dims], data: out.data as Float32Array }]),
  )
}

const same = (actual: Tensor | undefined, expected: Tensor): void => {
  if (actual === undefined) throw new Error('no output of that name')
  expect(actual.shape).toEqual(expected.shape)
  close(actual, expected, 1e-5)
}

test('parts that do not fit each other are no model', () => {
  const { model } = netOf('relu')
  const { weights } = netOf('relu', 'layernorm')
  expect(() => encodeOnnx({ model, weights })).toThrow('encodeOnnx: the net has no tensor named "gamma1"')
})

describe('onnxruntime gives the same logits and probabilities', () => {
  test.each(nets)('$activation $normalization', async ({ activation, normalization }) => {
    const net = netOf(activation, normalization)
    for (const n of [1, 33]) {
      const x = random(100 + n, [n, 12], 'float32')
      const outputs = await run(net, x)
      expect(Object.keys(outputs)).toEqual(['logits', 'probabilities'])
      same(outputs.logits, net.model.scores(net.weights, x))
      same(outputs.probabilities, predict(net, x))
    }
  })

  test('of the bytes of images, which the model preprocesses', async () => {
    const pixels = new Uint8Array(4 * 12).map((_, i) => (i * 37) % 256)
    const input: Input = {
      type: 'bytes',
      shape: [3, 2, 2],
      mean: new Float32Array(12).map((_, i) => 100 + i),
      scale: new Float32Array(12).fill(0.01),
    }
    const net = { ...netOf('relu'), input }
    const { probabilities } = await run(net, { shape: [4, 3, 2, 2], data: Float32Array.from(pixels) })
    same(probabilities, predict(net, pixels))
  })

  test('of a net without hidden layers, and of float64 weights', async () => {
    const model = orThrow(fullyConnectedNet({ inputDim: 3, hiddenDims: [], numClasses: 2, dtype: 'float64' }))
    const net = { model, weights: model.init() }
    const x = reshape(random(1, [6], 'float32'), [2, 3])
    const { logits } = await run(net, x)
    same(logits, cast(model.scores(net.weights, cast(x, 'float64')), 'float32'))
  })

  test('of any mix of the library’s layers', async () => {
    await fc.assert(
      fc.asyncProperty(randomNet, async ({ net: layers, inShape }) => {
        const model = classifier(network([layers, affine(3)]), { inShape })
        const { params, state } = model.init()
        const net = { model, weights: { params: drawn(params), state: drawn(state) } }
        const x = random(7, [5, ...inShape], 'float32')
        const { logits, probabilities } = await run(net, x)
        same(probabilities, predict(net, x))
        const scores = model.scores(net.weights, x)
        // Scores of deep nets are large, and so are their last bits.
        const largest = Math.max(1, ...Array.from(scores.data, Math.abs))
        close(logits as Tensor, scores, 1e-5 * largest)
      }),
      { numRuns: 25, seed: 231 }, // fixed, since its limit is a measured one
    )
  })

  test.each<readonly [string, Net]>([
    ['strides that leave a rest', conv(4, { filterSize: [3, 2], stride: [2, 3], pad: [0, 1] }) as Net],
    ['a conv without bias', conv(4, { pad: 'same', bias: false }) as Net],
    ['pools that overlap', network([maxPool(3, { stride: 2 }), avgPool([2, 1], { stride: 1 })])],
    ['groupnorm', groupnorm(3) as Net],
    ['batchnorm without scale', batchnorm({ scale: false, shift: false }) as Net],
    ['globalAvgPool', globalAvgPool],
  ])('of images: %s', async (_name, layer) => {
    const model = classifier(network([layer, flatten, affine(3)]), { inShape: [3, 7, 9] })
    const { params, state } = model.init()
    const net = { model, weights: { params: drawn(params), state: drawn(state) } }
    const x = random(7, [5, 3, 7, 9], 'float32')
    same((await run(net, x)).probabilities, predict(net, x))
  })

  test('of images that the net takes as they are, through a residual with a shortcut and shared weights', async () => {
    const tied = shared('tied', affine(6)) as Net
    const net = network([affine(6), tied, relu, residual([tanh, affine(4)], affine(4) as Net), affine(3)])
    const model = classifier(net, { inShape: [2, 3] })
    const pixels = new Uint8Array(4 * 6).map((_, i) => (i * 37) % 256)
    const input: Input = {
      type: 'bytes',
      shape: [2, 3],
      mean: new Float32Array(6).fill(90),
      scale: new Float32Array(6).fill(0.01),
    }
    const trained = { model, weights: model.init(), input }
    same(
      (await run(trained, { shape: [4, 2, 3], data: Float32Array.from(pixels) })).probabilities,
      predict(trained, pixels),
    )
    const { input: _, ...bare } = trained
    const x = random(3, [4, 2, 3], 'float32')
    same((await run(bare, x)).probabilities, predict(bare, x))
  })

  test('of a net that does nothing', async () => {
    const model = classifier(network([]), { inShape: [3] })
    const x = random(3, [2, 3], 'float32')
    same((await run({ model, weights: model.init() }, x)).logits, x)
  })
})

describe('each layer has an operator', () => {
  const combining = ['network', 'sequence', 'residual', 'at', 'shared']

  test('of the library', () => {
    const types = layerTypes.map(({ type }) => type).filter((type) => !combining.includes(type))
    expect(Object.keys(onnxOperators).sort()).toEqual(types.sort())
  })

  const twice = defineLayer('twice', () => {
    const times = (t: Tensor): Tensor => ({ shape: t.shape, data: t.data.map((v) => 2 * v) })
    return {
      ...stateless,
      forward: (x: Tensor) => [times(x), null] as const,
      backward: (dy: Tensor) => [times(dy), {}] as const,
      predict: times,
    }
  })

  test('of one’s own: with what the user gives', async () => {
    const model = classifier(network([affine(4), twice(), affine(2)]), { inShape: [3] })
    const net = { model, weights: model.init() }
    const x = random(3, [2, 3], 'float32')
    const { probabilities } = await run(net, x, { operators: { twice: (from, { node }) => node('Add', [from, from]) } })
    same(probabilities, predict(net, x))
    expect(() => encodeOnnx(net)).toThrow(
      "encodeOnnx: there is no operator for layers of type 'twice'; give one: { operators: { twice: (x, { node }) => node('Identity', [x]) } }",
    )
  })

  test('but for one that does not say what it is', () => {
    const model = classifier(network([affine(4), { ...relu }]), { inShape: [3] })
    expect(() => encodeOnnx({ model, weights: model.init() })).toThrow(
      "encodeOnnx: a layer that takes examples of shape (4,) does not say what it is; make it with defineLayer('swish', () => layer)",
    )
  })
})
