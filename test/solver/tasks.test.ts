import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { affine } from '../../src/layers/index.ts'
import { classifier, fullyConnectedNet, regression, twoLayerNet } from '../../src/models/index.ts'
import { foldIn, key } from '../../src/random/index.ts'
import { accuracy, batches, evaluate, holdOut, runToEnd, solve, step, train } from '../../src/solver/index.ts'
import { bytes, oneHot, type Tensor, tensor } from '../../src/tensor/index.ts'
import { leftMessage, random, right } from '../support.ts'

/** n examples, example i is the number i, whose class is i mod 3. */
const numbered = (n: number) => ({
  x: tensor(
    [n, 1],
    Array.from({ length: n }, (_, i) => i),
  ),
  y: Array.from({ length: n }, (_, i) => i % 3),
})

describe('holdOut', () => {
  test('splits into two parts that are all of it, each example with its label', () => {
    const { xTrain, yTrain, xVal, yVal } = right(holdOut(numbered(20), 5))
    expect([xTrain.shape, yTrain.length, xVal.shape, yVal.length]).toEqual([[15, 1], 15, [5, 1], 5])
    expect([...xTrain.data, ...xVal.data].sort((a, b) => a - b)).toEqual([...numbered(20).x.data])
    expect([...xTrain.data].map((v) => v % 3)).toEqual(yTrain)
    expect([...xVal.data].map((v) => v % 3)).toEqual(yVal)
    // Shuffled.
    expect([...xTrain.data]).not.toEqual([...xTrain.data].sort((a, b) => a - b))
  })

  test('a share, the same for the same seed and another for another', () => {
    const valOf = (seed: number) => [...right(holdOut(numbered(40), 0.25, { seed })).xVal.data]
    expect(valOf(1)).toHaveLength(10)
    expect(valOf(1)).toEqual(valOf(1))
    expect(valOf(1)).not.toEqual(valOf(2))
    expect(right(holdOut(numbered(3), 0.01)).yVal).toHaveLength(1)
  })

  test('stratified: each class has its share in both parts', () => {
    // 60 of class 0, 30 of class 1, 10 of class 2.
    const y = Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i < 90 ? 1 : 2))
    const { yVal, yTrain } = right(holdOut({ x: random(1, [100, 2]), y }, 0.2, { stratify: true }))
    const counts = (labels: readonly number[]) => [0, 1, 2].map((c) => labels.filter((label) => label === c).length)
    expect([counts(yVal), counts(yTrain)]).toEqual([
      [12, 6, 2],
      [48, 24, 8],
    ])
    expect(right(holdOut({ x: random(1, [100, 2]), y }, 7, { stratify: true })).yVal).toHaveLength(7)
  })

  test('labels and inputs keep their form', () => {
    const { x, y } = numbered(6)
    const rows = bytes([6, 1], new Uint8Array([0, 1, 2, 3, 4, 5]))
    const of = <Y extends Parameters<typeof holdOut>[0]['y']>(labels: Y) => right(holdOut({ x, y: labels }, 2))
    expect(of(Int32Array.from(y)).yVal).toBeInstanceOf(Int32Array)
    expect(of(Uint8Array.from(y)).yTrain).toBeInstanceOf(Uint8Array)
    expect(Array.isArray(of(y).yVal)).toBe(true)
    expect((of(oneHot(y, 3)).yVal as Tensor).shape).toEqual([2, 3])
    const { xVal } = right(holdOut({ x: rows, y }, 2))
    expect(xVal.data).toBeInstanceOf(Uint8Array)
    expect(xVal.mean).toBe(rows.mean)
  })

  test.each<[string, number, object, string]>([
    ['all rows', 6, {}, 'holdOut: 6 rows are to be held out, but there are 6; hold out fewer'],
    [
      'nothing',
      0,
      {},
      'holdOut: part must be an integer ≥ 1, so many rows, or a number between 0 and 1, a share, but got 0',
    ],
    ['1.5 rows', 1.5, {}, 'but got 1.5'],
    ['NaN', Number.NaN, {}, 'but got NaN'],
    ['a misspelt option', 2, { stratfy: true }, "holdOut: unknown option 'stratfy'; did you mean 'stratify'?"],
  ])('%s is refused', (_title, part, options, message) => {
    expect(leftMessage(holdOut(numbered(6), part, options))).toContain(message)
  })

  test('labels that do not fit are refused', () => {
    expect(leftMessage(holdOut({ x: numbered(6).x, y: [1, 2] }, 2))).toBe('holdOut: x has 6 rows, but y has 2 labels')
    expect(leftMessage(holdOut({ x: numbered(2).x, y: [1, 0.5] }, 1, { stratify: true }))).toContain('row 1 has 0.5')
  })
})

