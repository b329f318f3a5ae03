import { expect, test } from 'vitest'
import { iris } from '../../experiments/support/iris.ts'
import { accuracy, folds, fullyConnectedNet, overSeeds, solve, splitRows, standardize } from '../../src/index.ts'
import { close, right } from '../support.ts'

const { x, y, classNames } = iris()

test('the flowers are those of scikit-learn’s load_iris', () => {
  expect([x.shape, classNames, [...y].filter((label) => label === 1).length]).toEqual([
    [150, 4],
    ['setosa', 'versicolor', 'virginica'],
    50,
  ])
  // load_iris().data.mean(axis=0), .std(axis=0)
  const { input } = right(
    standardize({ shape: x.shape, data: Float64Array.from(x.data, (v) => Math.round(10 * v) / 10) }),
  )
  const expected = {
    mean: [5.843333333333334, 3.0573333333333337, 3.7580000000000005, 1.1993333333333336],
    std: [0.8253012917851409, 0.4344109677354946, 1.7594040657753032, 0.7596926279021594],
  }
  close(input.mean, expected.mean, 1e-12, 'mean')
  close(
    input.scale.map((v) => 1 / v),
    expected.std,
    1e-12,
    'std',
  )
})

test('0.95 or better over ten stratified folds', () => {
  const all = right(folds(150, 10, { stratify: y }))
  const { mean, std } = overSeeds((fold) => {
    const { xTrain, yTrain, xVal, yVal } = splitRows({ x, y }, all[fold] as (typeof all)[number])
    const { x: standardized, transform } = right(standardize(xTrain))
    const model = right(fullyConnectedNet({ inputDim: 4, hiddenDims: [16], numClasses: 3, reg: 1e-2 }))
    const options = {
      updateRule: 'adam',
      optimConfig: { learningRate: 0.02 },
      schedule: 'cosine',
      batchSize: 27,
      numEpochs: 60,
    } as const
    const { weights } = right(solve(model, { xTrain: standardized, yTrain }, options))
    return accuracy(model, weights, transform(xVal), yVal)
  }, 10)
  // 0.9533 to 0.9733 with the folds of five seeds; one fold is 15 flowers.
  expect(mean).toBeGreaterThanOrEqual(0.95)
  expect(std).toBeLessThan(0.1)
})
