import { accuracy, adam, batches, foldIn, fullyConnectedNet, key, orThrow, step } from 'cachegrad'
import { strokes } from 'cachegrad/data'

const { train, test } = orThrow(strokes({ numTrain: 1000, numTest: 500 }))
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [32] }))
let state = { weights: model.init(), configs: {} }
for (let epoch = 0; epoch < 5; epoch++) {
  for (const batch of batches(train, { key: foldIn(key(1), epoch) })) {
    state = step(model, { rule: adam, learningRate: 1e-3 }, state, batch).state
  }
}
console.log(`accuracy ${accuracy(model, state.weights, test.x, test.y)}`)
