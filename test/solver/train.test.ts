import { afterEach, describe, expect, test, vi } from 'vitest'
import { backend } from '../../src/kernels/index.ts'
import { type FullyConnectedNetOptions, fullyConnectedNet, type Model, type Weights } from '../../src/models/index.ts'
import {
  type Progress,
  sgd,
  sgdMomentum,
  type UpdateRule,
  type UpdateRuleName,
  updateRules,
} from '../../src/optim/index.ts'
import { foldIn, key, normal } from '../../src/random/index.ts'
import { accuracy, type Event, type Result, type SolverOptions, solve, train } from '../../src/solver/index.ts'
import { bytes, decode, isTransient, type Tensor, type Tensors, tensor, zeros } from '../../src/tensor/index.ts'
import { bitsOf, eachBackend, leftMessage, right } from '../support.ts'
import { numbered, recorder } from './recorder.ts'

/** Three clouds of points in the plane. */
const clouds = (n: number, seed: number) => {
  const x = normal(key(seed), [n, 2], 0.6)
  const y = Array.from({ length: n }, (_, i) => i % 3)
  y.forEach((label, i) => {
    x.data[2 * i] = (x.data[2 * i] as number) + Math.sin(2 * label)
    x.data[2 * i + 1] = (x.data[2 * i + 1] as number) + Math.cos(2 * label)
  })
  return { x, y }
}

const learn = clouds(30, 1)
const check = clouds(24, 2)
const data = { xTrain: learn.x, yTrain: learn.y, xVal: check.x, yVal: check.y }

const net = (options: Partial<FullyConnectedNetOptions> = {}) =>
  right(fullyConnectedNet({ inputDim: 2, hiddenDims: [8], numClasses: 3, normalization: 'batchnorm', ...options }))

const events = (options: SolverOptions, model = net()): Event[] => [...right(train(model, data, options))]
const answer = (options: SolverOptions, model = net()): Result => right(solve(model, data, options))
const bits = ({ params, state }: Weights) => ({ ...bitsOf(params), ...bitsOf(state) })

const epochsOf = (all: readonly Event[]) => all.flatMap((e) => (e._tag === 'Epoch' ? [e] : []))
const stepsOf = (all: readonly Event[]) => all.flatMap((e) => (e._tag === 'Step' ? [e] : []))
const rates = (options: SolverOptions): number[] => stepsOf(events(options)).map((e) => e.learningRate)

