import { describe, expect, test } from 'vitest'
import { useBackend } from '../../src/kernels/index.ts'
import { buildModel, gradientCheckModel, threeLayerConvNet } from '../../src/models/index.ts'
import { key, normal, randomIndices } from '../../src/random/index.ts'
import { solve } from '../../src/solver/index.ts'
import { bitsOf, leftMessage, random, right } from '../support.ts'

const small = { inputDim: [2, 6, 5], numFilters: 3, filterSize: 3, hiddenDim: 7, numClasses: 4 } as const

describe('threeLayerConvNet', () => {
  test('has the weights of cs231n', () => {
    const { params } = right(threeLayerConvNet()).init()
    expect(Object.fromEntries(Object.entries(params).map(([name, { shape }]) => [name, shape]))).toEqual({
      W1: [32, 3, 7, 7],
      b1: [32],
      W2: [32 * 16 * 16, 100],
      b2: [100],
      W3: [100, 10],
      b3: [10],
    })
  })

  test('begins with the loss of a guess, log C, and regularization adds to it', () => {
    const [x, y] = [random(1, [20, 3, 32, 32], 'float32'), randomIndices(key(2), 20, 10)]
    const losses = [0, 0.5].map((reg) => {
      const model = right(threeLayerConvNet({ reg }))
      return model.loss(model.init(), { x, y }, key(0)).loss
    })
    expect(losses[0]).toBeCloseTo(Math.log(10), 4)
    expect(losses[1]).toBeGreaterThan((losses[0] as number) + 0.1)
  })

  test('its gradients agree with central differences', () => {
    const model = right(threeLayerConvNet({ ...small, weightScale: 0.3, reg: 0.1, dtype: 'float64' }))
    const batch = { x: random(1, [3, 2, 6, 5]), y: [0, 3, 1] }
    const report = gradientCheckModel(model, batch, model.init())
    expect(report.error, report.text).toBeLessThan(1e-6)
  })

  test('learns a few examples by heart', () => {
    const model = right(threeLayerConvNet({ ...small, hiddenDim: 30, weightScale: 'he' }))
    const data = { xTrain: normal(key(1), [20, 2, 6, 5]), yTrain: randomIndices(key(2), 20, 4) }
    const options = { updateRule: 'adam', optimConfig: { learningRate: 5e-3 }, batchSize: 20, numEpochs: 100 } as const
    expect(right(solve(model, data, options)).trainAccHistory.at(-1)).toBe(1)
  })

  test('is its spec, and its options', () => {
    const model = right(threeLayerConvNet(small))
    expect(right(buildModel(model.spec as never)).spec).toEqual(model.spec)
    expect(right(threeLayerConvNet(model.options)).spec).toEqual(model.spec)
  })

  test('trains to the same bits with 1, 2 and 3 threads of wasm', () => {
    const data = { xTrain: normal(key(1), [64, 3, 16, 16]), yTrain: randomIndices(key(2), 64, 10) }
    const trained = [1, 2, 3].map((threads) => {
      right(useBackend('wasm-strict', threads))
      const model = right(
        threeLayerConvNet({ inputDim: [3, 16, 16], numFilters: 17, hiddenDim: 33, weightScale: 'he' }),
      )
      return bitsOf(right(solve(model, data, { batchSize: 32, numEpochs: 2 })).lastWeights.params)
    })
    expect(trained[1]).toEqual(trained[0])
    expect(trained[2]).toEqual(trained[0])
  }, 60_000)

  test.each([
    [{ inputDim: [3072] }, 'inputDim must be the shape of an image, [C, H, W], e.g. [3, 32, 32], but got [3072]'],
    [{ filterSize: 4 }, 'filterSize must be an odd integer ≥ 1, so that planes keep their size, but got 4'],
    [{ numFilter: 4 }, "unknown option 'numFilter'; did you mean 'numFilters'?"],
    [
      { inputDim: [3, 1, 5] },
      'maxPool1 of the network: maxPool: a window of 2×2 does not fit into planes of 1×5; use a smaller window',
    ],
  ])('refuses %j', (options, message) => {
    expect(leftMessage(threeLayerConvNet(options as never))).toBe(`threeLayerConvNet: ${message}`)
  })
})
