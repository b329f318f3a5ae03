import { describe, expect, test } from 'vitest'
import { ShapeError } from '../../src/errors/index.ts'
import { type FullyConnectedNetOptions, fullyConnectedNet, type Model } from '../../src/models/index.ts'
import { type UpdateRuleName, updateRules } from '../../src/optim/index.ts'
import { key } from '../../src/random/index.ts'
import { type Optimizer, step, type TrainState } from '../../src/solver/index.ts'
import { full, snapshotAll, type Tensor, type Tensors } from '../../src/tensor/index.ts'
import { bitsOf, eachBackend, random, right } from '../support.ts'

const model = (options: Partial<FullyConnectedNetOptions> = {}): Model =>
  right(
    fullyConnectedNet({
      inputDim: 4,
      hiddenDims: [5],
      numClasses: 3,
      normalization: 'batchnorm',
      keepProb: 0.8,
      reg: 0.1,
      ...options,
    }),
  )

const batch = { x: random(1, [6, 4], 'float32'), y: [0, 1, 2, 2, 1, 0] }

const optimizer = (name: UpdateRuleName): Optimizer => ({
  rule: updateRules[name] as Optimizer['rule'],
  learningRate: 0.1,
  optimConfig: {},
})

const slotsOf = ({ configs }: TrainState): Tensors =>
  Object.fromEntries(
    Object.entries(configs).flatMap(([weight, config]) =>
      Object.entries(config as Record<string, unknown>).flatMap(([slot, value]) =>
        typeof value === 'object' ? [[`${weight} ${slot}`, value as Tensor]] : [],
      ),
    ),
  )

const bits = (state: TrainState) => ({
  ...bitsOf(state.weights.params),
  ...bitsOf(state.weights.state),
  ...bitsOf(slotsOf(state)),
})

describe('step is a pure function', () => {
  eachBackend(() => {
    test.each(Object.keys(updateRules) as UpdateRuleName[])('with %s', (rule) => {
      const net = model()
      const start: TrainState = { weights: net.init(), configs: {} }
      const { state: second } = step(net, optimizer(rule), start, batch, key(1))
      const before = bits(second)
      const inputs = bitsOf({ x: batch.x })
      const one = step(net, optimizer(rule), second, batch, key(2))
      const two = step(net, optimizer(rule), second, batch, key(2))
      expect(bits(second)).toEqual(before)
      expect(bitsOf({ x: batch.x })).toEqual(inputs)
      expect(bits(one.state)).toEqual(bits(two.state))
      expect(one.loss).toBe(two.loss)
      expect(bits(one.state)).not.toEqual(before)
    })

    test.each(Object.keys(updateRules) as UpdateRuleName[])('%s writes the same into `out`, in place', (rule) => {
      const net = model()
      const start: TrainState = { weights: net.init(), configs: {} }
      const { state } = step(net, optimizer(rule), start, batch, key(1))
      const expected = step(net, optimizer(rule), state, batch, key(2))
      const arrays = Object.values(state.weights.params).map((w) => w.data)
      const inPlace = step(net, optimizer(rule), state, batch, key(2), state)
      expect(bits(inPlace.state)).toEqual(bits(expected.state))
      Object.values(inPlace.state.weights.params).forEach((w, i) => {
        expect(w.data).toBe(arrays[i])
      })
    })
  })

  test('tells the loss before the update, regularization included', () => {
    const net = model({ keepProb: 1 })
    const weights = net.init()
    const { loss } = step(net, optimizer('sgd'), { weights, configs: {} }, batch, key(1))
    expect(loss).toBe(net.loss(weights, batch, key(1)).loss)
    expect(net.loss(weights, batch, key(1)).loss).toBeGreaterThan(
      model({ keepProb: 1, reg: 0 }).loss(weights, batch, key(1)).loss,
    )
  })

  test('optimConfig reaches the rule, and slots outlive the step', () => {
    const net = model()
    const settings = { ...optimizer('adam'), optimConfig: { beta1: 0.5 } }
    const first = step(net, settings, { weights: net.init(), configs: {} }, batch, key(1)).state
    expect(first.configs.W1).toMatchObject({ learningRate: 0.1, beta1: 0.5, beta2: 0.999, t: 1 })
    const second = step(net, { ...settings, learningRate: 0.05 }, first, batch, key(2)).state
    expect(second.configs.W1).toMatchObject({ learningRate: 0.05, beta1: 0.5, t: 2 })
  })

  test('a loss that is not finite leaves the state as it is, the very same object', () => {
    const net = model()
    const weights = net.init()
    const state = { weights, configs: {} }
    const spoiled = { x: full([6, 4], Number.NaN), y: batch.y }
    const next = step(net, optimizer('sgd'), state, spoiled, key(1))
    expect(next.loss).toBeNaN()
    expect(next.state).toBe(state)
  })

  test('a weight without a gradient is named', () => {
    const net = model()
    const forgetful: Model = {
      ...net,
      loss: (...args) => {
        const { grads, ...rest } = net.loss(...args)
        const { gamma1: _forgotten, ...others } = grads
        return { ...rest, grads: others }
      },
    }
    const state = { weights: net.init(), configs: {} }
    const message = "step: the model's loss gave no gradient for the weight gamma1"
    for (const more of [{}, { clipNorm: 1 }, { clipValue: 1 }]) {
      expect(() => step(forgetful, { ...optimizer('sgd'), ...more }, state, batch, key(0))).toThrow(
        new ShapeError(message),
      )
    }
  })

  test('a copy made with snapshotAll survives steps in place', () => {
    const net = model()
    const state: TrainState = { weights: net.init(), configs: {} }
    const copy = snapshotAll(state.weights.params)
    const before = bitsOf(copy)
    step(net, optimizer('sgd'), state, batch, key(1), state)
    expect(bitsOf(copy)).toEqual(before)
    expect(bitsOf(state.weights.params)).not.toEqual(before)
  })
})
