import { describe, expect, test } from 'vitest'
import { type FullyConnectedNetOptions, fullyConnectedNet, type Model, type Weights } from '../../src/models/index.ts'
import { type Sgd, sgd, type UpdateRule } from '../../src/optim/index.ts'
import { foldIn, type Key, key, normal, randomIndices } from '../../src/random/index.ts'
import { type Fault, type Result, type SolverOptions, solve, step, train } from '../../src/solver/index.ts'
import { full, snapshot, snapshotAll, type Tensor } from '../../src/tensor/index.ts'
import { bitsOf, eachBackend, right } from '../support.ts'

const x = normal(key(1), [40, 6])
const y = randomIndices(key(2), 40, 3)
const data = { xTrain: x, yTrain: y }

const net = (options: Partial<FullyConnectedNetOptions> = {}) =>
  right(fullyConnectedNet({ inputDim: 6, hiddenDims: [8, 5], numClasses: 3, ...options }))

const faultOf = (result: Result): Fault => {
  if (result.fault === undefined) throw new Error(`the run ended as ${result.status}`)
  return result.fault
}

/** A model whose gradient of one weight is spoiled from a step on. */
const spoiling = (name: string, from: number, value: number): Model => {
  const model = net()
  let steps = 0
  return {
    ...model,
    loss: (weights, batch, stepKey) => {
      const result = model.loss(weights, batch, stepKey)
      if (++steps >= from) (result.grads[name] as Tensor).data[3] = value
      return result
    },
  }
}

const ruined: UpdateRule<Sgd> = (w) => [full(w.shape, Number.NaN), { learningRate: 1 }]

