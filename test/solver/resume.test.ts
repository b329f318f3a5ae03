import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { heapBytesInUse } from '../../src/kernels/index.ts'
import { type FullyConnectedNetOptions, fullyConnectedNet, type Model } from '../../src/models/index.ts'
import type { UpdateRule } from '../../src/optim/index.ts'
import { key, normal, randomIndices } from '../../src/random/index.ts'
import {
  type Data,
  type Event,
  type Result,
  type RunState,
  type SolverOptions,
  snapshotRun,
  train,
} from '../../src/solver/index.ts'
import { bytes, type Tensor, zeros } from '../../src/tensor/index.ts'
import { bitsOf, eachBackend, right } from '../support.ts'

const x = normal(key(1), [40, 6])
const y = randomIndices(key(2), 40, 3)
const data = { xTrain: x, yTrain: y, xVal: x, yVal: y }

const net = (options: Partial<FullyConnectedNetOptions> = {}) =>
  right(
    fullyConnectedNet({
      inputDim: 6,
      hiddenDims: [8, 5],
      numClasses: 3,
      normalization: 'batchnorm',
      keepProb: 0.7,
      ...options,
    }),
  )

const comparable = ({ weights, lastWeights, best, ...rest }: Result) => ({
  ...rest,
  weights: { ...bitsOf(weights.params), ...bitsOf(weights.state) },
  lastWeights: { ...bitsOf(lastWeights.params), ...bitsOf(lastWeights.state) },
  best: best && { ...best, weights: bitsOf(best.weights.params) },
})

/** The result of a whole run, and of one that goes on from a copy of each state that the run was in. */
const compareAll = (options: SolverOptions, model = net(), of: Data = data): number => {
  const states: RunState[] = []
  let whole: Result | undefined
  for (const event of right(train(model, of, options))) {
    if (event._tag === 'Done') whole = event.result
    else if (event._tag !== 'Evaluation') states.push(snapshotRun(event.run))
  }
  expect(whole?.status).not.toBe('diverged')
  for (const state of states) {
    const before = snapshotRun(state)
    const last = [...right(train(model, of, options, state))].at(-1)
    expect(comparable((last as { result: Result }).result)).toEqual(comparable(whole as Result))
    // What was given is not written to.
    expect(state).toEqual(before)
  }
  return states.length
}

describe('a run that goes on from a state ends as the whole run does, bit for bit', () => {
  eachBackend(() => {
    test('batchnorm, dropout, adam, cosine', () => {
      const options: SolverOptions = { updateRule: 'adam', schedule: 'cosine', batchSize: 12, numEpochs: 4 }
      expect(compareAll(options)).toBe(1 + 4 * 3 + 4)
    })
  })

  const cases: Readonly<Record<string, SolverOptions>> = {
    'a run that ends inside an epoch': { batchSize: 9, numIterations: 7 },
    'a fraction of an epoch, and a schedule by points': {
      schedule: 'piecewiseLinear',
      scheduleConfig: {
        points: [
          [0, 0.2],
          [0.3, 1],
          [0.3, 0.5],
          [1, 0],
        ],
      },
      batchSize: 9,
      numEpochs: 2.6,
    },
    'draws with replacement': { replacement: true, batchSize: 10, numEpochs: 2 },
    'plateau and patience': {
      plateau: { by: 0.5, patience: 0 },
      patience: 2,
      batchSize: 20,
      numEpochs: 30,
      optimConfig: { learningRate: 1e-6 },
    },
    'clipping, decay and momentum': {
      updateRule: 'sgdMomentum',
      lrDecay: 0.9,
      clipNorm: 0.1,
      clipValue: 0.05,
      numEpochs: 3,
    },
    'parts of the data are evaluated': { numTrainSamples: 11, numValSamples: 7, batchSize: 20, numEpochs: 2, seed: 5 },
    ...Object.fromEntries(
      (['nesterov', 'adagrad', 'rmsprop', 'adamw'] as const).map((updateRule) => [
        updateRule,
        { updateRule, batchSize: 20, numEpochs: 2 },
      ]),
    ),
  }
  for (const [name, options] of Object.entries(cases)) test(name, () => void compareAll(options))

  test('a rule of the user with slots of its own', () => {
    const rule: UpdateRule<{ learningRate: number; turns?: number; last?: Tensor }> = (w, dw, config) => {
      const { learningRate = 0.1, turns = 0, last = dw } = config ?? {}
      const next = { shape: w.shape, data: w.data.map((v, i) => v - learningRate * ((last.data[i] as number) + turns)) }
      return [next as Tensor, { learningRate, turns: turns + 1e-3, last: dw }]
    }
    compareAll({ updateRule: rule as unknown as UpdateRule<never>, batchSize: 20, numEpochs: 2 })
  })

  test('augmented images in bytes', () => {
    const raw = Uint8Array.from(randomIndices(key(3), 40 * 36, 256))
    const images = bytes([40, 1, 6, 6], raw)
    const of = { xTrain: images, yTrain: y, xVal: images, yVal: y }
    compareAll({ augment: { shift: 2, flip: true }, batchSize: 20, numEpochs: 2 }, net({ inputDim: 36 }), of)
    const alternate = { shift: 2, flip: 'alternate', border: 'reflect' } as const
    compareAll({ augment: alternate, batchSize: 20, numEpochs: 3 }, net({ inputDim: 36 }), of)
  })

  test('without validation data, in float64', () => {
    const of = { xTrain: normal(key(1), [40, 6], 1, 'float64'), yTrain: y }
    compareAll({ batchSize: 20, numEpochs: 2 }, net({ dtype: 'float64' }), of)
  })
})