describe('events', () => {
  test('are Epoch 0, the steps and epochs in turn, Done', () => {
    const all = events({ batchSize: 10, numEpochs: 2 })
    const tags = all.map((e) =>
      e._tag === 'Step' ? `Step ${e.step}` : e._tag === 'Epoch' ? `Epoch ${e.epoch}` : e._tag,
    )
    expect(tags).toEqual([
      'Epoch 0',
      'Step 1',
      'Step 2',
      'Step 3',
      'Epoch 1',
      'Step 4',
      'Step 5',
      'Step 6',
      'Epoch 2',
      'Done',
    ])
    expect(stepsOf(all).map((e) => [e.epoch, e.totalSteps])).toEqual([1, 1, 1, 2, 2, 2].map((epoch) => [epoch, 6]))
    expect(epochsOf(all).map((e) => e.step)).toEqual([0, 3, 6])
  })

  test('an epoch tells the mean loss of its steps', () => {
    const all = events({ batchSize: 10, numEpochs: 2 })
    const losses = stepsOf(all).map((e) => e.loss)
    const mean = (part: number[]): number => part.reduce((sum, l) => sum + l, 0) / part.length
    expect(epochsOf(all).map((e) => e.loss)).toEqual([Number.NaN, mean(losses.slice(0, 3)), mean(losses.slice(3))])
  })

  test('numIterations ends inside an epoch, with an Epoch event', () => {
    const all = events({ batchSize: 10, numIterations: 4, numEpochs: 50 })
    expect(all.map((e) => e._tag)).toEqual(['Epoch', 'Step', 'Step', 'Step', 'Epoch', 'Step', 'Epoch', 'Done'])
    expect(epochsOf(all).map((e) => [e.epoch, e.step])).toEqual([
      [0, 0],
      [1, 3],
      [2, 4],
    ])
  })

  test.each([
    [2.4, 7],
    [1.5, 5],
    [0.1, 1],
    [9.9, 30],
    [1, 3],
  ])('%s epochs of 3 steps are %s steps', (numEpochs, steps) => {
    const all = events({ batchSize: 10, numEpochs })
    expect(stepsOf(all).map((e) => e.totalSteps)).toEqual(new Array(steps).fill(steps))
    expect(epochsOf(all).map((e) => [e.epoch, e.step])).toEqual(
      Array.from({ length: 1 + Math.ceil(steps / 3) }, (_, epoch) => [epoch, Math.min(steps, 3 * epoch)]),
    )
  })

  test('are lazy: what is not asked for is not computed', () => {
    const { model, batches } = recorder()
    const { x, y } = numbered(10)
    const generator = right(train(model, { xTrain: x, yTrain: y }, { batchSize: 2 }))
    generator.next()
    generator.next()
    generator.next()
    expect(batches.length).toBe(2)
    generator.return()
  })

  test('without validation data there is no valAcc, no best, and the answer is the last weights', () => {
    const all = [...right(train(net(), { xTrain: learn.x, yTrain: learn.y }, { numEpochs: 2 }))]
    const result = (all.at(-1) as { result: Result }).result
    expect(epochsOf(all).map((e) => ['valAcc' in e, e.improved])).toEqual([
      [false, false],
      [false, false],
      [false, false],
    ])
    expect([result.valAccHistory, result.best]).toEqual([[], undefined])
    expect(result.weights).toBe(result.lastWeights)
  })
})

describe('the result', () => {
  test('has histories: one loss a step, one accuracy an epoch and one before', () => {
    const result = answer({ batchSize: 10, numEpochs: 4 })
    expect([result.lossHistory.length, result.trainAccHistory.length, result.valAccHistory.length]).toEqual([12, 5, 5])
    expect([result.steps, result.status, result.backend]).toEqual([12, 'finished', backend().description])
    for (const acc of [...result.trainAccHistory, ...result.valAccHistory]) expect(acc >= 0 && acc <= 1).toBe(true)
    expect(result.lossHistory.every(Number.isFinite)).toBe(true)
  })

  test('accuracies in the histories are those of the weights at that time', () => {
    const result = answer({ batchSize: 10, numEpochs: 3 })
    expect(result.trainAccHistory.at(-1)).toBe(accuracy(net(), result.lastWeights, learn.x, learn.y))
    expect(result.valAccHistory.at(-1)).toBe(accuracy(net(), result.lastWeights, check.x, check.y))
  })

  // Good rates at first, then one that ruins the net.
  const spoiled: SolverOptions = {
    batchSize: 10,
    numEpochs: 8,
    optimConfig: { learningRate: 0.1 },
    schedule: ({ epoch }) => (epoch < 5 ? 1 : -100),
  }

  test('the best snapshot holds weights and running statistics of its epoch, whatever came later', () => {
    let atBest: ReturnType<typeof bits> | undefined
    let result: Result | undefined
    for (const event of right(train(net(), data, spoiled))) {
      if (event._tag === 'Epoch' && event.improved) atBest = bits(event.weights)
      if (event._tag === 'Done') result = event.result
    }
    const best = (result as Result).best
    if (best === undefined || result === undefined) throw new Error('no best snapshot')
    expect(bits(best.weights)).toEqual(atBest)
    expect(Object.keys(best.weights.state)).toEqual(['runningMean1', 'runningVar1'])
    expect(result.weights).toBe(best.weights)
    expect(accuracy(net(), best.weights, check.x, check.y)).toBe(best.valScore)
    expect(best.valScore).toBe(Math.max(...result.valAccHistory))
    expect(best.epoch).toBe(result.valAccHistory.indexOf(best.valScore))
    expect(best.step).toBe(3 * best.epoch)
    // The run did go on to something worse.
    expect(result.valAccHistory.at(-1)).toBeLessThan(best.valScore)
    expect(bits(result.lastWeights)).not.toEqual(bits(best.weights))
  })

  test('is in ordinary memory, which later runs do not touch', () => {
    const result = answer(spoiled)
    const before = [bits(result.weights), bits(result.lastWeights)]
    const tensors = [result.weights, result.lastWeights].flatMap((w) =>
      Object.values<Tensor>({ ...w.params, ...w.state }),
    )
    expect(tensors.some(isTransient)).toBe(false)
    answer({ ...spoiled, seed: 9 })
    expect([bits(result.weights), bits(result.lastWeights)]).toEqual(before)
  })

  test('an equal accuracy is no improvement: the earlier snapshot stays', () => {
    const { x, y } = numbered(4)
    const still = { xTrain: x, yTrain: y, xVal: x, yVal: y }
    const all = [...right(train(recorder().model, still, { numEpochs: 3 }))]
    expect(epochsOf(all).map((e) => e.improved)).toEqual([true, false, false, false])
    expect((all.at(-1) as { result: Result }).result.best).toMatchObject({ epoch: 0, step: 0 })
  })
})

