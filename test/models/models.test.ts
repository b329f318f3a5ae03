import { describe, expect, test } from 'vitest'
import { OptionError, ShapeError } from '../../src/errors/index.ts'
import { affine, batchnorm, type Net, sequence, softmaxLoss, stateless } from '../../src/layers/index.ts'
import {
  classification,
  classifier,
  type FullyConnectedNetOptions,
  fullyConnectedNet,
  type TwoLayerNetOptions,
  twoLayerNet,
} from '../../src/models/index.ts'
import { foldIn, key, normal } from '../../src/random/index.ts'
import { cast, full, type Tensor, zeros } from '../../src/tensor/index.ts'
import { bitsOf, close, eachBackend, eachRun, goldenCase, leftMessage, random, right, tensorsOf } from '../support.ts'

const net = (options: FullyConnectedNetOptions) => right(fullyConnectedNet(options))
const labels = (n: number, classes: number): number[] => Array.from({ length: n }, (_, i) => i % classes)

describe('at the start', () => {
  eachBackend(() => {
    const x = random(1, [50, 30], 'float32')
    const y = labels(50, 10)

    test.each([
      ['softmax', Math.log(10)],
      ['svm', 9],
    ] as const)('the %s loss is within 1 %% of %d, as all classes are alike to small weights', (loss, expected) => {
      for (const hiddenDims of [[], [20], [20, 20]]) {
        const model = net({ inputDim: 30, hiddenDims, numClasses: 10, weightScale: 1e-3, loss })
        const value = model.loss(model.init(), { x, y }, key(0)).loss
        expect(Math.abs(value / expected - 1)).toBeLessThan(0.01)
      }
    })

    test('regularization raises it, as in cs231n', () => {
      const loss = (reg: number): number => {
        const model = net({ inputDim: 30, hiddenDims: [20], weightScale: 0.1, reg })
        return model.loss(model.init(), { x, y }, key(0)).loss
      }
      expect(loss(1)).toBeGreaterThan(loss(0.5))
      expect(loss(0.5)).toBeGreaterThan(loss(0))
    })
  })

  test('twoLayerNet starts like cs231n’s: W1 has standard deviation 1e-3, biases are 0', () => {
    const { params, state } = right(twoLayerNet({ inputDim: 50, hiddenDim: 40, numClasses: 7 })).init()
    const values = [...(params.W1 as Tensor).data]
    const std = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)
    // Four standard errors of a standard deviation from 2000 numbers.
    expect(Math.abs(std / 1e-3 - 1)).toBeLessThan(4 / Math.sqrt(2 * values.length))
    expect([params.b1, params.b2]).toEqual([zeros([40]), zeros([7])])
    expect(state).toEqual({})
  })

  test.each([
    ['he', Math.sqrt(2 / 300)],
    ['xavier', Math.sqrt(2 / 400)],
    [0.05, 0.05],
    [undefined, Math.sqrt(2 / 300)],
  ] as const)('weightScale %s', (weightScale, expected) => {
    const { W1 } = net({ inputDim: 300, hiddenDims: [100], ...(weightScale && { weightScale }) }).init().params
    const values = [...(W1 as Tensor).data]
    const std = Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length)
    expect(Math.abs(std / expected - 1)).toBeLessThan(4 / Math.sqrt(2 * values.length))
  })
})