// What comes from a file can be anything.
// biome-ignore lint/suspicious/noExplicitAny: so it is
type Loose = any

const stateAfter = (steps: number, options: SolverOptions = {}): RunState => {
  for (const event of right(train(net(), data, { batchSize: 20, ...options }))) {
    if (event._tag === 'Step' && event.step === steps) return snapshotRun(event.run)
  }
  throw new Error(`there is no step ${steps}`)
}

const refusal = (from: RunState, options: SolverOptions = {}, model = net()): string => {
  const outcome = train(model, data, { batchSize: 20, ...options }, from)
  return E.isLeft(outcome) ? outcome.left.message : 'accepted'
}

describe('a state of another run is refused', () => {
  test('another net', () => {
    expect(refusal(stateAfter(3), {}, net({ hiddenDims: [7, 5] }))).toBe(
      'train: the run cannot go on from this state: its weight W1 has shape (6, 8), but the net’s has (6, 7); give the model, data and options that made it'.replace(
        '’',
        "'",
      ),
    )
    expect(refusal(stateAfter(3), {}, net({ hiddenDims: [8, 5, 5] }))).toContain('its weight W3 has shape (5, 3), but')
    expect(refusal(stateAfter(3), {}, net({ normalization: 'layernorm' }))).toContain('it has a statistic')
    expect(refusal(stateAfter(3), {}, net({ normalization: undefined }))).toContain(
      'it has a weight gamma1, which the net',
    )
  })

  test('other lengths', () => {
    expect(refusal(stateAfter(3), { batchSize: 10 })).toContain(
      'it has 2 steps an epoch, but these options and data give 4',
    )
    expect(refusal(stateAfter(9), { numEpochs: 4 })).toContain('it is after step 9, but these options give 8 steps')
    const state = { ...stateAfter(3), trainScoreHistory: [] }
    expect(refusal(state)).toContain('it has 0 evaluations after 3 steps, but these options and data give 2')
  })

  const spoiled: Readonly<Record<string, readonly [change: (state: Loose) => void, message: string]>> = {
    'no plateau': [(s) => (s.plateau = null), 'its plateau is none'],
    'a plateau that raises the rate': [(s) => (s.plateau = { ...s.plateau, factor: 2 }), 'its plateau is none'],
    'fewer learning rates': [(s) => s.learningRateHistory.pop(), 'it has 4 learning rates for 5 steps'],
    'fewer validation scores': [(s) => s.valScoreHistory.pop(), 'it has 2 validation scores for 3 evaluations'],
    'a history of texts': [(s) => (s.lossHistory = ['a']), 'a history of it is no list of numbers'],
    'a best that is none': [(s) => (s.best = 5), 'its best snapshot is none'],
    'a best without a time': [(s) => (s.best.epoch = 'x'), 'its best snapshot does not say when'],
    'a best of another shape': [
      (s) => (s.best.weights.params.W1 = zeros([1])),
      'its best weight W1 has shape (1,), but',
    ],
    'an extra weight': [(s) => (s.weights.params.constructor = zeros([1])), 'it has a weight constructor, which'],
    'data that do not fit': [
      (s) => (s.weights.params.W1 = { ...zeros([6, 8]), shape: [1e9] }),
      'its weight W1 is no tensor',
    ],
    'data of another kind': [
      (s) => (s.weights.params.W1 = { shape: [6, 8], data: { length: 48 } }),
      'its weight W1 is no tensor',
    ],
    'no settings at all': [(s) => (s.configs = {}), 'it has no settings of the rule for W1'],
    'settings of an unknown weight': [
      (s) => (s.configs.W9 = s.configs.W1),
      'it has settings of the rule for W9, which',
    ],
    'a slot too few': [(s) => delete s.configs.W1.m, 'its m of W1 is no tensor'],
    'a slot of another shape': [(s) => (s.configs.W1.m = zeros([8, 6])), 'its m of W1 has shape (8, 6), but'],
    'a setting that is a text': [(s) => (s.configs.W1.beta1 = 'x'), 'its beta1 of W1 is no number'],
    'a setting too many': [(s) => (s.configs.W1.data = { length: 5e7 }), 'its data of W1 is no number'],
  }
  test.each(Object.entries(spoiled))('%s', (_, [change, message]) => {
    const whole = stateAfter(5, { updateRule: 'adam' })
    const state: Loose = { ...whole, best: structuredClone(whole.best) }
    expect(refusal(state, { updateRule: 'adam' })).toBe('accepted')
    change(state)
    const before = heapBytesInUse()
    expect(refusal(state, { updateRule: 'adam' })).toContain(message)
    expect(heapBytesInUse()).toBe(before)
  })

  test('another precision', () => {
    const from = stateAfter(3)
    const W1 = from.weights.params.W1 as Tensor
    const params = { ...from.weights.params, W1: { shape: W1.shape, data: Float64Array.from(W1.data) } }
    expect(refusal({ ...from, weights: { ...from.weights, params } })).toContain('W1 has another precision')
  })
})

