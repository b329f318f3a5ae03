import { fullyConnectedNet, orThrow, solve, tensor } from 'cachegrad'

const data = { xTrain: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), yTrain: [0, 1, 1, 0] }
const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [16], numClasses: 2 }))
const result = orThrow(
  solve(model, data, { updateRule: 'adam', optimConfig: { learningRate: 0.02 }, numEpochs: 300, seed: 1 }),
)
const { weights, trainAccHistory, backend } = result
console.log(`accuracy ${trainAccHistory.at(-1)} with ${backend}`)
if (trainAccHistory.at(-1) !== 1 || weights.params.W1 === undefined) process.exit(1)