describe('parameters', () => {
  const shapesOf = (options: FullyConnectedNetOptions): Record<string, readonly number[]> => {
    const { params, state } = net(options).init()
    return Object.fromEntries(Object.entries({ ...params, ...state }).map(([name, { shape }]) => [name, shape]))
  }

  test('have the names of cs231n and the shapes (D, M)', () => {
    expect(shapesOf({ inputDim: 6, hiddenDims: [5, 4], numClasses: 3 })).toEqual({
      W1: [6, 5],
      b1: [5],
      W2: [5, 4],
      b2: [4],
      W3: [4, 3],
      b3: [3],
    })
    expect(Object.keys(net({ inputDim: 6, hiddenDims: [5] }).init().params)).toEqual(['W1', 'b1', 'W2', 'b2'])
  })

  test.each(['batchnorm', 'layernorm'] as const)('%s adds gamma and beta to hidden layers only', (normalization) => {
    const { runningMean1, runningVar1, ...params } = shapesOf({
      inputDim: 6,
      hiddenDims: [5],
      numClasses: 3,
      normalization,
      keepProb: 0.5,
    })
    expect(params).toEqual({ W1: [6, 5], b1: [5], gamma1: [5], beta1: [5], W2: [5, 3], b2: [3] })
    expect([runningMean1, runningVar1]).toEqual(normalization === 'batchnorm' ? [[5], [5]] : [undefined, undefined])
  })

  test('dropout, normalization, activation and reg change no other initial weight', () => {
    const size = { inputDim: 6, hiddenDims: [5, 4], numClasses: 3 }
    const plain = bitsOf(net(size).init(key(7)).params)
    const variants: Partial<FullyConnectedNetOptions>[] = [
      { keepProb: 0.5 },
      { normalization: 'batchnorm' },
      { normalization: 'layernorm', keepProb: 0.9 },
      { activation: 'tanh' },
      { activation: 'gelu', normalization: 'batchnorm', keepProb: 0.1, reg: 1, loss: 'svm' },
    ]
    for (const variant of variants)
      expect(bitsOf(net({ ...size, ...variant }).init(key(7)).params)).toMatchObject(plain)
  })

  test('the weights of a layer stay when another layer is added behind', () => {
    const two = bitsOf(net({ inputDim: 6, hiddenDims: [5, 4] }).init(key(7)).params)
    const three = bitsOf(net({ inputDim: 6, hiddenDims: [5, 4, 4] }).init(key(7)).params)
    expect([three.W1, three.W2]).toEqual([two.W1, two.W2])
  })

  test('are drawn by name: place, then W', () => {
    const { W2 } = net({ inputDim: 6, hiddenDims: [5], numClasses: 3, weightScale: 0.1 }).init(key(7)).params
    expect(W2).toEqual(normal(foldIn(foldIn(key(7), 2), 'W'), [5, 3], 0.1))
  })

  test('are a function of the key; without one, of the seed', () => {
    const size = { inputDim: 6, hiddenDims: [5] }
    const bits = (seed: number) => bitsOf(net({ ...size, seed }).init().params)
    expect(bits(3)).toEqual(bitsOf(net(size).init(key(3)).params))
    expect(bits(0)).toEqual(bitsOf(net(size).init().params))
    expect(bits(3).W1).not.toEqual(bits(4).W1)
  })

  test('in float64 are those of float32 before rounding', () => {
    const size = { inputDim: 6, hiddenDims: [5] }
    const double = net({ ...size, dtype: 'float64' }).init(key(1)).params
    const single = net(size).init(key(1)).params
    for (const name in single) expect(cast(double[name] as Tensor, 'float32')).toEqual(single[name])
  })
})

describe('L2', () => {
  eachRun(({ dtype, tolerance }) => {
    test('is ½·reg·ΣW², as in NumPy: weights only', () => {
      const { inputs, outputs } = goldenCase('losses', 'l2')
      const reg = inputs.reg as number
      const weights = tensorsOf(inputs, dtype, 'W1', 'W2')
      const params = { ...weights, b1: full([3], 2, dtype), b2: full([5], -3, dtype) }
      const options = { inputDim: 4, hiddenDims: [3], numClasses: 5, dtype }
      const batch = { x: random(1, [6, 4], dtype), y: labels(6, 5) }
      const [plain, regularized] = [0, reg].map((r) =>
        net({ ...options, reg: r }).loss({ params, state: {} }, batch, key(0)),
      ) as [ReturnType<ReturnType<typeof net>['loss']>, ReturnType<ReturnType<typeof net>['loss']>]
      close(regularized.loss - plain.loss, outputs.loss as number, tolerance, 'loss')
      for (const name of ['W1', 'W2'] as const) {
        const [more, less] = [regularized, plain].map(({ grads }) => grads[name] as Tensor) as [Tensor, Tensor]
        const difference = { shape: more.shape, data: more.data.map((v, i) => v - (less.data[i] as number)) }
        close(difference, tensorsOf(outputs, dtype, 'dW1', 'dW2')[`d${name}`], tolerance, name)
      }
      for (const name of ['b1', 'b2']) {
        expect(bitsOf({ b: regularized.grads[name] as Tensor })).toEqual(bitsOf({ b: plain.grads[name] as Tensor }))
      }
    })
  })
})