describe('randomness', () => {
  eachBackend(() => {
    const options = { batchSize: 10, numEpochs: 2, updateRule: 'adam' } as const
    const model = net({ keepProb: 0.8 })

    test('the same seed gives the same bits', () => {
      const [a, b] = [answer({ ...options, seed: 5 }, model), answer({ ...options, seed: 5 }, model)]
      expect(bits(b.lastWeights)).toEqual(bits(a.lastWeights))
      expect(b.lossHistory).toEqual(a.lossHistory)
    })

    test('another seed gives other weights', () => {
      const [a, b] = [answer({ ...options, seed: 5 }, model), answer({ ...options, seed: 6 }, model)]
      for (const name of ['W1', 'W2']) expect(bits(b.lastWeights)[name]).not.toEqual(bits(a.lastWeights)[name])
    })

    test('bytes give the same bits as the tensor that they stand for', () => {
      const rows = bytes(
        [30, 2],
        Uint8Array.from({ length: 60 }, (_, i) => (i * 37) % 256),
        128,
        1 / 64,
      )
      const [a, b] = [rows, decode(rows)].map((xTrain) => right(solve(model, { xTrain, yTrain: learn.y }, options)))
      expect(bits((a as Result).lastWeights)).toEqual(bits((b as Result).lastWeights))
    })
  })

  const run = (n: number, options: SolverOptions) => {
    const seen = recorder()
    const { x, y } = numbered(n)
    const result = right(solve(seen.model, { xTrain: x, yTrain: y, xVal: x, yVal: y }, options))
    return { ...seen, result }
  }

  test('an epoch shows each example at most once, in another order each time', () => {
    const { batches } = run(11, { batchSize: 4, numEpochs: 3 })
    expect(batches.map((b) => b.length)).toEqual([4, 4, 4, 4, 4, 4])
    const epochs = [0, 2, 4].map((i) => [...(batches[i] as number[]), ...(batches[i + 1] as number[])])
    for (const epoch of epochs) expect(new Set(epoch).size).toBe(8)
    expect(new Set(epochs.map(String)).size).toBe(3)
    // The rest of three examples is another one each time.
    expect(new Set(epochs.flat()).size).toBe(11)
  })

  test('whole epochs show every example', () => {
    const { batches } = run(12, { batchSize: 4, numEpochs: 1 })
    expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, i) => i))
  })

  test('with replacement, examples repeat within an epoch', () => {
    const { batches } = run(12, { batchSize: 4, numEpochs: 20, replacement: true })
    expect(batches.map((b) => b.length)).toEqual(new Array(60).fill(4))
    const distinct = (at: number): number => new Set(batches.slice(at, at + 3).flat()).size
    expect(Array.from({ length: 20 }, (_, i) => distinct(3 * i)).some((size) => size < 12)).toBe(true)
    expect(batches.flat().every((i) => Number.isInteger(i) && i >= 0 && i < 12)).toBe(true)
    expect(new Set(batches.flat()).size).toBe(12)
  })

  test('a batch is never larger than the data', () => {
    const { batches, result } = run(5, { batchSize: 100, numEpochs: 2 })
    expect(batches.map((b) => b.length)).toEqual([5, 5])
    expect(result.steps).toBe(2)
  })

  test('each step has a key of its own, the same in the next run', () => {
    const { keys } = run(6, { batchSize: 2, numEpochs: 4, seed: 3 })
    expect(new Set(keys.map(String)).size).toBe(12)
    expect(run(6, { batchSize: 2, numEpochs: 4, seed: 3 }).keys).toEqual(keys)
    expect(run(6, { batchSize: 3, numEpochs: 1, seed: 3 }).keys).toEqual(keys.slice(0, 2))
  })

  test('the number of evaluated examples can be limited, to the same ones each time', () => {
    const { evaluated } = run(20, { batchSize: 20, numEpochs: 2, numTrainSamples: 4, numValSamples: 6 })
    const sets = evaluated
    expect(sets.map((s) => s.length)).toEqual([4, 6, 4, 6, 4, 6])
    expect([sets[2], sets[3]]).toEqual([sets[0], sets[1]])
    expect(new Set(sets[0]).size).toBe(4)
    const all = run(20, { batchSize: 20, numEpochs: 1, numTrainSamples: null }).evaluated
    expect(all.map((s) => s.length)).toEqual([20, 20, 20, 20])
  })

  test('a limited number keeps its labels, tensors and bytes alike', () => {
    const { x, y } = numbered(20)
    // It is always right, whatever examples it is shown.
    const knowing: Model = {
      ...recorder().model,
      scores: (_weights, { data }) =>
        tensor(
          [data.length, 2],
          [...data].flatMap((v) => [1 - (v % 2), v % 2]),
        ),
    }
    for (const rows of [x, bytes([20, 1], Uint8Array.from(x.data))]) {
      const options = { numTrainSamples: 5, numValSamples: 7, numEpochs: 1 }
      const result = right(solve(knowing, { xTrain: rows, yTrain: y, xVal: rows, yVal: y }, options))
      expect([result.trainAccHistory, result.valAccHistory]).toEqual([
        [1, 1],
        [1, 1],
      ])
    }
  })

  test('weights are those of init with the key that the seed gives', () => {
    const model = net()
    const first = right(train(model, data, { seed: 4 })).next().value as Event
    if (first._tag !== 'Epoch') throw new Error('the first event is not Epoch 0')
    expect(bits(first.weights)).toEqual(bits(model.init(foldIn(key(4), 'init'))))
  })
})

