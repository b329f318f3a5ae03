import { fullyConnectedNet, holdOut, orThrow, solve } from 'cachegrad'
import { strokes } from 'cachegrad/data'

const { train } = orThrow(strokes({ numTrain: 1000, numTest: 0 }))
const data = orThrow(holdOut(train, 0.2, { stratify: true }))
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [32] }))
const { best } = orThrow(solve(model, data, { updateRule: 'adam', numEpochs: 5 }))
console.log(`${data.yVal.length} rows held out, accuracy ${best?.valScore}`)
