import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { affine, network, relu, softmaxLoss, svmLoss } from '../../src/layers/index.ts'
import {
  balancedWeights,
  binary,
  buildModel,
  classification,
  classifier,
  fullyConnectedNet,
  gradientCheckModel,
  type Model,
  model,
  multiLabel,
  regression,
  type Task,
  type Weights,
} from '../../src/models/index.ts'
import { evaluate, predict, solve, step } from '../../src/solver/index.ts'
import { linspace, type Targets, type Tensor, tensor, zeros } from '../../src/tensor/index.ts'
import {
  allTensors,
  bitsOf,
  close,
  closeAll,
  eachRun,
  type GoldenCase,
  golden,
  goldenCase,
  leftMessage,
  random,
  right,
  tensorFrom,
} from '../support.ts'
import { type Kind, kinds, modelOf } from './taskKinds.ts'

const { cases } = golden('tasks')
const optionsOf = ({ inputs }: GoldenCase) => inputs.options as Parameters<typeof classification>[0]

const yesNo = tensor([[1], [0], [1], [1], [0], [0]])

describe('each task', () => {
  const x = random(3, [6, 4])

  test.each(Object.keys(kinds))('%s: gradients of a net agree with differences', (name) => {
    const kind = kinds[name] as Kind
    const own = modelOf(kind)
    const report = gradientCheckModel(own, { x, y: kind.y as never })
    expect(report.error, report.text).toBeLessThan(1e-6)
  })

  test.each(Object.keys(kinds))('%s: a spec makes the same model', (name) => {
    const own = modelOf(kinds[name] as Kind)
    const built = right(buildModel(own.spec as never))
    expect(built.spec).toEqual(own.spec)
    expect(bitsOf(built.init().params)).toEqual(bitsOf(own.init().params))
    expect(built.task.score.name).toBe(own.task.score.name)
  })

  test.each(Object.keys(kinds))('%s: a batch may have targets as they are given or as they were checked', (name) => {
    const kind = kinds[name] as Kind
    const { task, outShape, scores, init } = modelOf(kind)
    const out = scores(init(), x)
    const checked = right(task.check('y', kind.y as never, 6, outShape))
    expect(task.loss(out, kind.y as never)).toEqual(task.loss(out, checked))
    const half = task.take(checked, Int32Array.of(4, 0, 2))
    expect(task.take(half, Int32Array.of(1))).toEqual(task.take(checked, Int32Array.of(0)))
  })

  test.each(Object.keys(kinds))('%s: learns in float32, and says how good it is', (name) => {
    const kind = kinds[name] as Kind
    const own = modelOf(kind, 'float32')
    const data = { xTrain: x, yTrain: kind.y as never, xVal: x, yVal: kind.y as never }
    const result = right(solve(own, data, { updateRule: 'adam', optimConfig: { learningRate: 0.05 }, numEpochs: 60 }))
    expect(result.lossHistory.at(-1)).toBeLessThan(0.9 * (result.lossHistory[0] as number))
    const scores = evaluate(own, result.weights, { x, y: kind.y as never })
    expect(scores[own.task.score.name]).toBe(result.best?.valScore)
    expect(Object.values(scores).every(Number.isFinite)).toBe(true)
  })
})

