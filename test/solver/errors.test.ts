import { describe, expect, test } from 'vitest'
import { OptionError } from '../../src/errors/index.ts'
import { fullyConnectedNet } from '../../src/models/index.ts'
import { type Data, type SolverOptions, solve, train } from '../../src/solver/index.ts'
import { bytes, linspace, oneHot, tensor, zeros } from '../../src/tensor/index.ts'
import { leftMessage, right } from '../support.ts'

const model = right(fullyConnectedNet({ inputDim: 2, hiddenDims: [4], numClasses: 3 }))
const x = linspace(-1, 1, [6, 2])
const y = [0, 1, 2, 0, 1, 2]
const good: Data = { xTrain: x, yTrain: y, xVal: x, yVal: y }

const withOptions = (options: object): string => {
  const result = train(model, good, options as SolverOptions)
  expect('left' in result && result.left).toBeInstanceOf(OptionError)
  // solve says the same.
  expect(leftMessage(solve(model, good, options as SolverOptions))).toBe(leftMessage(result))
  return leftMessage(result)
}

const withData = (data: object): string => {
  const result = train(model, { ...good, ...data } as Data)
  expect('left' in result && result.left).toBeInstanceOf(OptionError)
  return leftMessage(result)
}

const rules = "'sgd', 'sgdMomentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'adamw'"
const schedules = "'constant', 'exponentialDecay', 'stepDecay', 'cosine', 'oneCycle', 'piecewiseLinear', 'triangular'"