describe('batches', () => {
  test('one epoch, in an order of the key', () => {
    const seen = (k = key(3)) => [...batches(numbered(10), { batchSize: 3, key: k })].map(({ x }) => [...x.data])
    expect(seen().map((batch) => batch.length)).toEqual([3, 3, 3])
    expect(new Set(seen().flat()).size).toBe(9)
    expect(seen()).toEqual(seen())
    expect(seen()).not.toEqual(seen(foldIn(key(3), 1)))
    for (const { x, y } of batches(numbered(10), { batchSize: 4 }))
      expect([...x.data].map((v) => v % 3)).toEqual([...y])
  })

  test('bytes are decoded; fewer rows than a batch are one batch', () => {
    const rows = bytes([2, 1], new Uint8Array([10, 30]), 10, 0.5)
    const [only] = [...batches({ x: rows, y: [0, 1] }, { dtype: 'float64' })]
    expect([...(only?.x.data ?? [])].sort()).toEqual([0, 10])
    expect(only?.x.data).toBeInstanceOf(Float64Array)
  })

  test('a loop of one’s own learns', () => {
    const model = orThrow(twoLayerNet({ inputDim: 1, hiddenDim: 8, numClasses: 2, weightScale: 'he' }))
    const examples = { x: tensor([4, 1], [-2, -1, 1, 2]), y: [0, 0, 1, 1] }
    let state = { weights: model.init(), configs: {} }
    for (let epoch = 0; epoch < 60; epoch++) {
      for (const batch of batches(examples, { batchSize: 2, key: foldIn(key(0), epoch) })) {
        state = step(model, { learningRate: 0.5 }, state, batch).state
      }
    }
    expect(accuracy(model, state.weights, examples.x, examples.y)).toBe(1)
  })

  test('rows of a tensor of targets stay one', () => {
    const x = numbered(6).x
    for (const { x: rows, y } of batches(
      { x, y: { shape: [6, 2], data: Float64Array.from({ length: 12 }, (_, i) => i) } },
      { batchSize: 2 },
    )) {
      expect([y.shape, [...y.data]]).toEqual([[2, 2], [...rows.data].flatMap((i) => [2 * i, 2 * i + 1])])
    }
    const model = classifier(affine(1), { inShape: [1], task: regression() })
    const start = { weights: model.init(), configs: {} }
    for (const batch of batches({ x, y: x })) expect(step(model, {}, start, batch).loss).toBeGreaterThan(0)
  })

  test('what does not fit is refused', () => {
    expect(() => [...batches({ x: numbered(4).x, y: [1] })]).toThrow('batches: x has 4 rows, but y has 1 labels')
    expect(() => [...batches(numbered(4), { batchSize: 0 })]).toThrow(
      'batches: batchSize must be an integer ≥ 1, but got 0',
    )
  })
})

describe('runToEnd', () => {
  const model = orThrow(twoLayerNet({ inputDim: 1, numClasses: 2 }))
  const data = { xTrain: tensor([2, 1], [-1, 1]), yTrain: [0, 1] }

  test('shows each event to each consumer, waits for it, and closes it', async () => {
    const seen: string[] = []
    const slow = {
      see: async ({ _tag }: { readonly _tag: string }) => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        seen.push(_tag)
      },
      close: () => seen.push('closed'),
    }
    const result = await runToEnd(right(train(model, data, { numEpochs: 2 })), [slow])
    expect(seen).toEqual(['Epoch', 'Step', 'Epoch', 'Step', 'Epoch', 'Done', 'closed'])
    expect(result.status).toBe('finished')
  })

  test('lets the event loop turn', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await runToEnd(right(train(model, data, { numEpochs: 300 })), [], { pauseEvery: 0 })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(3)
  })

  test('closes consumers also when one throws', async () => {
    let isClosed = false
    const failing = { see: () => Promise.reject(new Error('full')), close: () => (isClosed = true) }
    await expect(runToEnd(right(train(model, data)), [failing])).rejects.toThrow('full')
    expect(isClosed).toBe(true)
  })
})

test('evaluate gives the mean loss of all rows and the score by its name', () => {
  const model = orThrow(fullyConnectedNet({ inputDim: 3, hiddenDims: [4], numClasses: 3, dtype: 'float64', reg: 10 }))
  const weights = model.init()
  const [x, y] = [random(1, [9, 3]), [0, 1, 2, 0, 1, 2, 0, 1, 2]]
  const plain = orThrow(fullyConnectedNet({ inputDim: 3, hiddenDims: [4], numClasses: 3, dtype: 'float64' }))
  expect(evaluate(model, weights, { x, y })).toMatchObject({
    loss: plain.loss(weights, { x, y }, key(0)).loss,
    accuracy: accuracy(model, weights, x, y),
  })
  expect(() => evaluate(model, weights, { x, y: [0, 1] })).toThrow('evaluate: y has 2 labels for 9 rows')
})

describe('orThrow', () => {
  test('takes an Either and a TaskEither', async () => {
    expect(orThrow(E.right(1))).toBe(1)
    expect(await orThrow(TE.right(1))).toBe(1)
    expect(() => orThrow(E.left(new Error('no')))).toThrow('no')
    await expect(orThrow(TE.left(new Error('no')))).rejects.toThrow('no')
  })

  test('who forgot it is told', () => {
    const data = { xTrain: tensor([1, 2], [1, 2]), yTrain: [0] }
    const made = fullyConnectedNet({ inputDim: 2, hiddenDims: [] })
    expect(leftMessage(solve(made as never, data))).toBe(
      'model: it is the Either that made it; take it out with orThrow(fullyConnectedNet({ … }))',
    )
    const wrong = fullyConnectedNet({ inputDim: -2, hiddenDims: [] })
    expect(leftMessage(solve(wrong as never, data))).toContain(
      'which holds an error: fullyConnectedNet: inputDim must be an integer ≥ 1, but got -2; take it out',
    )
    expect(leftMessage(solve(undefined as never, data))).toContain('model: must be a model, e.g. orThrow(')
  })
})