describe('classification', () => {
  eachRun(({ dtype, tolerance }) => {
    test.each(cases.filter((c) => c.inputs.options !== undefined))('$name is PyTorch’s cross entropy', (c) => {
      const [loss, dx] = classification(optionsOf(c)).loss(tensorFrom(c.inputs.x, dtype), c.inputs.y as number[])
      closeAll({ loss, dx }, c.outputs, tolerance)
    })
  })

  test('without options it is the very loss that it always was', () => {
    expect(classification().loss).toBe(softmaxLoss)
    expect(classification({ loss: 'svm' }).loss).toBe(svmLoss)
    expect(classification().spec).toEqual({ type: 'classification', loss: 'softmax' })
  })

  test('balanced weights are those of all training labels', () => {
    const y = [0, 0, 0, 0, 1, 2]
    // scikit-learn: compute_class_weight('balanced', classes=[0, 1, 2], y=[0, 0, 0, 0, 1, 2])
    expect(balancedWeights(y, 3)).toEqual([0.5, 2, 2])
    expect(balancedWeights(y, 4)).toEqual([0.5, 2, 2, 1])
    const trained = (classWeights: number[] | 'balanced') => {
      const own = right(
        fullyConnectedNet({ inputDim: 4, hiddenDims: [5], task: classification({ classWeights }), numClasses: 3 }),
      )
      const data = { xTrain: random(1, [6, 4]), yTrain: y }
      return bitsOf(right(solve(own, data, { batchSize: 2, numEpochs: 3 })).weights.params)
    }
    expect(trained('balanced')).toEqual(trained([0.5, 2, 2]))
    expect(trained('balanced')).not.toEqual(trained([1, 1, 1]))
  })

  test('in a loop of one’s own balanced weights are to be given as numbers', () => {
    const own = classifier(affine(2), { inShape: [1], task: classification({ classWeights: 'balanced' }) })
    const batch = { x: linspace(0, 1, [2, 1]), y: [0, 1] }
    expect(() => step(own, {}, { weights: own.init(), configs: {} }, batch)).toThrow(
      /give classWeights: balancedWeights\(y, numClasses\)/,
    )
    expect(evaluate(own, own.init(), batch).loss).toBeGreaterThan(0)
  })
})

describe('regression', () => {
  test.each(['regressionNet', 'regressionNetHuber'])('%s: two outputs as in NumPy, 50 steps in float64', (name) => {
    const { inputs, outputs } = goldenCase('tasks', name)
    const start: Weights = { params: allTensors(inputs.params, 'float64'), state: {} }
    const [x, y] = [tensorFrom(inputs.x, 'float64'), tensorFrom(inputs.y, 'float64')]
    const task = regression({ loss: name.endsWith('Huber') ? 'huber' : 'mse' })
    const own = {
      ...model(network([affine(8), relu, affine(2)]), {
        inShape: [3],
        task,
        dtype: 'float64',
        reg: inputs.reg as number,
      }),
      init: () => start,
    }
    const result = right(
      solve(
        own,
        { xTrain: x, yTrain: y },
        {
          updateRule: inputs.rule as 'adam',
          optimConfig: { learningRate: inputs.learningRate as number },
          batchSize: 20,
          numEpochs: 50,
        },
      ),
    )
    close(result.lossHistory, outputs.losses as number[], 1e-10, 'losses')
    closeAll(result.weights.params, allTensors(outputs.params, 'float64'), 1e-10)
    close(predict(own, result.weights, x), tensorFrom(outputs.out, 'float64'), 1e-10, 'out')
    close(evaluate(own, result.weights, { x, y }).r2 as number, outputs.r2 as number, 1e-10, 'R²')
  })

  test('R² is of all outputs, whatever the batches of an evaluation are', () => {
    const own = model(affine(1), { inShape: [1], task: regression(), dtype: 'float64' })
    const weights = own.init()
    const x = linspace(-3, 3, [1000, 1], 'float64')
    const y = Array.from(x.data, (v) => Math.sin(v))
    const outline = { ...own.outline, floats: 2 ** 19 }
    const inSmallBatches = { ...own, outline }
    expect(evaluate(inSmallBatches as never, weights, { x, y: y as never })).toEqual(evaluate(own, weights, { x, y }))
  })
})

describe('what predict gives', () => {
  const x = random(1, [5, 4])

  test.each<[string, Task<never>, number, (p: Tensor) => boolean]>([
    ['binary', binary() as never, 1, ({ data }) => data.every((p) => p > 0 && p < 1)],
    ['multiLabel', multiLabel() as never, 3, ({ data }) => data.every((p) => p > 0 && p < 1)],
    ['regression', regression() as never, 2, ({ data }) => data.some((p) => p < 0)],
  ])('%s', (_name, task, outputs, holds) => {
    const own = model(affine(outputs, 1), { inShape: [4], task })
    const p = predict(own, own.init(), x)
    expect(p.shape).toEqual([5, outputs])
    expect(holds(p)).toBe(true)
  })
})