describe('a run diverges', () => {
  eachBackend(() => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      test(`at a gradient with ${value}: the weights before it stay, and it is named`, () => {
        const good = right(solve(net(), data, { batchSize: 20, numIterations: 2 }))
        const result = right(solve(spoiling('W2', 3, value), data, { batchSize: 20, numIterations: 5 }))
        expect([result.status, result.steps]).toEqual(['diverged', 2])
        expect(faultOf(result)).toMatchObject({ step: 3, quantity: 'gradient', name: 'W2' })
        expect(faultOf(result).message).toMatch(
          /^the gradient of W2 was not finite, or too large to be squared, in step 3, with a loss of [\d.]+: the weights before this step are kept; lower the learning rate \(it was 0.01\) or set clipNorm$/,
        )
        expect(bitsOf(result.lastWeights.params)).toEqual(bitsOf(good.lastWeights.params))
      })
    }
  })

  test('at a loss: the first activations that are not finite are named', () => {
    // The first step makes weights of about 1e30, so what leaves the first layer is about 1e30, and the second's too large for float32.
    const result = right(solve(net(), data, { optimConfig: { learningRate: 1e31 }, batchSize: 20, numEpochs: 5 }))
    expect(result.status).toBe('diverged')
    const { quantity, name, step: at, message } = faultOf(result)
    expect([quantity, name, at]).toEqual(['loss', 'affine2', result.steps + 1])
    expect(message).toContain(
      `the loss of step ${at} was NaN, and of what the net computes affine2 is the first that is not finite: `,
    )
    for (const { data: values } of Object.values(result.lastWeights.params)) {
      expect(values.every(Number.isFinite)).toBe(true)
    }
  })

  test('with batchnorm: the activations of the training pass are looked at, not those of an evaluation', () => {
    const model = net({ hiddenDims: [8, 5], normalization: 'batchnorm' })
    const seen: { weights: Weights; key: Key; x: Tensor }[] = []
    const watched: Model = {
      ...model,
      loss: (weights, batch, stepKey) => {
        seen.push({ weights: { params: snapshotAll(weights.params), state: {} }, key: stepKey, x: snapshot(batch.x) })
        return model.loss(weights, batch, stepKey)
      },
    }
    const result = right(solve(watched, data, { optimConfig: { learningRate: 1e30 }, batchSize: 20, numIterations: 9 }))
    const last = seen.at(-1) as (typeof seen)[number]
    const outputs = model.trace(last.weights, last.x, last.key)
    const expected = Object.keys(outputs).find((name) => !(outputs[name] as Tensor).data.every(Number.isFinite))
    expect(faultOf(result).name).toBe(expected)
    expect(expected).toBeDefined()
  })

  eachBackend(() => {
    test('at an update that makes weights infinite: those of the last evaluation are kept', () => {
      const result = right(solve(net(), data, { optimConfig: { learningRate: 1e39 }, numEpochs: 5 }))
      expect([result.status, result.steps]).toEqual(['diverged', 0])
      expect(faultOf(result)).toMatchObject({ step: 1, quantity: 'weight', name: 'W1' })
      expect(faultOf(result).message).toMatch(
        /^the update of W1 was more than float32 holds in step 1, with a loss of [\d.]+: the weights of the last evaluation are kept; lower the learning rate \(it was 1e\+39\) or set clipNorm$/,
      )
      expect(bitsOf(result.weights.params)).toEqual(bitsOf(net().init(foldIn(key(0), 'init')).params))
    })

    test('at a gradient whose square would be infinite: before adam makes a slot infinite that moves nothing any more', () => {
      const options = { updateRule: 'adam', batchSize: 20, numIterations: 5 } as const
      const result = right(solve(spoiling('W2', 2, 1e30), data, options))
      expect([result.status, result.steps]).toEqual(['diverged', 1])
      expect(faultOf(result)).toMatchObject({ step: 2, quantity: 'gradient', name: 'W2' })
      // It is no fault where it is clipped before.
      expect(right(solve(spoiling('W2', 2, 1e30), data, { ...options, clipNorm: 1 })).status).toBe('finished')
    })

    test('at squares that add up to more than the precision holds', () => {
      const model = spoiling('W2', 1, 1.8e19)
      const result = right(solve(model, data, { updateRule: 'adagrad', batchSize: 20, numIterations: 5 }))
      expect(faultOf(result)).toMatchObject({ step: 2, quantity: 'slot', name: 'cache of W2' })
      expect(faultOf(result).message).toMatch(/^the update made cache of W2 infinite in step 2, with a loss of /)
      for (const { data: values } of Object.values(result.weights.params))
        expect(values.every(Number.isFinite)).toBe(true)
    })

    test('at a rule of the user that gives NaN', () => {
      const result = right(
        solve(net(), data, {
          updateRule: ruined as UpdateRule<never>,
          batchSize: 20,
          numIterations: 2,
        }),
      )
      expect(faultOf(result)).toMatchObject({ step: 1, quantity: 'weight', name: 'W1' })
    })

    test('at running statistics that become infinite', () => {
      const model = net({ normalization: 'batchnorm' })
      const large = { xTrain: full([40, 6], 0), yTrain: y }
      large.xTrain.data.forEach((_, i) => {
        large.xTrain.data[i] = i % 2 === 0 ? 3e19 : -3e19 * (i % 7)
      })
      const result = right(solve(model, large, { batchSize: 20, numIterations: 5 }))
      expect(faultOf(result)).toMatchObject({ step: 1, quantity: 'statistic', name: 'runningVar1' })
    })

    test('at an evaluation whose scores are not finite: the row is named', () => {
      const model = net()
      const lost: Model = {
        ...model,
        scores: (weights, rows) => ({
          ...model.scores(weights, rows),
          data: new Float32Array(3 * 40).fill(Number.NaN, 7),
        }),
      }
      const result = right(solve(lost, data, { numEpochs: 2 }))
      expect(faultOf(result)).toMatchObject({ step: 0, quantity: 'score', name: 'training' })
      expect(faultOf(result).message).toMatch(
        /^the training data could not be evaluated after step 0: what the net computes of row 2 holds NaN: /,
      )
    })
  })

  test('a model that shows no activations: the loss is named', () => {
    const { trace: _, ...model } = net()
    const result = right(solve(model, data, { optimConfig: { learningRate: 1e31 }, batchSize: 20, numEpochs: 5 }))
    expect(faultOf(result)).toMatchObject({ quantity: 'loss', name: 'loss' })
    expect(faultOf(result).message).toMatch(/^the loss of step \d+ was NaN: the weights/)
  })

  test('running statistics stay as they were too', () => {
    const model = net({ normalization: 'batchnorm' })
    const options: SolverOptions = { optimConfig: { learningRate: 1e30 }, batchSize: 20, numIterations: 9 }
    const seen: Record<string, string>[] = []
    let result: Result | undefined
    for (const event of right(train(model, data, options))) {
      if (event._tag === 'Step') seen.push(bitsOf(event.weights.state))
      if (event._tag === 'Done') result = event.result
    }
    expect(result?.status).toBe('diverged')
    expect(bitsOf(result?.lastWeights.state ?? {})).toEqual(seen.at(-1))
  })
})

test('a step names the gradient nearest to the loss', () => {
  const model = net()
  const start = { weights: model.init(), configs: {} }
  const spoiled: Model = {
    ...model,
    loss: (...given) => {
      const result = model.loss(...given)
      for (const name of ['W1', 'b2']) (result.grads[name] as Tensor).data[0] = Number.NaN
      return result
    },
  }
  const after = step(spoiled, { rule: sgd, learningRate: 0.1, optimConfig: {} }, start, { x, y }, key(0))
  expect(after.fault).toEqual({ quantity: 'gradient', name: 'b2' })
  expect(after.state).toBe(start)
})