/** The net with an outline of so much memory that 500 rows are evaluated at once. */
const wide = (): Model => {
  const model = net()
  return { ...model, outline: { ...model.outline, floats: 2 ** 23 / 500 - 6 } }
}

describe('signal', () => {
  const until = (tag: Event['_tag'], nth: number, options: SolverOptions = {}) => {
    const stop = new AbortController()
    const big = normal(key(1), [1200, 6])
    const labels = randomIndices(key(2), 1200, 3)
    const of = { xTrain: big, yTrain: labels, xVal: big, yVal: labels }
    const all: { tag: Event['_tag']; run?: RunState }[] = []
    let result: Result | undefined
    let count = 0
    const inUse = heapBytesInUse()
    for (const event of right(train(wide(), of, { batchSize: 300, numEpochs: 2, signal: stop.signal, ...options }))) {
      all.push({ tag: event._tag, ...('run' in event ? { run: snapshotRun(event.run) } : {}) })
      if (event._tag === 'Done') result = event.result
      if (event._tag === tag && ++count === nth) stop.abort()
    }
    expect(heapBytesInUse()).toBe(inUse)
    return { tags: all.map(({ tag }) => tag), last: all.findLast(({ run }) => run !== undefined)?.run, result, of }
  }

  test('ends a run after the step', () => {
    const { tags, result } = until('Step', 3)
    expect(tags.slice(-2)).toEqual(['Step', 'Done'])
    expect([result?.status, result?.steps]).toEqual(['interrupted', 3])
  })

  test('ends a run in the middle of an evaluation, whose numbers are not kept', () => {
    const { tags, result, last, of } = until('Evaluation', 5)
    expect(tags.slice(-2)).toEqual(['Evaluation', 'Done'])
    expect([result?.status, result?.trainAccHistory.length]).toEqual(['interrupted', 1])
    const whole = [...right(train(wide(), of, { batchSize: 300, numEpochs: 2 }))].at(-1) as { result: Result }
    const rest = [...right(train(wide(), of, { batchSize: 300, numEpochs: 2 }, last))].at(-1) as { result: Result }
    expect(comparable(rest.result)).toEqual(comparable(whole.result))
  })

  test('that comes with the last event changes nothing', () => {
    expect(until('Epoch', 3).result?.status).toBe('finished')
    expect(until('Done', 1).result?.status).toBe('finished')
  })

  test('that was there before ends it at once', () => {
    const stop = new AbortController()
    stop.abort()
    expect([...right(train(net(), data, { signal: stop.signal }))].map(({ _tag }) => _tag)).toEqual(['Done'])
  })

  test('must be a signal', () => {
    expect(train(net(), data, { signal: true as unknown as AbortSignal })).toMatchObject({
      left: { message: expect.stringContaining('signal must be an AbortSignal') },
    })
  })
})

test('an evaluation of several batches tells how far it is', () => {
  const big = normal(key(1), [1200, 6])
  const labels = randomIndices(key(2), 1200, 3)
  const all = [...right(train(wide(), { xTrain: big, yTrain: labels, xVal: big, yVal: labels }, { numIterations: 1 }))]
  const pieces = all.flatMap((event) =>
    event._tag === 'Evaluation' ? [[event.epoch, event.rows, event.totalRows]] : [],
  )
  // 1000 of the training examples, and all 1200 of the others, 500 at a time.
  const each = [500, 1500, 2000]
  expect(pieces).toEqual([0, 1].flatMap((epoch) => each.map((rows) => [epoch, rows, 2200])))
})