describe('wrong options', () => {
  test.each<[object, string]>([
    [
      { optimConfig: { learningRate: Number.NaN } },
      'optimConfig of sgd: learningRate must be a number > 0, but got NaN',
    ],
    [{ optimConfig: { learningRate: -0.1 } }, 'optimConfig of sgd: learningRate must be a number > 0, but got -0.1'],
    [{ optimConfig: { learningRate: 0 } }, 'optimConfig of sgd: learningRate must be a number > 0, but got 0'],
    [{ optimConfig: { learningRate: '0.1' } }, "optimConfig of sgd: learningRate must be a number > 0, but got '0.1'"],
    [{ optimConfig: { lr: 0.1 } }, "optimConfig of sgd: unknown option 'lr'; known are learningRate, weightDecay"],
    [
      { updateRule: 'adam', optimConfig: { learning_rate: 1 } },
      "optimConfig of adam: unknown option 'learning_rate'; did you mean 'learningRate'?",
    ],
    [
      { updateRule: 'adam', optimConfig: { momentum: 0.9 } },
      "optimConfig of adam: unknown option 'momentum'; known are learningRate, beta1, beta2, epsilon",
    ],
    [
      { updateRule: 'sgdMomentum', optimConfig: { momentum: 1 } },
      'optimConfig of sgdMomentum: momentum must be a number in [0, 1), but got 1',
    ],
    [
      { updateRule: 'adam', optimConfig: { beta2: 1.1 } },
      'optimConfig of adam: beta2 must be a number in [0, 1), but got 1.1',
    ],
    [
      { updateRule: 'adamw', optimConfig: { weightDecay: -1 } },
      'optimConfig of adamw: weightDecay must be a number ≥ 0, but got -1',
    ],
    [
      { updateRule: 'rmsprop', optimConfig: { epsilon: 0 } },
      'optimConfig of rmsprop: epsilon must be a number > 0, but got 0',
    ],
    [{ optimConfig: null }, 'solver: optimConfig must be settings by name, but got null'],
    [{ batchSize: 0 }, 'solver: batchSize must be an integer ≥ 1, but got 0'],
    [{ batchSize: 2.5 }, 'solver: batchSize must be an integer ≥ 1, but got 2.5'],
    [{ batchSize: '10' }, "solver: batchSize must be an integer ≥ 1, but got '10'"],
    [{ numEpochs: 0 }, 'solver: numEpochs must be a number > 0, but got 0'],
    [{ numEpochs: Number.POSITIVE_INFINITY }, 'solver: numEpochs must be a number > 0, but got Infinity'],
    [
      {
        schedule: 'piecewiseLinear',
        scheduleConfig: {
          points: [
            [0, 1],
            [2, 0],
          ],
        },
      },
      'piecewiseLinear: points[1] must be [a share of the run from 0 to 1, a factor ≥ 0], but got [2, 0]',
    ],
    [{ numIterations: -1 }, 'solver: numIterations must be an integer ≥ 1, but got -1'],
    [{ lrDecay: 0 }, 'solver: lrDecay must be a number in (0, 1], but got 0'],
    [{ lrDecay: 1.1 }, 'solver: lrDecay must be a number in (0, 1], but got 1.1'],
    [{ patience: 0 }, 'solver: patience must be an integer ≥ 1, but got 0'],
    [{ clipNorm: 0 }, 'solver: clipNorm must be a number > 0, but got 0'],
    [{ clipValue: -1 }, 'solver: clipValue must be a number > 0, but got -1'],
    [{ replacement: 'yes' }, "solver: replacement must be true or false, but got 'yes'"],
    [{ numTrainSamples: 0 }, 'solver: numTrainSamples must be an integer ≥ 1 or null, but got 0'],
    [{ numValSamples: -5 }, 'solver: numValSamples must be an integer ≥ 1 or null, but got -5'],
    [{ seed: -1 }, 'solver: seed must be an integer ≥ 0, but got -1'],
    [{ printEvery: 0 }, 'solver: printEvery must be an integer ≥ 1, but got 0'],
    [{ verbose: 1 }, 'solver: verbose must be true or false, but got 1'],
    [{ batchsize: 10 }, "solver: unknown option 'batchsize'; did you mean 'batchSize'?"],
    [{ num_epochs: 10 }, "solver: unknown option 'num_epochs'; did you mean 'numEpochs'?"],
    [
      { updateRule: 'adma' },
      `solver: updateRule must be one of ${rules} or a function, but got 'adma'; did you mean 'adam'?`,
    ],
    [{ updateRule: 'lion' }, `solver: updateRule must be one of ${rules} or a function, but got 'lion'`],
    [
      { schedule: 'cosin' },
      `solver: schedule must be one of ${schedules} or a function, but got 'cosin'; did you mean 'cosine'?`,
    ],
    [
      { schedule: 'cosine', scheduleConfig: { warmpu: 3 } },
      "scheduleConfig of cosine: unknown option 'warmpu'; did you mean 'warmup'?",
    ],
    [{ schedule: 'cosine', scheduleConfig: { warmup: -1 } }, 'cosine: warmup must be an integer ≥ 0, but got -1'],
    [{ schedule: 'stepDecay', scheduleConfig: { gamma: 2 } }, 'stepDecay: gamma must be in (0, 1], but got 2'],
    [{ scheduleConfig: { gamma: 0.5 } }, "scheduleConfig of constant: unknown option 'gamma'; known are "],
    [
      { schedule: () => 1, scheduleConfig: { gamma: 0.5 } },
      "scheduleConfig of a function: unknown option 'gamma'; known are ",
    ],
    [{ plateau: { patience: -1 } }, 'reduceOnPlateau: patience must be an integer ≥ 0, but got -1'],
    [{ plateau: { by: 1 } }, 'reduceOnPlateau: by must be in (0, 1), but got 1'],
    [{ plateau: { factor: 0.1 } }, "plateau: unknown option 'factor'; known are by, patience"],
    [{ augment: { flips: true } }, "augment: unknown option 'flips'; did you mean 'flip'?"],
    [{ augment: { shift: -1 } }, 'augment: shift must be an integer ≥ 0, but got -1'],
    [
      { augment: { flip: true } },
      'augment: xTrain must be images kept as bytes, shape (N, …, H, W), but it is float32 of shape (6, 2); ' +
        'load the data set with flatten: false, or leave augment out',
    ],
  ])('%j', (options, message) => {
    expect(withOptions(options)).toBe(message)
  })
})