describe('training and evaluation differ where they must', () => {
  const options = { inputDim: 6, hiddenDims: [8], numClasses: 3 }
  const batch = { x: random(1, [10, 6], 'float32'), y: labels(10, 3) }

  test('batchnorm: loss gives next statistics, scores reads them', () => {
    const model = net({ ...options, normalization: 'batchnorm' })
    const { params, state } = model.init()
    const { state: next } = model.loss({ params, state }, batch, key(0))
    expect(Object.keys(next)).toEqual(['runningMean1', 'runningVar1'])
    expect(bitsOf(next)).not.toEqual(bitsOf(state))
    const scores = (s: typeof state) => bitsOf({ s: model.scores({ params, state: s }, batch.x) })
    expect(scores(next)).not.toEqual(scores(state))
  })

  test('dropout: scores use all units', () => {
    const model = net({ ...options, keepProb: 0.5 })
    const plain = net(options)
    const weights = model.init()
    expect(bitsOf({ s: model.scores(weights, batch.x) })).toEqual(bitsOf({ s: plain.scores(weights, batch.x) }))
    expect(model.loss(weights, batch, key(0)).loss).not.toBe(plain.loss(weights, batch, key(0)).loss)
  })

  test('keepProb 1 is no dropout at all', () => {
    const model = net({ ...options, keepProb: 1 })
    const weights = model.init()
    expect(model.loss(weights, batch, key(0)).loss).toBe(model.loss(weights, batch, key(1)).loss)
  })

  test('inputs of any shape are flattened', () => {
    const model = net({ ...options, inputDim: 12 })
    const weights = model.init()
    const x = random(1, [5, 3, 2, 2], 'float32')
    const flat = { shape: [5, 12], data: x.data }
    expect(bitsOf({ s: model.scores(weights, x) })).toEqual(bitsOf({ s: model.scores(weights, flat) }))
  })
})

describe('activations', () => {
  const model = net({ inputDim: 6, hiddenDims: [5, 4], numClasses: 3, normalization: 'layernorm', keepProb: 0.5 })
  const weights = model.init()
  const x = random(2, [7, 6], 'float32')

  test('are those of evaluation, layer by layer, and end with the scores', () => {
    const activations = model.activations(weights, x)
    expect(Object.entries(activations).map(([name, { shape }]) => [name, shape])).toEqual([
      ['affine1', [7, 5]],
      ['layernorm1', [7, 5]],
      ['relu1', [7, 5]],
      ['dropout1', [7, 5]],
      ['affine2', [7, 4]],
      ['layernorm2', [7, 4]],
      ['relu2', [7, 4]],
      ['dropout2', [7, 4]],
      ['scores', [7, 3]],
    ])
    expect(activations.scores?.data).toEqual(model.scores(weights, x).data)
    expect(activations.relu1?.data.every((v) => v >= 0)).toBe(true)
    // Evaluation drops nothing.
    expect(activations.dropout2?.data).toEqual(activations.relu2?.data)
  })

  test('of a net without hidden layers are its scores', () => {
    expect(
      Object.keys(net({ inputDim: 6, hiddenDims: [] }).activations(net({ inputDim: 6, hiddenDims: [] }).init(), x)),
    ).toEqual(['scores'])
  })
})