describe('fullyConnectedNet with a task', () => {
  const outputs = (options: object): readonly number[] =>
    right(fullyConnectedNet({ inputDim: 4, hiddenDims: [3], ...options } as never)).outShape

  test('has as many outputs as the task needs, or as are asked for', () => {
    expect(outputs({ task: regression() })).toEqual([1])
    expect(outputs({ task: regression(), outputDim: 2 })).toEqual([2])
    expect(outputs({ task: binary() })).toEqual([1])
    expect(outputs({ task: multiLabel(), outputDim: 5 })).toEqual([5])
    expect(outputs({ task: multiLabel(), numClasses: 5 })).toEqual([5])
    expect(outputs({ task: classification({ labelSmoothing: 0.1 }) })).toEqual([10])
    expect(outputs({ outputDim: 3 })).toEqual([3])
  })

  test('its options make it again', () => {
    const own = right(fullyConnectedNet({ inputDim: 4, hiddenDims: [3], task: regression({ loss: 'mae' }) }))
    expect(right(fullyConnectedNet(own.options)).spec).toEqual(own.spec)
  })

  test('the loss is the task’s own', () => {
    expect(leftMessage(fullyConnectedNet({ hiddenDims: [], loss: 'svm', task: regression() }))).toBe(
      "fullyConnectedNet: with a task the loss is the task's own, e.g. regression({ loss: 'mae' }); leave loss out",
    )
  })
})