describe('the learning rate', () => {
  const base = { batchSize: 15, numEpochs: 3, optimConfig: { learningRate: 0.5 } }

  test('is constant unless told otherwise', () => {
    expect(rates(base)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
  })

  test('lrDecay multiplies it after each epoch', () => {
    expect(rates({ ...base, lrDecay: 0.5 })).toEqual([0.5, 0.5, 0.25, 0.25, 0.125, 0.125])
  })

  test('a schedule by name takes its settings', () => {
    const rate = rates({ ...base, schedule: 'stepDecay', scheduleConfig: { gamma: 0.5, stepSize: 2 } })
    expect(rate).toEqual([0.5, 0.5, 0.5, 0.5, 0.25, 0.25])
    expect(rates({ ...base, schedule: 'cosine', scheduleConfig: { warmup: 2 } }).slice(0, 3)).toEqual([0.25, 0.5, 0.5])
  })

  test('a schedule of one’s own is told where the run is', () => {
    const seen: Progress[] = []
    const schedule = (progress: Progress): number => {
      seen.push(progress)
      return 1 / 2 ** progress.step
    }
    expect(rates({ ...base, schedule, lrDecay: 0.5 })).toEqual([0.5, 0.25, 0.0625, 0.03125, 0.0078125, 0.00390625])
    expect(seen).toEqual([0, 1, 2, 3, 4, 5].map((step) => ({ step, epoch: Math.floor(step / 2), totalSteps: 6 })))
  })

  test('a plateau of the validation accuracy lowers it', () => {
    const { model } = recorder()
    const { x, y } = numbered(4)
    const still = { xTrain: x, yTrain: y, xVal: x, yVal: y }
    const options = { batchSize: 4, numEpochs: 6, plateau: { by: 0.5, patience: 1 }, optimConfig: { learningRate: 1 } }
    const all = [...right(train(model, still, options))]
    expect(stepsOf(all).map((e) => e.learningRate)).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25])
  })

  test('defaults to 1e-3 for adam and adamw, else to 1e-2', () => {
    const first = (updateRule: SolverOptions['updateRule']) =>
      rates({ updateRule, numIterations: 1 } as SolverOptions)[0]
    expect([first('adam'), first('adamw'), first('sgd'), first('rmsprop')]).toEqual([1e-3, 1e-3, 1e-2, 1e-2])
    const own = (name: UpdateRuleName): number => updateRules[name](zeros([1]), zeros([1]))[1].learningRate
    for (const name of Object.keys(updateRules) as UpdateRuleName[]) expect(first(name)).toBe(own(name))
  })

  test('a schedule that gives no number stops the run with a clear error', () => {
    const generator = right(train(net(), data, { schedule: () => Number.NaN }))
    generator.next()
    expect(() => generator.next()).toThrow(
      'schedule: a factor is a finite number, but the learning rate of step 0 became NaN',
    )
  })
})

