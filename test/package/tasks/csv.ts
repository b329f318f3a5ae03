// A CSV file to R² on rows that were held out.
import { evaluate, fullyConnectedNet, holdOut, orThrow, regression, solve, standardize } from 'cachegrad'
import { loadCsv } from 'cachegrad/data'

const table = await orThrow(loadCsv('houses.csv', { target: 'price', categories: ['post'] }))
const split = orThrow(holdOut(table, 0.2))
const { x: xTrain, transform } = orThrow(standardize(split.xTrain))
const model = orThrow(fullyConnectedNet({ inputDim: table.features.length, hiddenDims: [16], task: regression() }))
const adam = { updateRule: 'adam', optimConfig: { learningRate: 0.02 }, numEpochs: 100, batchSize: 32 } as const
const result = orThrow(solve(model, { xTrain, yTrain: split.yTrain }, adam))
const { r2 } = evaluate(model, result.weights, { x: transform(split.xVal), y: split.yVal })
console.log(`R² ${r2?.toFixed(2)} of ${split.xVal.shape[0]} rows`)
