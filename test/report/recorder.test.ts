import { describe, expect, test } from 'vitest'
import { ArgumentError, OptionError } from '../../src/errors/index.ts'
import { confusionMatrix } from '../../src/metrics/index.ts'
import { fullyConnectedNet, type Model, twoLayerNet } from '../../src/models/index.ts'
import { key } from '../../src/random/index.ts'
import { recorder, reportPage } from '../../src/report/index.ts'
import { samplingInterval } from '../../src/report/run/probe.ts'
import { accuracy, type Event, type RunState, solve, train } from '../../src/solver/index.ts'
import { bytes, snapshotAll, type Tensor, tensor } from '../../src/tensor/index.ts'
import { bitsOf, close, random, right } from '../support.ts'
import { classesOf, result, SMALL, smallRun } from './support.ts'

const x = random(1, [40, 5], 'float32')
const y = Array.from({ length: 40 }, (_, i) => i % 3)
const data = { xTrain: x, yTrain: y, xVal: x, yVal: y }
const model = right(fullyConnectedNet({ inputDim: 5, hiddenDims: [6], numClasses: 3 }))
const options = { batchSize: 10, numEpochs: 5 } as const

const record = (own: Model = model, more: object = {}) => {
  const run = recorder({ model: own, data, ...more })
  for (const event of right(train(own, data, options))) run.see(event)
  return run
}

