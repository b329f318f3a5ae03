// A net learns XOR: the shortest way from data to a trained net.
import { argmaxRows, fullyConnectedNet, orThrow, predict, solve, tensor } from 'cachegrad'

const x = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
])
const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [16], numClasses: 2 }))
const options = { updateRule: 'adam', optimConfig: { learningRate: 0.02 }, numEpochs: 300, seed: 1 } as const
const { weights, lossHistory, backend } = orThrow(solve(model, { xTrain: x, yTrain: [0, 1, 1, 0] }, options))

console.log(`loss ${lossHistory.at(-1)?.toFixed(4)} with ${backend}`)
console.log('classes', argmaxRows(predict(model, weights, x)).join(' ')) // classes 0 1 1 0