describe('stopping', () => {
  test('patience: after so many epochs without a rise', () => {
    const { model } = recorder()
    const { x, y } = numbered(4)
    const still = { xTrain: x, yTrain: y, xVal: x, yVal: y }
    const result = right(solve(model, still, { batchSize: 2, numEpochs: 50, patience: 3 }))
    expect([result.status, result.steps, result.valAccHistory.length]).toEqual(['stoppedEarly', 6, 4])
  })

  test('patience counts from the last rise', () => {
    const result = answer({ batchSize: 10, numEpochs: 40, patience: 4, optimConfig: { learningRate: 0.05 } })
    const best = Math.max(...result.valAccHistory)
    expect(result.status).toBe('stoppedEarly')
    expect(result.valAccHistory.length - 1 - result.valAccHistory.indexOf(best)).toBe(4)
    expect(result.valAccHistory.indexOf(best)).toBeGreaterThan(0)
  })

  eachBackend(() => {
    test.each(['sgd', 'sgdMomentum', 'adam', 'rmsprop'] as const)(
      '%s at a learning rate of 1e30 diverges',
      (updateRule) => {
        const model = net({ normalization: undefined })
        const all = events({ batchSize: 10, updateRule, optimConfig: { learningRate: 1e30 } }, model)
        const { result } = all.at(-1) as { result: Result }
        expect(result.status).toBe('diverged')
        expect(result.lossHistory.every(Number.isFinite)).toBe(true)
        expect(result.lossHistory.length).toBe(result.steps)
        for (const w of Object.values(result.lastWeights.params)) expect(w.data.every(Number.isFinite)).toBe(true)
        // It ends there: no later step, no later epoch.
        expect(stepsOf(all).length).toBe(result.steps)
        expect(result.steps).toBeLessThan(5)
      },
    )
  })
})

