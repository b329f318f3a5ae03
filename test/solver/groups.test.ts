import { describe, expect, test } from 'vitest'
import { heapBytesInUse, scoped } from '../../src/kernels/index.ts'
import { affine, type Layer, type Net, network, relu } from '../../src/layers/index.ts'
import { classifier, type Model } from '../../src/models/index.ts'
import { type ParameterGroup, parameterGroups } from '../../src/optim/index.ts'
import { key, normal, randomIndices } from '../../src/random/index.ts'
import {
  type Event,
  type RunState,
  type SolverOptions,
  snapshotRun,
  solve,
  step,
  train,
} from '../../src/solver/index.ts'
import type { Tensor, Tensors } from '../../src/tensor/index.ts'
import { bitsOf, close, eachBackend, goldenCase, leftMessage, right, tensorFrom } from '../support.ts'

const net = (reg = 0, dtype: 'float32' | 'float64' = 'float32'): Model =>
  classifier(network([affine(5), relu, affine(3)]), { inShape: [4], reg, dtype })

const x = normal(key(1), [24, 4])
const y = randomIndices(key(2), 24, 3)
const data = { xTrain: x, yTrain: y, xVal: x, yVal: y }

const lastOf = (events: Iterable<Event>): Extract<Event, { _tag: 'Done' }> => {
  for (const event of events) if (event._tag === 'Done') return event
  throw new Error('no end')
}

/** A run that begins with the weights of a golden case, one batch a step. */
const goldenRun = (name: string, options: SolverOptions, reg = 0) => {
  const { inputs, outputs } = goldenCase('methods', name)
  const model = net(reg, 'float64')
  const rows = tensorFrom(inputs.x, 'float64')
  const start = Object.fromEntries(['W1', 'b1', 'W2', 'b2'].map((n) => [n, tensorFrom(inputs[n], 'float64')]))
  const begun: Model = { ...model, init: () => ({ params: start, state: {} }) }
  const events = right(
    train(begun, { xTrain: rows, yTrain: inputs.y as number[] }, { batchSize: 8, numEpochs: 10, ...options }),
  )
  const { result } = lastOf(events)
  for (const n of Object.keys(start))
    close(result.lastWeights.params[n] as Tensor, tensorFrom(outputs[n], 'float64'), 1e-12, n)
  return { losses: result.lossHistory, expected: outputs.losses as number[] }
}

// An epoch is a step there.
const frozen: readonly ParameterGroup[] = [
  { match: 'W1', frozen: { until: 4 } },
  { match: 'b1', frozen: { from: 2, until: 7 } },
  { match: 'b2', frozen: true },
]

describe('groups agree with the parameter groups of PyTorch', () => {
  test('learning rates and momentum, weights that are frozen for a while', () => {
    const groups = [{ match: 'b', learningRateScale: 4, momentum: 0.5 }, ...frozen]
    const { losses, expected } = goldenRun('groupsMomentum', {
      updateRule: 'sgdMomentum',
      optimConfig: { learningRate: 0.1 },
      groups,
    })
    losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(expected[i] as number, 12)
    })
  })

  test('weight decay of adamw', () => {
    goldenRun('groupsAdamw', {
      updateRule: 'adamw',
      optimConfig: { learningRate: 0.01, weightDecay: 0.3 },
      groups: [{ match: ['b1', 'b2'], weightDecay: 0 }, ...frozen],
    })
  })

  test('decay that passes through the momentum is reg', () => {
    goldenRun('coupledDecay', { updateRule: 'sgdMomentum', optimConfig: { learningRate: 0.1 } }, 0.3)
  })
})

const options: SolverOptions = { updateRule: 'sgdMomentum', batchSize: 8, numEpochs: 5, clipNorm: 1 }

