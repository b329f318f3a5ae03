import { describe, expect, test } from 'vitest'
import { heapBytesInUse } from '../../src/kernels/index.ts'
import { affine, batchnorm, network, relu } from '../../src/layers/index.ts'
import { classifier, type Model } from '../../src/models/index.ts'
import { key, normal, randomIndices } from '../../src/random/index.ts'
import {
  accuracy,
  type Result,
  type RunState,
  type SolverOptions,
  snapshotRun,
  solve,
  train,
} from '../../src/solver/index.ts'
import { snapshotAll, type Tensor, type Tensors } from '../../src/tensor/index.ts'
import { allTensors, bitsOf, close, eachBackend, eachRun, goldenCase, leftMessage, right } from '../support.ts'

const x = normal(key(1), [24, 4])
const y = randomIndices(key(2), 24, 3)
const data = { xTrain: x, yTrain: y, xVal: x, yVal: y }
const net = (): Model => classifier(network([affine(5), batchnorm(), relu, affine(3)]), { inShape: [4] })
const options: SolverOptions = { average: { decay: 0.9, every: 2 }, batchSize: 8, numEpochs: 3.6, updateRule: 'adam' }

const all = ({ params, state }: { params: Tensors; state: Tensors }) => bitsOf({ ...params, ...state })

/** The result, and the state after each step. */
const run = (more: SolverOptions = options): { result: Result; states: readonly RunState[] } => {
  const states: RunState[] = []
  for (const event of right(train(net(), data, more))) {
    if (event._tag === 'Step') states.push(snapshotRun(event.run))
    if (event._tag === 'Done') return { result: event.result, states }
  }
  throw new Error('no end')
}

describe('the moving average of the weights', () => {
  eachRun(({ dtype, tolerance }) => {
    test('agrees with PyTorch', () => {
      const { inputs, outputs } = goldenCase('methods', 'average')
      const { decay, every, learningRate, steps } = inputs as Record<string, number>
      const start = allTensors({ W1: inputs.W1, b1: inputs.b1, W2: inputs.W2, b2: inputs.b2 }, dtype)
      const plain = classifier(network([affine(5), relu, affine(3)]), { inShape: [4], dtype })
      const model: Model = { ...plain, init: () => ({ params: snapshotAll(start), state: {} }) }
      const rows = allTensors({ x: inputs.x }, dtype).x as Tensor
      const events = right(
        train(
          model,
          { xTrain: rows, yTrain: inputs.y as number[] },
          {
            average: { decay: decay as number, every: every as number },
            optimConfig: { learningRate: learningRate as number },
            batchSize: 8,
            numIterations: steps as number,
          },
        ),
      )
      for (const event of events) {
        if (event._tag !== 'Done') continue
        const [weights, average] = [outputs.weights, outputs.average].map((t) => allTensors(t, 'float64'))
        for (const name of Object.keys(start)) {
          close(event.run.weights.params[name] as Tensor, weights?.[name] as Tensor, tolerance, name)
          close(event.run.average?.params[name] as Tensor, average?.[name] as Tensor, tolerance, name)
          close(event.result.lastWeights.params[name] as Tensor, average?.[name] as Tensor, tolerance, name)
        }
      }
    })
  })

  eachBackend(() => {
    test('changes no step: weights and losses are those of a run without it', () => {
      const [averaged, plain] = [run(), run({ ...options, average: undefined })]
      expect(averaged.result.lossHistory).toEqual(plain.result.lossHistory)
      expect(averaged.states.map(({ weights }) => all(weights))).toEqual(
        plain.states.map(({ weights }) => all(weights)),
      )
      expect(all(averaged.result.lastWeights)).not.toEqual(all(plain.result.lastWeights))
    })

    test('of decay 0 is the weights themselves, statistics too', () => {
      for (const { weights, average } of run({ ...options, average: { decay: 0 } }).states) {
        expect(all(average as RunState['weights'])).toEqual(all(weights))
      }
    })

    test('is what evaluations look at, and what best and last weights hold', () => {
      for (const event of right(train(net(), data, options))) {
        if (event._tag === 'Epoch') {
          expect(event.weights).toBe(event.run.average)
          expect(event.valScore).toBe(accuracy(net(), event.weights, x, y))
          if (event.improved) expect(all(event.run.best?.weights as never)).toEqual(all(event.weights))
        }
        if (event._tag === 'Done') expect(all(event.result.lastWeights)).toEqual(all(event.run.average as never))
      }
    })

    test('goes on from any state, bit for bit', () => {
      const { result, states } = run()
      for (const state of states) {
        const before = structuredClone(state)
        for (const event of right(train(net(), data, options, state))) {
          if (event._tag !== 'Done') continue
          expect(all(event.result.lastWeights)).toEqual(all(result.lastWeights))
          expect(event.result.valScoreHistory).toEqual(result.valScoreHistory)
        }
        expect(state).toEqual(before)
      }
    })

    test('takes no memory but its own, and gives it back', () => {
      right(solve(net(), data, options))
      const before = heapBytesInUse()
      const inUse = new Set<number>()
      for (const event of right(train(net(), data, options))) {
        if (event._tag === 'Step' && event.step > 1) inUse.add(heapBytesInUse())
      }
      expect(inUse.size).toBe(1)
      expect(heapBytesInUse()).toBe(before)
    })
  })

  test.each<[unknown, string]>([
    [0.9, 'solver: average must be settings by name, e.g. { decay: 0.98 }, but got 0.9'],
    [
      {},
      'average: decay is missing; give the share that an update keeps, e.g. 0.98, which looks back about 50 updates',
    ],
    [{ decay: 1 }, 'average: decay must be a number in [0, 1), but got 1'],
    [{ decay: 0.9, every: 0 }, 'average: every must be an integer ≥ 1, but got 0'],
    [{ decai: 0.9 }, "average: unknown option 'decai'; did you mean 'decay'?"],
  ])('%j is refused', (average, message) => {
    expect(leftMessage(train(net(), data, { ...options, average } as SolverOptions))).toBe(message)
  })

  test('a state without it, or with one that does not fit, is refused', () => {
    const [state, plain] = [run().states[3], run({ ...options, average: undefined }).states[3]] as [RunState, RunState]
    const refusal = (from: RunState, more: SolverOptions = options) => leftMessage(train(net(), data, more, from))
    expect(refusal(plain)).toContain('it has no average of the weights, which these options ask for')
    expect(refusal(state, { ...options, average: undefined })).toContain(
      'it has an average of the weights, which these options do not ask for',
    )
    const bad = { ...state, average: { params: {}, state: {} } }
    expect(refusal(bad)).toContain('it has no average weight W1')
  })
})