describe('update rules in the solver', () => {
  const options = { batchSize: 10, numEpochs: 3 }
  const weightsOf = (updateRule: SolverOptions['updateRule'], more: SolverOptions = {}) =>
    bits(answer({ ...options, ...more, ...(updateRule && { updateRule }) }).lastWeights)

  test.each(['sgd', 'sgdMomentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw'] as const)(
    '%s learns',
    (updateRule) => {
      const result = answer({ ...options, numEpochs: 10, updateRule, optimConfig: { learningRate: 0.02 } })
      const mean = (losses: readonly number[]) => losses.reduce((sum, l) => sum + l, 0) / losses.length
      expect(mean(result.lossHistory.slice(-3))).toBeLessThan(mean(result.lossHistory.slice(0, 3)))
    },
  )

  test('a rule of one’s own that ignores `out` is as good as one that uses it', () => {
    const pure: UpdateRule<{ learningRate: number }> = (w, dw, config) => sgd(w, dw, config)
    expect(weightsOf(pure as UpdateRule<never>)).toEqual(weightsOf('sgd'))
    const withSlot = ((w, dw, config) => sgdMomentum(w, dw, config)) as UpdateRule<never>
    expect(weightsOf(withSlot)).toEqual(weightsOf('sgdMomentum'))
  })

  test('its slots may be the weights, gradients and slots of the step before', () => {
    const seen: number[][] = []
    const first = (t: Tensor | undefined): number => t?.data[0] ?? Number.NaN
    const remembering = ((
      w: Tensor,
      dw: Tensor,
      config: { learningRate: number; last?: Tensor; g1?: Tensor; g2?: Tensor },
    ) => {
      const { learningRate, last, g1, g2 } = config
      if (w.shape.length === 1 && w.data.length === 3) seen.push([w, dw, last, g1, g2].map(first))
      return [sgd(w, dw, { learningRate })[0], { learningRate, last: w, g1: dw, g2: g1 ?? dw }] as const
    }) as unknown as UpdateRule<never>
    answer({ ...options, numIterations: 4, updateRule: remembering })
    for (let step = 1; step < 4; step++) {
      const [[w, dw, , g1], [, , last, nextG1, nextG2]] = [seen[step - 1], seen[step]] as [number[], number[]]
      expect([last, nextG1, nextG2]).toEqual([w, dw, step === 1 ? dw : g1])
    }
  })

  test('it is handed what it returned: settings, counters and slots of its own', () => {
    const seen: number[] = []
    const counting = ((
      w: Tensor,
      dw: Tensor,
      config: { learningRate: number; n?: number; extra?: number; sum?: Tensor },
    ) => {
      const { learningRate, n = 0, extra = 0, sum = zeros(w.shape) } = config
      if (w.shape.length === 1 && w.data.length === 3) seen.push(n, extra, sum.data[0] as number)
      const [next] = sgd(w, dw, { learningRate })
      const nextSum = { shape: sum.shape, data: sum.data.map((v) => v + 1) }
      return [next, { learningRate, n: n + 1, extra, sum: nextSum }] as const
    }) as unknown as UpdateRule<never>
    answer({ ...options, numIterations: 3, updateRule: counting, optimConfig: { learningRate: 0.1, extra: 7 } })
    // b2 has three elements; W1, b1, gamma1 and beta1 have not.
    expect(seen).toEqual([0, 7, 0, 1, 7, 1, 2, 7, 2])
  })

  test('clipNorm and clipValue limit the first step of sgd', () => {
    const change = (more: SolverOptions): number[] => {
      const model = net({ normalization: undefined })
      let before: Tensors = {}
      for (const event of right(
        train(model, data, { ...options, optimConfig: { learningRate: 1 }, numIterations: 1, ...more }),
      )) {
        if (event._tag === 'Epoch' && event.epoch === 0) before = model.init(foldIn(key(0), 'init')).params
        if (event._tag === 'Step') {
          return Object.entries(event.weights.params).flatMap(([name, w]) =>
            Array.from(w.data, (v, i) => v - ((before[name] as Tensor).data[i] as number)),
          )
        }
      }
      throw new Error('no step')
    }
    const norm = (values: number[]): number => Math.hypot(...values)
    const largest = (values: number[]): number => Math.max(...values.map(Math.abs))
    const free = change({})
    expect(norm(free)).toBeGreaterThan(0.3)
    expect(norm(change({ clipNorm: 0.1 }))).toBeCloseTo(0.1, 5)
    expect(norm(change({ clipNorm: 100 }))).toBeCloseTo(norm(free), 5)
    expect(largest(free)).toBeGreaterThan(0.06)
    expect(largest(change({ clipValue: 0.05 }))).toBeCloseTo(0.05, 5)
    // By value first, then by norm.
    const both = change({ clipValue: 0.05, clipNorm: 0.02 })
    expect(norm(both)).toBeCloseTo(0.02, 5)
  })
})