describe('wrong options', () => {
  test.each<[object, string]>([
    [{}, 'fullyConnectedNet: hiddenDims is missing; give the sizes of the hidden layers, e.g. [100], or [] for none'],
    [{ hiddenDims: [0] }, 'fullyConnectedNet: hiddenDims must be a list, each an integer ≥ 1, but got [0]'],
    [{ hiddenDims: [10, 2.5] }, 'fullyConnectedNet: hiddenDims must be a list, each an integer ≥ 1, but got [10, 2.5]'],
    [{ hiddenDims: 100 }, 'fullyConnectedNet: hiddenDims must be a list, each an integer ≥ 1, but got 100'],
    [{ hiddenDims: [5], inputDim: 0 }, 'fullyConnectedNet: inputDim must be an integer ≥ 1, but got 0'],
    [
      { hiddenDims: [5], numClasses: -1 },
      'fullyConnectedNet: numClasses must be an integer ≥ 2 (with one class every answer is right; yes or no are two), but got -1',
    ],
    [{ hiddenDims: [5], keepProb: 0 }, 'fullyConnectedNet: keepProb must be a number in (0, 1], but got 0'],
    [{ hiddenDims: [5], keepProb: 1.2 }, 'fullyConnectedNet: keepProb must be a number in (0, 1], but got 1.2'],
    [{ hiddenDims: [5], keepProb: Number.NaN }, 'fullyConnectedNet: keepProb must be a number in (0, 1], but got NaN'],
    [{ hiddenDims: [5], reg: -1 }, 'fullyConnectedNet: reg must be a number ≥ 0, but got -1'],
    [
      { hiddenDims: [5], weightScale: 'hee' },
      "fullyConnectedNet: weightScale must be a number ≥ 0 or one of 'he', 'xavier', but got 'hee'; did you mean 'he'?",
    ],
    [
      { hiddenDims: [5], normalization: 'batchNorm' },
      "fullyConnectedNet: normalization must be one of 'batchnorm', 'layernorm', but got 'batchNorm'; did you mean 'batchnorm'?",
    ],
    [
      { hiddenDims: [5], activation: 'rleu' },
      "fullyConnectedNet: activation must be one of 'relu', 'leakyRelu', 'sigmoid', 'tanh', 'gelu', but got 'rleu'; did you mean 'relu'?",
    ],
    [
      { hiddenDims: [5], dtype: 'float16' },
      "fullyConnectedNet: dtype must be one of 'float32', 'float64', but got 'float16'; did you mean 'float32'?",
    ],
    [{ hiddenDims: [5], seed: -1 }, 'fullyConnectedNet: seed must be an integer ≥ 0, but got -1'],
    [{ hiddenDims: [5], hidenDims: [5] }, "fullyConnectedNet: unknown option 'hidenDims'; did you mean 'hiddenDims'?"],
    [{ hiddenDims: [5], keep_prob: 1 }, "fullyConnectedNet: unknown option 'keep_prob'; did you mean 'keepProb'?"],
  ])('fullyConnectedNet(%j)', (options, message) => {
    const result = fullyConnectedNet(options as FullyConnectedNetOptions)
    expect(leftMessage(result)).toBe(message)
    expect('left' in result && result.left).toBeInstanceOf(OptionError)
  })

  test.each<[object, string]>([
    [{ hiddenDim: 0 }, 'twoLayerNet: hiddenDim must be an integer ≥ 1, but got 0'],
    [{ hiddenDims: [5] }, "twoLayerNet: unknown option 'hiddenDims'; did you mean 'hiddenDim'?"],
  ])('twoLayerNet(%j)', (options, message) => {
    expect(leftMessage(twoLayerNet(options as TwoLayerNetOptions))).toBe(message)
  })
})

describe('wrong use', () => {
  const model = net({ inputDim: 6, hiddenDims: [8], numClasses: 3, normalization: 'batchnorm' })
  const weights = model.init()

  test('a batch of one row cannot be normalized', () => {
    expect(() => model.loss(weights, { x: random(1, [1, 6], 'float32'), y: [0] }, key(0))).toThrow(
      new ShapeError(
        'batchnorm1 of the network: batchnormForward: the statistics of a batch need at least 2 rows, but x has shape (1, 8); use a larger batch, or layernorm',
      ),
    )
    expect(model.scores(weights, random(1, [1, 6], 'float32')).shape).toEqual([1, 3])
  })

  test('an input of another size', () => {
    expect(() => model.scores(weights, random(1, [2, 7], 'float32'))).toThrow(
      'classifier: x has shape (2, 7), but the net takes examples of shape (6,), so (N, 6)',
    )
  })

  test('an input of another precision, with a hint', () => {
    const message =
      "classifier: x is float64, but the weights are float32; use cast(x, 'float32') or another dtype for the net"
    expect(() => model.scores(weights, random(1, [2, 6]))).toThrow(new ShapeError(message))
    expect(() => model.loss(weights, { x: random(1, [2, 6]), y: [0, 1] }, key(0))).toThrow(new ShapeError(message))
  })

  test('a layer that gives no gradient for its weight', () => {
    const forgetful = {
      ...(affine(3) as Net),
      gradients: undefined,
      backward: (dy: Tensor, cache: unknown) => {
        const [dx, { W }] = (affine(3) as Net).backward(dy, cache)
        return [dx, { W: W as Tensor }] as const
      },
    } as unknown as Net
    const own = classifier(forgetful, { inShape: [4] })
    expect(() => own.loss(own.init(), { x: random(1, [2, 4], 'float32'), y: [0, 1] }, key(0))).toThrow(
      new ShapeError(
        'classifier: no gradient for the weight b; backward of the layer that reads it must return one under that name',
      ),
    )
  })

  test('labels that do not fit the scores', () => {
    expect(() => model.loss(weights, { x: random(1, [2, 6], 'float32'), y: [0, 3] }, key(0))).toThrow(
      'softmaxLoss: a label is a class from 0 to 2 because there are 3 scores a row, but row 1 has 3',
    )
  })
})

