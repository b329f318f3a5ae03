import { describe, expect, test } from 'vitest'
import { fullyConnectedNet } from '../../src/models/index.ts'
import { type UpdateRuleName, updateRules } from '../../src/optim/index.ts'
import { key } from '../../src/random/index.ts'
import { type Optimizer, step, type TrainState } from '../../src/solver/index.ts'
import { type Dtype, gather, linspace, ones, type Tensor, type Tensors, zeros } from '../../src/tensor/index.ts'
import { allTensors, close, closeAll, eachRun, type GoldenCase, golden, right, tensorFrom } from '../support.ts'

const rows = (indices: readonly number[]): Int32Array => Int32Array.from(indices)

/** cs231n starts at running mean 0 and variance 1. */
const startOfStatistics = (params: Tensors, dtype: Dtype): Tensors =>
  Object.fromEntries(
    Object.entries(params)
      .filter(([name]) => name.startsWith('gamma'))
      .flatMap(([name, { shape }]) => [
        [name.replace('gamma', 'runningMean'), zeros(shape, dtype)],
        [name.replace('gamma', 'runningVar'), ones(shape, dtype)],
      ]),
  )

const twentySteps = ({ name, inputs }: GoldenCase, dtype: Dtype) => {
  const x = tensorFrom(inputs.x, dtype)
  const y = inputs.y as number[]
  const params = allTensors(inputs.params, dtype)
  const hiddenDims = Object.keys(params)
    .filter((p) => p.startsWith('b') && !p.startsWith('beta'))
    .slice(0, -1)
    .map((p) => (params[p] as Tensor).data.length)
  const model = right(
    fullyConnectedNet({
      inputDim: x.shape[1] as number,
      hiddenDims,
      numClasses: 3,
      reg: inputs.reg as number,
      dtype,
      ...(name.includes('Batchnorm') ? { normalization: 'batchnorm' as const } : {}),
    }),
  )
  const { learningRate, ...optimConfig } = inputs.config as { learningRate: number }
  const rule = updateRules[inputs.rule as UpdateRuleName] as Optimizer['rule']
  let state: TrainState = { weights: { params, state: startOfStatistics(params, dtype) }, configs: {} }
  let firstGrads: Tensors | undefined
  const losses: number[] = []
  for (const indices of inputs.batches as number[][]) {
    const batch = { x: gather(x, rows(indices)), y: indices.map((i) => y[i] as number) }
    firstGrads ??= model.loss(state.weights, batch, key(0)).grads
    const next = step(model, { rule, learningRate, optimConfig }, state, batch, key(0))
    state = next.state
    losses.push(next.loss)
  }
  const scores = model.scores(state.weights, gather(x, rows([0, 1, 2, 3, 4])))
  return { firstGrads: firstGrads as Tensors, losses, ...state.weights, scores }
}

// A bias before batchnorm has an exactly zero gradient; Adam divides its rounding noise by its own size, so these and what
// depends on them wander by up to 20 steps of 1e-3. The losses and all other weights do not.
const noisy = {
  case: 'threeLayerBatchnormAdam',
  params: ['b1', 'b2'],
  state: ['runningMean1', 'runningMean2'],
  float64: 1e-9,
  float32: 1e-2,
}

describe('twenty solver steps agree with NumPy', () => {
  test('the exceptions name an existing case', () => {
    expect(golden('solver').cases.map((c) => c.name)).toContain(noisy.case)
  })

  eachRun(({ dtype, tolerance }) => {
    test.each(golden('solver').cases)('$name', (c) => {
      const { firstGrads, losses, params, state, scores } = twentySteps(c, dtype)
      const isNoisy = c.name === noisy.case
      const closeExcept = (actual: Tensors, expected: unknown, exceptions: readonly string[]): void => {
        const entries = Object.entries(expected as Tensors)
        expect(Object.keys(actual).sort()).toEqual(entries.map(([name]) => name).sort())
        for (const [name, value] of entries) {
          const allowed = isNoisy && exceptions.includes(name) ? noisy[dtype] : tolerance
          close(actual[name] as Tensor, value, allowed, name)
        }
      }
      close(losses, c.outputs.losses as number[], tolerance, 'losses')
      closeAll(firstGrads as Record<string, Tensor>, c.outputs.firstGrads as Tensors, tolerance)
      closeExcept(params, c.outputs.params, noisy.params)
      closeExcept(state, c.outputs.state ?? {}, noisy.state)
      close(scores, tensorFrom(c.outputs.scores, 'float64'), isNoisy ? noisy[dtype] : tolerance, 'scores')
    })
  })

  test('the comparison sees a difference of one part in 10¹¹', () => {
    const x = linspace(1, 2, [5], 'float64')
    const moved = { shape: x.shape, data: x.data.map((v, i) => (i === 3 ? v * (1 + 1e-11) : v)) }
    expect(() => close(moved, x, 1e-12)).toThrow(/element 3 is/)
    expect(() => close(zeros([2]), zeros([1, 2]), 1)).toThrow(/shape/)
    expect(() => close([Number.NaN], [1], 1)).toThrow(/off by NaN/)
  })
})
