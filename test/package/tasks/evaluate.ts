import { evaluate, fullyConnectedNet, orThrow, solve } from 'cachegrad'
import { strokes } from 'cachegrad/data'

const { train, test } = orThrow(strokes({ numTrain: 1000, numTest: 500 }))
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [32] }))
const { weights } = orThrow(solve(model, { xTrain: train.x, yTrain: train.y }, { updateRule: 'adam', numEpochs: 5 }))
const { loss, accuracy } = evaluate(model, weights, test)
console.log(`loss ${loss}, accuracy ${accuracy}`)