describe('classifier', () => {
  test('takes any net and any loss', () => {
    const doubled: typeof softmaxLoss = (scores, y) => {
      const [loss, d] = softmaxLoss(scores, y)
      return [2 * loss, { shape: d.shape, data: d.data.map((v) => 2 * v) }]
    }
    const layers = sequence([affine(4) as Net, batchnorm(), { ...stateless, ...passThrough }])
    const batch = { x: random(1, [5, 3], 'float32'), y: labels(5, 4) }
    const [once, twice] = [softmaxLoss, doubled].map((loss) => {
      const model = classifier(layers, { inShape: [3], task: { ...classification(), loss } })
      return model.loss(model.init(), batch, key(0))
    }) as [ReturnType<ReturnType<typeof net>['loss']>, ReturnType<ReturnType<typeof net>['loss']>]
    expect(twice.loss).toBe(2 * once.loss)
    close(
      twice.grads.W as Tensor,
      { ...(once.grads.W as Tensor), data: (once.grads.W as Tensor).data.map((v) => 2 * v) },
      1e-6,
    )
    expect(Object.keys(once.state)).toEqual(['runningMean', 'runningVar'])
  })

  test.each<[object, string]>([
    [{ inShape: [3], reg: -1 }, 'classifier: reg must be a number ≥ 0, but got -1'],
    [{ inShape: [3], regg: 1 }, "classifier: unknown option 'regg'; did you mean 'reg'?"],
    [
      { inShape: [3], dtype: 'float16' },
      "classifier: dtype must be one of 'float32', 'float64', but got 'float16'; did you mean 'float32'?",
    ],
    [{ inShape: [3.5] }, 'classifier: inShape must be a list, each an integer ≥ 1, but got [3.5]'],
    [{}, 'classifier: inShape is missing; give the shape of one example, e.g. [784] or [3, 32, 32]'],
  ])('%j is refused', (options, message) => {
    expect(() => classifier(affine(4), options as never)).toThrow(new OptionError(message))
  })

  test('a gradient that belongs to no weight', () => {
    const generous = {
      ...(affine(3) as Net),
      gradients: () => ({ ...(affine(3) as Net).init(key(0), [4]).params, W7: zeros([1]) }),
    }
    const own = classifier(generous as Net, { inShape: [4], reg: 1 })
    expect(() => own.loss(own.init(), { x: random(1, [2, 4], 'float32'), y: [0, 1] }, key(0))).toThrow(
      new ShapeError('classifier: a gradient is named W7, but there is no weight of that name'),
    )
  })
})

describe('fullyConnectedNet shows its options', () => {
  test('with the defaults in place of what was not given', () => {
    expect(net({ hiddenDims: [3], reg: undefined } as never).options).toEqual({
      inputDim: 3072,
      hiddenDims: [3],
      numClasses: 10,
      keepProb: 1,
      activation: 'relu',
      weightScale: 'he',
      reg: 0,
      dtype: 'float32',
      seed: 0,
    })
  })

  test('and they make the same net', () => {
    const model = net({ inputDim: 4, hiddenDims: [3], normalization: 'layernorm', seed: 7 })
    expect(net(model.options).init()).toEqual(model.init())
  })
})

/** An own layer without weights, as a reader of the README would write it. */
const passThrough: Pick<Net, 'forward' | 'backward' | 'predict'> = {
  forward: (x) => [x, null],
  backward: (dy) => [dy, {}],
  predict: (x) => x,
}