describe('solve prints like cs231n when asked', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const printed = (options: SolverOptions): string[] => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {})
    answer({ batchSize: 10, numEpochs: 1, ...options })
    return log.mock.calls.map(([line]) => String(line))
  }

  test('with verbose: a loss every printEvery steps, a line an epoch', () => {
    const lines = printed({ verbose: true, printEvery: 2 })
    expect(lines.map((line) => line.replace(/\d\.\d{6}/g, '#'))).toEqual([
      '(Epoch 0) train acc: #; val_acc: #',
      '(Iteration 1 / 3) loss: #',
      '(Iteration 3 / 3) loss: #',
      '(Epoch 1) train acc: #; val_acc: #',
    ])
  })

  test('else nothing', () => {
    expect(printed({})).toEqual([])
  })
})

describe('augment', () => {
  // Class 0 has its bright pixel left of the middle, class 1 right of it; which row it is in tells nothing.
  const count = 40
  const pixels = new Uint8Array(count * 15)
  const labels = Array.from({ length: count }, (_, i) => i % 2)
  labels.forEach((label, i) => {
    pixels[i * 15 + (i % 3) * 5 + (label === 0 ? 1 : 3)] = 255
  })
  const images = { xTrain: bytes([count, 3, 5], pixels, 0, 1 / 255), yTrain: labels }
  const model = right(fullyConnectedNet({ inputDim: 15, hiddenDims: [8], numClasses: 2 }))
  const options: SolverOptions = {
    updateRule: 'adam',
    batchSize: 10,
    numEpochs: 30,
    optimConfig: { learningRate: 0.03 },
  }
  const run = (more: SolverOptions): Result => right(solve(model, images, { ...options, ...more }))
  const last = ({ lossHistory }: Result): number => lossHistory.slice(-8).reduce((sum, l) => sum + l, 0) / 8

  test('a small shift still lets the net learn; mirroring makes these classes one', () => {
    expect(last(run({}))).toBeLessThan(0.05)
    expect(last(run({ augment: { shift: 1 } }))).toBeLessThan(0.6)
    expect(last(run({ augment: { flip: true } }))).toBeGreaterThan(0.6)
  })

  test('the same seed gives the same bits, and order and weights stay those of a run without', () => {
    const once = run({ augment: { flip: true, shift: 1 }, seed: 3 })
    expect(bits(run({ augment: { flip: true, shift: 1 }, seed: 3 }).weights)).toEqual(bits(once.weights))
    expect(run({ augment: { shift: 0 }, seed: 3 }).lossHistory).toEqual(run({ seed: 3 }).lossHistory)
    const alternate = { flip: 'alternate', shift: 1, border: 'reflect' } as const
    expect(run({ augment: alternate, seed: 3 }).lossHistory).toEqual(run({ augment: alternate, seed: 3 }).lossHistory)
  })

  test('a reflected border needs a shift that is smaller than the image', () => {
    expect(leftMessage(solve(model, images, { augment: { shift: 3, border: 'reflect' } }))).toBe(
      "augment: border 'reflect' needs a shift that is smaller than the image, but shift is 3 and the images are 3×5; lower it, or use border 'zero'",
    )
  })
})