describe('what does not fit is told in one line', () => {
  const trained = (task: Task<never>, outputs: number, y: unknown, rows = 3): E.Either<Error, unknown> =>
    solve(model(affine(outputs), { inShape: [2], task }) as Model<unknown>, { xTrain: zeros([rows, 2]), yTrain: y })

  test.each<[string, Task<never>, number, unknown, string]>([
    [
      'a target of NaN',
      regression() as never,
      1,
      [1, Number.NaN, 2],
      'data: yTrain: targets are finite numbers, but row 1 has NaN; repair or remove that row',
    ],
    [
      'a tensor with NaN',
      regression() as never,
      2,
      tensor([
        [1, 2],
        [3, Number.NaN],
        [5, 6],
      ]),
      'data: yTrain: targets are finite numbers, but row 1 has NaN; repair',
    ],
    [
      'classes where numbers belong',
      regression() as never,
      1,
      ['cat', 'dog', 'cat'],
      "data: yTrain: targets are finite numbers, but row 0 has 'cat'; names are classes: encodeLabels(names) and classification()",
    ],
    [
      'a target that is missing',
      regression() as never,
      1,
      [1, null, 2],
      'row 1 has null; leave rows without a target out',
    ],
    ['numerals', regression() as never, 1, ['1', '2', '3'], "row 0 has '1'; give numbers, e.g. y.map(Number)"],
    [
      'rows as lists',
      regression() as never,
      2,
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      'row 0 has [1, 2]; several targets an example are a tensor, e.g. tensor(rows)',
    ],
    [
      'numbers where classes belong',
      classification() as never,
      3,
      [0.5, 1, 2],
      'data: yTrain: labels are integers ≥ 0, but row 0 has 0.5; numbers to be predicted are the targets of regression()',
    ],
    [
      'names where classes belong',
      classification() as never,
      3,
      ['a', 'b', 'c'],
      "row 0 has 'a'; encodeLabels(names) gives the class of each name",
    ],
    [
      'too few targets',
      regression() as never,
      1,
      [1, 2],
      'data: yTrain has 2 targets for 3 rows; each example needs one',
    ],
    [
      'targets of another width',
      regression() as never,
      2,
      [1, 2, 3],
      'a row of targets has 2 numbers because the net makes (2,) of an example, but these have shape (3,); give shape (N, 2)',
    ],
    [
      'a Set',
      regression() as never,
      1,
      new Set([1, 2, 3]),
      'targets are a list or a typed array of numbers, or a tensor, but got a Set',
    ],
    [
      'a third class of yes or no',
      binary() as never,
      1,
      [0, 1, 2],
      'data: yTrain: a label is a class from 0 to 1 because it is yes or no, but row 2 has 2',
    ],
    [
      'two outputs for yes or no',
      binary() as never,
      2,
      [0, 1, 1],
      'yes or no needs one output, but the net makes (2,) of an example; end it with affine(1), or use classification() or multiLabel()',
    ],
    [
      'booleans',
      binary() as never,
      1,
      [true, false, true],
      'row 0 has true; give numbers, e.g. Array.from(labels, Number)',
    ],
    [
      'labels that are shares',
      multiLabel() as never,
      2,
      tensor([
        [1, 0],
        [0.5, 0],
        [0, 0],
      ]),
      'a label is 1 where the example has it and else 0, but row 1 has 0.5 as label 0',
    ],
    [
      'weights of another length',
      classification({ classWeights: [1, 2] }) as never,
      3,
      [0, 1, 2],
      'data: classification: classWeights has 2 weights, but the net has 3 classes; give one for each',
    ],
    [
      'one output for classes',
      classification() as never,
      1,
      [0, 0, 0],
      'or use binary(); numbers to be predicted are the targets of regression()',
    ],
  ])('%s', (_title, task, outputs, y, message) => {
    expect(leftMessage(trained(task, outputs, y))).toContain(message)
  })

  test.each<[string, () => unknown, string]>([
    [
      'a loss of another task',
      () => regression({ loss: 'softmax' as never }),
      "regression: loss must be one of 'mse', 'mae', 'huber', but got 'softmax'",
    ],
    [
      'delta without huber',
      () => regression({ delta: 2 }),
      "regression: delta belongs to the loss 'huber', but loss is 'mse'",
    ],
    [
      'a weight of 0',
      () => classification({ classWeights: [1, 0] }),
      "classWeights must be 'balanced', or a list with a number > 0 for each class",
    ],
    [
      'balanced, misspelt',
      () => classification({ classWeights: 'balance' as never }),
      "but got 'balance'; did you mean 'balanced'?",
    ],
    [
      'smoothing of svm',
      () => classification({ loss: 'svm', labelSmoothing: 0.1 }),
      "classification: labelSmoothing belongs to the loss 'softmax', but loss is 'svm'",
    ],
    [
      'weights of svm',
      () => classification({ loss: 'svm', classWeights: [1, 2] }),
      'classification: classWeights belongs to',
    ],
    [
      'smoothing of 1',
      () => classification({ labelSmoothing: 1 }),
      'labelSmoothing must be a number in [0, 1), but got 1',
    ],
    [
      'no task',
      () => model(affine(1), { inShape: [2] } as never),
      'model: task is missing; say what the net is trained for, e.g. regression()',
    ],
    [
      'what is no task',
      () => model(affine(1), { inShape: [2], task: regression } as never),
      'model: task must be a task, e.g. classification() or regression(), but got a function',
    ],
  ])('%s', (_title, call, message) => {
    expect(call).toThrow(message)
  })

  test('an unknown task in a spec', () => {
    const spec = {
      ...(model(affine(1), { inShape: [2], task: regression() }).spec as object),
      task: { type: 'ranking' },
    }
    expect(leftMessage(buildModel(spec as never))).toContain(
      "its type is one of 'classification', 'regression', 'binary', 'multiLabel'",
    )
  })

  test('types: lists, arrays and tensors are targets', () => {
    const forms: readonly Targets[] = [
      [1, 2, 3],
      Float64Array.of(1, 2, 3),
      tensor([3], [1, 2, 3]),
      tensor([[1], [2], [3]]),
    ]
    for (const y of forms) expect(E.isRight(trained(regression() as never, 1, y))).toBe(true)
    expect(E.isRight(trained(binary() as never, 1, yesNo, 6))).toBe(true)
    expect(orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [], task: regression() })).outShape).toEqual([1])
  })
})
