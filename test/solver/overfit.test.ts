import { describe, expect, test } from 'vitest'
import { strokes } from '../../src/data/index.ts'
import { fullyConnectedNet } from '../../src/models/index.ts'
import { key } from '../../src/random/index.ts'
import { accuracy, solve } from '../../src/solver/index.ts'
import { eachBackend, right } from '../support.ts'

// cs231n's sanity check: a net that cannot learn 50 images by heart has a bug.
describe('50 images are overfitted to 100 % within 20 epochs', () => {
  const { train } = right(strokes({ key: key(1), numTrain: 50, numTest: 0 }))

  eachBackend(() => {
    test.each([
      ['three', [100, 100]],
      ['five', [100, 100, 100, 100]],
    ])('by a net of %s layers', (_name, hiddenDims) => {
      const model = right(fullyConnectedNet({ inputDim: 784, hiddenDims }))
      const data = { xTrain: train.x, yTrain: train.y }
      const options = { batchSize: 25, numEpochs: 20, optimConfig: { learningRate: 0.1 }, seed: 1 }
      const { trainAccHistory, lastWeights } = right(solve(model, data, options))
      expect(trainAccHistory.at(-1)).toBe(1)
      expect(accuracy(model, lastWeights, train.x, train.y)).toBe(1)
      // It did not know them before.
      expect(trainAccHistory[0]).toBeLessThan(0.4)
    })
  })
})
