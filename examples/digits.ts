// Handwritten digits that need no download: training as a sequence of events, and the accuracy on what was held back.
import { accuracy, fullyConnectedNet, orThrow, sliceRows, train, type Weights } from 'cachegrad'
import { strokes } from 'cachegrad/data'

const digits = orThrow(strokes({ numTrain: 3000, numTest: 500 }))
const { x, y } = digits.train
const data = {
  xTrain: sliceRows(x, 0, 2500),
  yTrain: y.subarray(0, 2500),
  xVal: sliceRows(x, 2500, 3000),
  yVal: y.subarray(2500),
}
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [100], numClasses: 10 }))

let weights: Weights | undefined
for (const event of orThrow(train(model, data, { updateRule: 'adam', numEpochs: 5, seed: 1 }))) {
  if (event._tag === 'Epoch')
    console.log(`epoch ${event.epoch}: loss ${event.loss.toFixed(3)}, validation ${event.valAcc}`)
  if (event._tag === 'Done') weights = event.result.weights
}
if (weights !== undefined) console.log('test accuracy', accuracy(model, weights, digits.test.x, digits.test.y))
