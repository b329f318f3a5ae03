import { describe, expect, test } from 'vitest'
import { ArgumentError } from '../../src/errors/index.ts'
import { affine, at, gelu, layernorm, mseLoss, type Net, sequence } from '../../src/layers/index.ts'
import {
  type Classifier,
  classification,
  classifier,
  type FullyConnectedNetOptions,
  fullyConnectedNet,
  gradientCheckModel,
  twoLayerNet,
} from '../../src/models/index.ts'
import { key } from '../../src/random/index.ts'
import type { Tensor, Tensors } from '../../src/tensor/index.ts'
import { random, right } from '../support.ts'

const LIMIT = 1e-6

const normalizations = [undefined, 'batchnorm', 'layernorm'] as const
const activations = ['relu', 'leakyRelu', 'sigmoid', 'tanh', 'gelu'] as const
const losses = ['softmax', 'svm'] as const

const rows = normalizations.flatMap((normalization) =>
  activations.flatMap((activation) =>
    [1, 0.7].flatMap((keepProb) =>
      losses.map((loss) => ({
        title: `${normalization ?? 'no normalization'}, ${activation}, keepProb ${keepProb}, ${loss}`,
        options: { normalization, activation, keepProb, loss },
      })),
    ),
  ),
)

const small = { inputDim: 4, hiddenDims: [5, 4], numClasses: 3, weightScale: 1, reg: 0.3, dtype: 'float64' } as const
const batch = { x: random(7, [6, 4]), y: [0, 2, 1, 1, 0, 2] }

const net = (options: Partial<FullyConnectedNetOptions>): Classifier =>
  right(fullyConnectedNet({ ...small, ...options }))

/** Weights off their start, so that biases, gamma and beta show. */
const moved = (params: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(params).map(([name, { shape, data }], i) => {
      const noise = random(50 + i, shape)
      return [name, { shape, data: noise.data.map((v, j) => 0.1 * v + (data[j] as number)) }]
    }),
  )

const check = (model: Classifier) => {
  const { params, state } = model.init(key(3))
  return gradientCheckModel(model, batch, { params: moved(params), state })
}

describe(`gradients of whole nets, with L2, agree with central differences to ${LIMIT}`, () => {
  test.each(rows)('$title', ({ options }) => {
    const report = check(net(options))
    expect(report.error, report.text).toBeLessThan(LIMIT)
  })

  test('the table has all the values that the options take', () => {
    const values = (option: string): string[] => {
      const result = fullyConnectedNet({ hiddenDims: [1], [option]: 'no such value' } as FullyConnectedNetOptions)
      if (result._tag === 'Right') throw new Error(`${option} takes any value`)
      return [...result.left.message.matchAll(/'([^']+)'/g)].map((m) => m[1] as string).slice(0, -1)
    }
    expect(values('activation')).toEqual([...activations])
    expect(values('normalization')).toEqual(normalizations.slice(1))
    expect(values('loss')).toEqual([...losses])
  })

  test('twoLayerNet', () => {
    const model = right(
      twoLayerNet({ inputDim: 4, hiddenDim: 5, numClasses: 3, weightScale: 1, reg: 0.3, dtype: 'float64' }),
    )
    const report = check(model)
    expect(report.error, report.text).toBeLessThan(LIMIT)
  })

  test('a net of five layers, no hidden layer at all', () => {
    for (const hiddenDims of [[5, 4, 3, 5], []]) {
      const report = check(net({ hiddenDims, normalization: 'batchnorm', keepProb: 0.8 }))
      expect(report.error, report.text).toBeLessThan(LIMIT)
    }
  })

  test('a classifier of an own net with an own loss', () => {
    const layers = sequence([at(1)(affine(6)) as Net, layernorm(), gelu, at(2)(affine(3)) as Net])
    const task = { ...classification(), loss: (scores: Tensor) => mseLoss(scores, random(9, [6, 3])) }
    const report = check(classifier(layers, { inShape: [4], task, reg: 0.1, dtype: 'float64' }))
    expect(report.error, report.text).toBeLessThan(LIMIT)
  })

  test('a large net is checked along random directions', () => {
    const report = check(net({ hiddenDims: [150], normalization: 'batchnorm' }))
    expect(report.worst.find((w) => w.name === 'W1')?.place).toMatch(/random direction/)
    expect(report.error, report.text).toBeLessThan(LIMIT)
  })

  test('with dropout, equal keys give equal losses and others do not', () => {
    const model = net({ keepProb: 0.5, hiddenDims: [40] })
    const weights = model.init()
    const loss = (seed: number) => model.loss(weights, batch, key(seed)).loss
    expect(loss(1)).toBe(loss(1))
    expect(loss(1)).not.toBe(loss(2))
  })

  test('float32 is refused, with a hint', () => {
    const model = net({ dtype: 'float32' })
    expect(() => gradientCheckModel(model, { x: random(7, [6, 4], 'float32'), y: batch.y })).toThrow(ArgumentError)
    expect(() => gradientCheckModel(model, { x: random(7, [6, 4], 'float32'), y: batch.y })).toThrow(
      /W1 is float32, .*use dtype: 'float64'/,
    )
  })

  test('a wrong gradient fails the check', () => {
    const model = net({})
    const wrong: Classifier = {
      ...model,
      loss: (weights, b, k) => {
        const { grads, ...rest } = model.loss(weights, b, k)
        const b2 = grads.b2 as Tensor
        return { ...rest, grads: { ...grads, b2: { shape: b2.shape, data: b2.data.map((v) => -v) } } }
      },
    }
    const report = check(wrong)
    expect(report.error).toBeGreaterThan(1e-3)
    expect(report.worst.filter((w) => w.error > LIMIT).map((w) => w.name)).toEqual(['b2'])
  })
})