describe('groups', () => {
  eachBackend(() => {
    test('that say nothing change no bit, nor does a rate that all have', () => {
      const plain = right(solve(net(0.1), data, { ...options, optimConfig: { learningRate: 0.02 } }))
      const same = right(
        solve(net(0.1), data, {
          ...options,
          optimConfig: { learningRate: 0.01 },
          groups: [{ match: ['W', 'b'], learningRateScale: 2, frozen: false }],
        }),
      )
      expect(bitsOf(same.lastWeights.params)).toEqual(bitsOf(plain.lastWeights.params))
      expect(same.lossHistory).toEqual(plain.lossHistory)
    })

    test('a frozen weight keeps its bits and has no slot; the others do not', () => {
      const start = bitsOf(net().init(key(0)).params)
      let first: Tensors | undefined
      for (const event of right(train(net(0.1), data, { ...options, groups: [{ match: 'W1', frozen: true }] }))) {
        if (event._tag === 'Epoch' && event.epoch === 0) first = { ...event.weights.params }
        if (event._tag === 'Step') expect(Object.keys(event.run.configs)).toEqual(['b1', 'W2', 'b2'])
        if (event._tag !== 'Done') continue
        const { params } = event.result.lastWeights
        expect(bitsOf({ W1: params.W1 as Tensor })).toEqual(bitsOf({ W1: first?.W1 as Tensor }))
        for (const name of ['b1', 'W2', 'b2']) expect(bitsOf(params)[name]).not.toEqual(start[name])
      }
    })

    test('the heap takes slots back when a weight freezes, and is as full after a run as before', () => {
      const groups = [{ match: 'W1', frozen: { from: 2 } }]
      right(solve(net(), data, { ...options, groups }))
      const before = heapBytesInUse()
      const inUse: number[] = []
      for (const event of right(train(net(), data, { ...options, groups }))) {
        if (event._tag === 'Step') inUse.push(heapBytesInUse())
      }
      expect(heapBytesInUse()).toBe(before)
      const steady = new Set(inUse.slice(6))
      expect(steady.size).toBe(1)
      expect([...steady][0]).toBeLessThan(inUse[5] as number)
      expect(new Set(inUse.slice(0, 6)).size).toBe(1)
    })

    test('a run goes on from any state, also across the epochs in which weights freeze', () => {
      const own = { ...options, groups: [...frozen.slice(0, 2), { match: 'W2', frozen: { from: 1.5 }, momentum: 0.5 }] }
      const states: RunState[] = []
      let whole: Tensors = {}
      for (const event of right(train(net(), data, own))) {
        if (event._tag === 'Done') whole = event.result.lastWeights.params
        else if ('run' in event) states.push(snapshotRun(event.run))
      }
      for (const state of states) {
        const { result } = lastOf(right(train(net(), data, own, state)))
        expect(bitsOf(result.lastWeights.params)).toEqual(bitsOf(whole))
      }
      expect(states).toHaveLength(1 + 15 + 5)
    })
  })

  test('the model is asked for gradients that are used, and a model that gives all of them trains alike', () => {
    const asked: (readonly string[] | undefined)[] = []
    const model = net()
    const watched: Model = {
      ...model,
      loss: (weights, batch, k, learns) => {
        asked.push(learns && [...learns])
        return model.loss(weights, batch, k)
      },
    }
    const own = { ...options, groups: [{ match: 'W1', frozen: { from: 1 } }] }
    const all = right(solve(watched, data, own))
    expect(asked[0]).toBeUndefined()
    expect(asked.at(-1)).toEqual(['b1', 'W2', 'b2'])
    expect(bitsOf(all.lastWeights.params)).toEqual(bitsOf(right(solve(model, data, own)).lastWeights.params))
  })

  test('nothing before the first weight that learns gets a dx', () => {
    const calls: string[] = []
    const spied = (name: string, layer: Net): Net => ({
      ...layer,
      backward: (dy, cache, learns) => {
        calls.push(`${name} backward`)
        return layer.backward(dy, cache, learns)
      },
      gradients: (dy, cache, learns) => {
        calls.push(`${name} gradients of ${learns === undefined ? 'all' : [...learns]}`)
        return (layer as Required<Net>).gradients(dy, cache, learns)
      },
      through: (dy, cache) => {
        calls.push(`${name} through`)
        return (layer as Required<Net>).through(dy, cache)
      },
    })
    const layers = ['first', 'second', 'third'].map((name) =>
      spied(name, affine(3) as Layer<never, never, never> as never),
    )
    const model = classifier(network(layers), { inShape: [4] })
    const callsOf = (match?: readonly string[]): readonly string[] => {
      calls.length = 0
      right(solve(model, data, { numIterations: 1, ...(match && { groups: [{ match, frozen: true }] }) }))
      return [...calls]
    }
    expect(callsOf()).toEqual(['third backward', 'second backward', 'first gradients of all'])
    expect(callsOf(['W1', 'b1'])).toEqual(['third backward', 'second gradients of W,b'])
    expect(callsOf(['W1', 'b1', 'b2'])).toEqual(['third backward', 'second gradients of W'])
    expect(callsOf(['W1', 'W2', 'b2'])).toEqual(['third backward', 'second through', 'first gradients of b'])
    expect(callsOf(['W3', 'b3', 'W2', 'b2'])).toEqual(['third through', 'second through', 'first gradients of W,b'])
    expect(callsOf(['W3', 'W2', 'W1', 'b1', 'b2'])).toEqual(['third gradients of b'])
  })

  test('step takes them too', () => {
    const groupsAt = right(
      parameterGroups(
        [
          { match: 'b', learningRateScale: 0.5 },
          { match: 'W1', frozen: true },
        ],
        ['W1', 'b1', 'W2', 'b2'],
      ),
    )
    const model = net()
    const start = { weights: model.init(), configs: {} }
    const batch = { x, y }
    const plain = step(model, { learningRate: 0.5 }, start, batch)
    const { state } = step(model, { learningRate: 1, ...groupsAt(0) }, start, batch)
    expect(state.weights.params.W1).toBe(start.weights.params.W1)
    expect(bitsOf({ b2: state.weights.params.b2 as Tensor })).toEqual(
      bitsOf({ b2: plain.state.weights.params.b2 as Tensor }),
    )
    const out = { weights: model.init(key(9)), configs: {} }
    const written = step(model, { learningRate: 1, ...groupsAt(0) }, start, batch, key(0), out)
    expect(written.state.weights.params.W1?.data).toBe(out.weights.params.W1?.data)
    expect(bitsOf(written.state.weights.params)).toEqual(bitsOf(state.weights.params))
    expect(scoped(() => written.loss)).toBe(plain.loss)
  })

  const names = ['W1', 'b1', 'gamma1', 'beta1', 'W2', 'b2', 'W1_3', 'W13', 'W_mixer', 'Wq1']
  const learnsOf = (match: string): readonly string[] => [
    ...(right(parameterGroups([{ match, frozen: true }], names))(0).learns as ReadonlySet<string>),
  ]
  test.each([
    ['W', ['W1', 'W2', 'W1_3', 'W13', 'W_mixer']],
    ['b', ['b1', 'b2']],
    ['beta', ['beta1']],
    ['W1', ['W1']],
    ['W1_3', ['W1_3']],
    ['W_mixer', ['W_mixer']],
    ['Wq', ['Wq1']],
  ])('%s means %j', (match, expected) => {
    expect(names.filter((name) => !learnsOf(match).includes(name))).toEqual(expected)
  })
})