describe('wrong data', () => {
  const spoiled = (row: number, value: number) => {
    const copy = tensor(x.shape, x.data)
    copy.data[2 * row + 1] = value
    return copy
  }

  test.each<[string, object, string]>([
    ['no xTrain', { xTrain: undefined }, 'data: xTrain is missing; give inputs as xTrain and labels as yTrain'],
    ['no yTrain', { yTrain: undefined }, 'data: yTrain is missing; give inputs as xTrain and labels as yTrain'],
    ['no yVal', { yVal: undefined }, 'data: xVal and yVal belong together, but one of them is missing'],
    ['no xVal', { xVal: undefined }, 'data: xVal and yVal belong together, but one of them is missing'],
    [
      'fewer labels than rows',
      { yTrain: [0, 1] },
      'data: yTrain has 2 labels for 6 rows; each example needs one label',
    ],
    [
      'more labels than rows, in validation',
      { yVal: [...y, 0] },
      'data: yVal has 7 labels for 6 rows; each example needs one label',
    ],
    [
      'a label out of range',
      { yTrain: [0, 1, 2, 3, 0, 0] },
      'data: yTrain: a label is a class from 0 to 2 because the net has 3 outputs, but row 3 has 3',
    ],
    [
      'a negative label',
      { yTrain: new Int32Array([0, 0, -1, 0, 0, 0]) },
      'data: yTrain: a label is a class from 0 to 2 because the net has 3 outputs, but row 2 has -1',
    ],
    [
      'one-hot labels of too many classes',
      { yVal: oneHot([0, 1, 2, 3, 4, 0], 5) },
      'data: yVal: one-hot rows have a column for each class, so 3 because the net has 3 outputs, but these have 5',
    ],
    [
      'a label that is no number',
      { yTrain: ['cat', 1, 2, 0, 1, 2] },
      "data: yTrain: labels are integers ≥ 0, but row 0 has 'cat'; encodeLabels(names) gives the class of each name",
    ],
    [
      'a fraction',
      { yTrain: [0, 0.5, 2, 0, 1, 2] },
      'data: yTrain: labels are integers ≥ 0, but row 1 has 0.5; numbers to be predicted are the targets of regression()',
    ],
    [
      'labels that are no list',
      { yTrain: 'cats' },
      "data: yTrain: labels are a list or a typed array of class indices, or a one-hot tensor, but got 'cats'; give an array, e.g. Array.from(labels)",
    ],
    [
      'labels that are null',
      { yTrain: null },
      'data: yTrain: labels are a list or a typed array of class indices, or a one-hot tensor, but got null; give an array, e.g. Array.from(labels)',
    ],
    [
      'labels that are not one-hot',
      { yTrain: zeros([6, 3]) },
      'data: yTrain: one-hot labels have a single 1 and else 0 in each row, but row 0 is [0, 0, 0]',
    ],
    [
      'a NaN',
      { xTrain: spoiled(4, Number.NaN) },
      'data: xTrain: row 4 holds a NaN or an infinity; repair or remove it before training',
    ],
    [
      'an infinity in validation',
      { xVal: spoiled(2, Number.NEGATIVE_INFINITY) },
      'data: xVal: row 2 holds a NaN or an infinity; repair or remove it before training',
    ],
    ['no rows', { xTrain: zeros([0, 2]), yTrain: [] }, 'data: xTrain has no rows; its shape is (0, 2)'],
    [
      'inputs of another size than the net',
      { xTrain: zeros([6, 5]) },
      'data: xTrain has shape (6, 5), but the net takes examples of shape (2,), so (N, 2)',
    ],
    [
      'a list of rows in place of a tensor',
      {
        xTrain: [
          [1, 2],
          [3, 4],
        ],
      },
      'data: xTrain must be a tensor or bytes of shape (N, …), e.g. tensor([2, 3], values)',
    ],
    [
      'a tensor whose shape does not fit its numbers',
      { xVal: { shape: [6, 2], data: new Float32Array(10) } },
      'data: xVal has shape (6, 2), so 12 elements, but holds 10',
    ],
  ])('%s', (_name, data, message) => {
    expect(withData(data)).toBe(message)
  })

  test('no data at all', () => {
    expect(leftMessage(train(model, undefined as unknown as Data))).toMatch(/^data: xTrain is missing/)
  })

  test('large numbers are numbers, also when their squares overflow', () => {
    const large = { shape: x.shape, data: Float64Array.from(x.data, (v) => v * 1e200) }
    const double = right(fullyConnectedNet({ inputDim: 2, hiddenDims: [4], numClasses: 3, dtype: 'float64' }))
    expect(train(double, { xTrain: large, yTrain: y })._tag).toBe('Right')
  })

  test('data of another precision are converted', () => {
    const double = tensor(x.shape, x.data, 'float64')
    const { lossHistory } = right(solve(model, { xTrain: double, yTrain: y }, { numEpochs: 2 }))
    expect(lossHistory).toEqual(right(solve(model, { xTrain: x, yTrain: y }, { numEpochs: 2 })).lossHistory)
  })

  test('bytes are data too', () => {
    const rows = bytes([6, 2], new Uint8Array(12).fill(7))
    expect(train(model, { xTrain: rows, yTrain: y })._tag).toBe('Right')
    expect(withData({ xTrain: bytes([5, 2], new Uint8Array(10)) })).toBe(
      'data: yTrain has 6 labels for 5 rows; each example needs one label',
    )
  })

  test('a batch of one row cannot be normalized', () => {
    const normalized = right(
      fullyConnectedNet({ inputDim: 2, hiddenDims: [4], numClasses: 3, normalization: 'batchnorm' }),
    )
    expect(leftMessage(solve(normalized, good, { batchSize: 1 }))).toBe(
      'batchSize: batchnorm1 takes statistics of a batch, so it needs at least 2 rows, but a step has 1; use a larger batch, or layernorm',
    )
  })
})