describe('what is recorded', () => {
  test('all losses, learning rates and accuracies are those of the events', () => {
    const events: Event[] = []
    const run = recorder({ model, data })
    for (const event of right(train(model, data, { ...options, schedule: 'cosine' }))) {
      events.push(event)
      run.see(event)
    }
    const { loss, learningRate, epochs, steps, best } = run.finish()
    const stepEvents = events.filter((event) => event._tag === 'Step')
    expect(loss).toEqual(stepEvents.map((event) => event.loss))
    expect(learningRate).toEqual(stepEvents.map((event) => event.learningRate))
    expect(epochs).toEqual(
      events
        .filter((e) => e._tag === 'Epoch')
        .map(({ epoch, trainScore, valScore }) => ({ epoch, trainScore, valScore })),
    )
    expect(steps).toBe(20)
    expect(best?.valScore).toBe(Math.max(...epochs.map(({ valScore = 0 }) => valScore)))
  })

  test('it changes no bit of the training', () => {
    const plain = right(solve(model, data, options))
    const run = recorder({ model, data })
    let last: Event | undefined
    for (const event of right(train(model, data, options))) {
      run.see(event)
      last = event
    }
    const seen = last?._tag === 'Done' ? last.result : undefined
    expect(bitsOf(seen?.lastWeights.params ?? {})).toEqual(bitsOf(plain.lastWeights.params))
    expect(seen?.lossHistory).toEqual(plain.lossHistory)
  })

  test('update ratios are ‖Δw‖/‖w‖ of the step', () => {
    const weights: Record<string, Tensor>[] = []
    for (const event of right(train(model, data, options))) {
      if ((event._tag === 'Step' || event._tag === 'Epoch') && event.step === weights.length)
        weights.push(snapshotAll(event.weights.params) as never)
    }
    const { updateRatios } = record().finish().layers
    expect(updateRatios.map(({ name }) => name)).toEqual(['W1', 'W2'])
    for (const { name, points } of updateRatios) {
      expect(points.map(([step]) => step)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
      const expected = points.map(([step]) => {
        const [before, after] = [weights[step - 1]?.[name], weights[step]?.[name]].map((t) => [...(t as Tensor).data])
        const norm = (values: readonly number[]) => Math.hypot(...values)
        return norm((after as number[]).map((a, i) => a - (before?.[i] as number))) / norm(before as number[])
      })
      close(
        points.map(([, ratio]) => ratio),
        expected,
        1e-9,
      )
    }
  })

  test('gradient norms are those of the probe rows, at the weights after the step', () => {
    const { gradientNorms, probeRows } = record(model, { probeRows: 40 }).finish().layers
    expect(probeRows).toBe(40)
    const norms: number[] = []
    for (const event of right(train(model, data, options))) {
      if (event._tag !== 'Step') continue
      const { grads } = model.loss(event.weights, { x, y }, key(0))
      norms.push(Math.hypot(...(grads.W1 as Tensor).data))
    }
    close(gradientNorms[0]?.points.map(([, norm]) => norm) ?? [], norms, 1e-5)
  })

  test('the test set: what was predicted', () => {
    const run = recorder({ model, data })
    let weights = model.init()
    for (const event of right(train(model, data, options))) {
      run.see(event)
      if (event._tag === 'Done') weights = event.result.weights
    }
    const tested = classesOf(run.finish({ test: { x, y } }))
    expect(tested.accuracy).toBeCloseTo(accuracy(model, weights, x, y), 12)
    const { mistakes, numMistakes, classNames, perClass } = tested
    expect(classNames).toEqual(['0', '1', '2'])
    expect(perClass).toHaveLength(3)
    expect(mistakes).toHaveLength(Math.min(24, numMistakes))
    for (const { row, truth, predicted, probability } of mistakes) {
      expect(truth).toBe(y[row])
      expect(predicted).not.toBe(truth)
      const scores = [...model.scores(weights, tensor([1, 5], x.data.subarray(5 * row, 5 * row + 5))).data]
      const sum = scores.reduce((total, score) => total + Math.exp(score), 0)
      expect(probability).toBeCloseTo(Math.exp(scores[predicted] as number) / sum, 5)
    }
    const sureness = mistakes.map(({ probability }) => probability)
    expect(sureness).toEqual([...sureness].sort((a, b) => b - a))
    const counted = confusionMatrix(new Int32Array(y), y, 3).map((row) => row.reduce((a, b) => a + b, 0))
    expect(tested.confusion.map((row) => row.reduce((a, b) => a + b, 0))).toEqual(counted)
  })

  test('rows of 5 numbers are no images', () => {
    const made = record().finish({ test: { x, y } })
    expect(made.firstLayer).toBeUndefined()
    expect(classesOf(made).mistakes.every(({ picture }) => picture === undefined)).toBe(true)
  })

  test('digits are', () => {
    const made = smallRun()
    const { firstLayer, distributions } = made
    expect(firstLayer).toMatchObject({ name: 'W1', units: SMALL.units })
    expect(firstLayer?.pictures[0]).toMatchObject({ width: 28, height: 28, channels: 1 })
    expect(classesOf(made).mistakes[0]?.picture).toMatchObject({ width: 28, height: 28, channels: 1 })
    expect(distributions.map(({ name }) => name)).toEqual(['W1', 'W2', 'affine1', 'relu1', 'scores'])
    for (const { start, end, name } of distributions) {
      const hidden = 100 * SMALL.units
      const total = { W1: 784 * SMALL.units, W2: 10 * SMALL.units, affine1: hidden, relu1: hidden, scores: 100 * 10 }[
        name
      ]
      expect(start.reduce((a, b) => a + b, 0)).toBe(total)
      expect(end.reduce((a, b) => a + b, 0)).toBe(total)
    }
  })

  test('filters of a first layer of your own, as images', () => {
    const ofShape = (...shape: number[]) =>
      recorder({ model, data }).finish({
        result: { ...result, weights: { params: { b: random(1, [4]), F: random(2, shape) }, state: {} } },
      }).firstLayer
    expect(ofShape(4, 3, 5, 6)).toMatchObject({ name: 'F', units: 4 })
    expect(ofShape(4, 3, 5, 6)?.pictures).toHaveLength(4)
    expect(ofShape(4, 3, 5, 6)?.pictures[0]).toMatchObject({ width: 6, height: 5, channels: 3 })
    // Two planes have no colours, and one pixel shows nothing.
    expect(ofShape(4, 2, 5, 6)).toBeUndefined()
    expect(ofShape(4, 1, 1, 1)).toBeUndefined()
  })

  test('activations of your own', () => {
    const run = record(model, { activations: (_: unknown, rows: Tensor) => ({ input: rows }) })
    expect(run.finish().distributions.map(({ name }) => name)).toEqual(['W1', 'W2', 'input'])
  })

  test('float64, batchnorm, dropout and bytes', () => {
    const rows = bytes(
      [40, 8],
      new Uint8Array(320).map((_, i) => (37 * i) % 256),
      0,
      1 / 255,
    )
    const net = right(
      fullyConnectedNet({
        inputDim: 8,
        hiddenDims: [4],
        numClasses: 3,
        normalization: 'batchnorm',
        keepProb: 0.5,
        dtype: 'float64',
      }),
    )
    const run = recorder({ model: net, data: { xTrain: rows, yTrain: y } })
    for (const event of right(train(net, { xTrain: rows, yTrain: y }, options))) run.see(event)
    const made = run.finish({ test: { x: rows, y } })
    expect(made.layers.gradientNorms.map(({ name }) => name)).toEqual(['W1', 'W2'])
    expect(made.test?.rows).toBe(40)
  })

  test('a diverged run', () => {
    const run = recorder({ model, data })
    const wild = { ...options, optimConfig: { learningRate: 1e30 } }
    for (const event of right(train(model, data, wild))) run.see(event)
    const made = run.finish({ test: { x, y } })
    expect(made.status).toBe('diverged')
    expect(made.fault).toContain('lower the learning rate (it was 1e+30)')
    expect(reportPage(made)).toContain(`The run diverged: ${made.fault}.`)
    expect(made.loss.length).toBeLessThan(20)
  })

  test('a run without validation data, of which nothing more is told', () => {
    const { xTrain, yTrain } = data
    const run = recorder({ model, data: { xTrain, yTrain } })
    for (const event of right(train(model, { xTrain, yTrain }, options))) run.see(event)
    const made = run.finish()
    expect(made).toMatchObject({ title: 'A training run', command: '', settings: [], steps: 20 })
    expect(made.epochs[1]).toEqual({ epoch: 1, trainScore: made.epochs[1]?.trainScore })
    for (const name of ['test', 'best', 'fault', 'firstLayer']) expect(made).not.toHaveProperty(name)
    expect(reportPage(made)).toContain('<h1>A training run</h1>')
  })

  test('a test set without rows is none', () => {
    expect(record().finish({ test: { x: tensor([0, 5], []), y: [] } })).not.toHaveProperty('test')
  })

  test('a run that goes on from a former state: its curves are whole', () => {
    const whole = right(solve(model, data, options))
    let state: RunState | undefined
    for (const event of right(train(model, data, options))) {
      if (event._tag !== 'Step' || event.step < 10) continue
      state = { ...event.run, weights: { params: snapshotAll(event.weights.params), state: {} } }
      break
    }
    const run = recorder({ model, data })
    for (const event of right(train(model, data, options, state))) run.see(event)
    const made = run.finish()
    expect(made.loss).toEqual(whole.lossHistory)
    expect(made.learningRate).toEqual(whole.lossHistory.map(() => 0.01))
    expect(made.epochs.map(({ trainScore }) => trainScore)).toEqual(whole.trainAccHistory)
    // The first event's weights are those that the next step is compared with.
    expect(made.layers.updateRatios[0]?.points.map(([step]) => step)).toEqual([12, 13, 14, 15, 16, 17, 18, 19, 20])
  })

  test('no end, no record', () => {
    const run = recorder({ model, data })
    expect(() => run.finish()).toThrow(ArgumentError)
    expect(() => run.finish()).toThrow('call finish after the last event, or give its result')
    expect(run.finish({ result }).steps).toBe(1)
  })

  test('another result in place of the one that was seen', () => {
    expect(record().finish().steps).toBe(20)
    const other = right(solve(model, data, { numIterations: 3 }))
    expect(record().finish({ result: other }).steps).toBe(3)
  })

  test('settings become text', () => {
    const settings = {
      rate: 0.002,
      dims: [100, 50],
      none: [],
      rule: 'adam',
      own: () => 1,
      absent: undefined,
      all: null,
      config: { a: 1, b: 2 },
      yes: true,
    }
    expect(record().finish({ settings }).settings).toEqual([
      ['rate', '0.002'],
      ['dims', '100, 50'],
      ['none', 'none'],
      ['rule', 'adam'],
      ['own', 'own'],
      ['all', 'all'],
      ['config', 'a 1, b 2'],
      ['yes', 'true'],
    ])
  })
})

describe('what does not fit is told at once', () => {
  const refused = (work: () => unknown, message: string): void => {
    expect(work).toThrow(OptionError)
    expect(work).toThrow(message)
  }

  test.each<[string, object]>([
    ['probeRows must be an integer ≥ 1, but got 0', { model, data, probeRows: 0 }],
    ['probeRows must be an integer ≥ 1, but got 2.5', { model, data, probeRows: 2.5 }],
    ["unknown option 'probeRow'; did you mean 'probeRows'?", { model, data, probeRow: 5 }],
    ['model is missing; it must be a model, e.g. orThrow(twoLayerNet(', { data }],
    ['data is missing; it must be what the run trains on, { xTrain, yTrain }', { model }],
    // The Either of a model, not the model.
    ['model must be a model, e.g. orThrow(twoLayerNet(', { model: twoLayerNet({ inputDim: 5 }), data }],
    ['data must be what the run trains on', { model, data: { x, y } }],
    ['data must be what the run trains on', { model, data: { xTrain: [1, 2], yTrain: y } }],
    ['activations must be a function, but got true', { model, data, activations: true }],
    [
      'yTrain has 39 labels for 40 rows; each example needs one label',
      { model, data: { xTrain: x, yTrain: y.slice(1) } },
    ],
  ])('recorder: %s', (message, wrong) => {
    refused(() => recorder(wrong as never), `recorder: ${message}`)
  })

  test('recorder: no options', () => {
    refused(() => recorder(undefined as never), 'recorder: options are an object, but got undefined')
  })

  test.each<[string, object]>([
    ["unknown option 'titel'; did you mean 'title'?", { titel: 'XOR' }],
    ['title must be a text, but got 7', { title: 7 }],
    ['command must be a text, but got true', { command: true }],
    ['settings must be an object, but got null', { settings: null }],
    ['test must be examples and their labels or targets, { x, y }', { test: x }],
    ['test must be examples and their labels or targets, { x, y }', { test: { x: [1, 2], y } }],
    ['test.y has 39 labels for 40 rows; each example needs one label', { test: { x, y: y.slice(1) } }],
    [
      'an example of test.x has shape (6,), but one of xTrain (5,)',
      { test: { x: random(1, [2, 6], 'float32'), y: [0, 1] } },
    ],
    ["classNames must be a list, each a text, but got 'cat'", { classNames: 'cat' }],
    ['imageShape must be [channels, height, width] with 1 or 3 channels, but got [28, 28]', { imageShape: [28, 28] }],
    ['imageShape must be [channels, height, width]', { imageShape: [2, 1, 5] }],
    ['imageShape (1, 2, 3) has 6 numbers, but an example of shape (5,) has 5', { imageShape: [1, 2, 3] }],
    ['result must be the result of a run, e.g. of solve', { result: solve(model, data, options) }],
  ])('finish: %s', (message, wrong) => {
    refused(() => record().finish(wrong as never), `recorder: finish: ${message}`)
  })

  test('and can be told again, right', () => {
    const run = record()
    expect(() => run.finish({ imageShape: [1, 2, 3] })).toThrow(OptionError)
    expect(run.finish({ imageShape: [1, 1, 5] }).firstLayer?.pictures[0]).toMatchObject({ width: 5, height: 1 })
  })
})

describe('how often is measured', () => {
  test('at least 20 times, at most about 125 times, and one step in 80 where there are many', () => {
    for (const steps of [1, 2, 19, 20, 57, 100, 999, 1000, 5000, 10_000, 123_456, 1e6]) {
      const times = 1 + Math.floor(steps / samplingInterval(steps))
      expect(times).toBeLessThanOrEqual(126)
      expect(times).toBeGreaterThanOrEqual(Math.min(steps, 20))
      if (steps >= 2000) expect(times / steps).toBeLessThanOrEqual(0.014)
    }
  })

  test('of a deep net eight layers have curves', () => {
    const deep = right(fullyConnectedNet({ inputDim: 5, hiddenDims: new Array(14).fill(4), numClasses: 3 }))
    const names = record(deep)
      .finish()
      .layers.gradientNorms.map(({ name }) => name)
    expect(names).toHaveLength(8)
    expect([names[0], names[7]]).toEqual(['W1', 'W15'])
  })

  test('a linear classifier and a net of zeros', () => {
    const zero = right(twoLayerNet({ inputDim: 5, hiddenDim: 2, numClasses: 3, weightScale: 0 }))
    expect(record(zero).finish().layers.updateRatios[0]?.points[0]?.[1]).toBeNaN()
    const linear = right(fullyConnectedNet({ inputDim: 5, hiddenDims: [], numClasses: 3 }))
    expect(record(linear).finish().layers.gradientNorms).toHaveLength(1)
  })
})