describe('wrong groups', () => {
  test.each<[unknown, string]>([
    [
      { match: 'b' },
      "solver: groups must be a list of groups, e.g. [{ match: 'b', learningRateScale: 10 }], but got { match }",
    ],
    [['b'], "solver: groups must be a list of groups, e.g. [{ match: 'b', learningRateScale: 10 }], but got ['b']"],
    [[{ frozen: true }], "groups[0]: match is missing; give the name of a weight, e.g. 'W1', or a stem, e.g. 'beta'"],
    [[{ match: 'gama' }], "groups[0]: 'gama' matches no weight of the net; its weights are W1, b1, W2, b2"],
    [[{ match: 'b' }, { match: ['W1', 'w2'] }], "groups[1]: 'w2' matches no weight of the net; did you mean 'W2'?"],
    [[{ match: 'W3' }], "groups[0]: 'W3' matches no weight of the net; did you mean 'W1'?"],
    [[{ match: 'b', weigthDecay: 0 }], "groups[0]: unknown option 'weigthDecay'; did you mean 'weightDecay'?"],
    [[{ match: 'b', learningRate: 1 }], "groups[0]: unknown option 'learningRate'; did you mean 'learningRateScale'?"],
    [[{ match: 'b', learningRateScale: 0 }], 'groups[0]: learningRateScale must be a number > 0, but got 0'],
    [[{ match: 'b', beta1: 2 }], 'groups[0]: beta1 must be a number in [0, 1), but got 2'],
    [
      [{ match: 'b', frozen: 3 }],
      'groups[0]: frozen must be true or false or { from } or { until }, epochs, but got 3',
    ],
    [[{ match: 'b', frozen: { form: 3 } }], "groups[0].frozen: unknown option 'form'; did you mean 'from'?"],
    [[{ match: 'b', frozen: { until: -1 } }], 'groups[0].frozen: until must be a number ≥ 0, but got -1'],
    [
      [{ match: 'b', frozen: {} }],
      'groups[0].frozen: from and until are missing; give the epoch from or until which the weights are frozen',
    ],
    [
      [{ match: 'b', frozen: { from: 3, until: 3 } }],
      'groups[0].frozen: from must be less than until, but got 3 and 3',
    ],
    [
      [{ match: ['W', 'b'], frozen: true }],
      'groups: every weight is frozen, so nothing would learn; leave one that learns',
    ],
  ])('%j', (groups, message) => {
    expect(leftMessage(train(net(), data, { updateRule: 'adamw', groups } as SolverOptions))).toBe(message)
  })

  test('a state of other groups is refused', () => {
    const states: RunState[] = []
    for (const event of right(train(net(), data, { ...options, groups: [{ match: 'W1', frozen: true }] }))) {
      if (event._tag === 'Step') states.push(snapshotRun(event.run))
    }
    expect(leftMessage(train(net(), data, options, states[3]))).toContain('it has no settings of the rule for W1')
    expect(
      leftMessage(train(net(), data, { ...options, groups: [{ match: 'b2', frozen: true }] }, states[3])),
    ).toContain('it has no settings of the rule for W1')
    const free = [...right(train(net(), data, options))].flatMap((e) => (e._tag === 'Step' ? [snapshotRun(e.run)] : []))
    expect(leftMessage(train(net(), data, { ...options, groups: [{ match: 'W1', frozen: true }] }, free[3]))).toContain(
      'it has settings of the rule for W1, which is frozen then',
    )
  })
})
