// Trains in a worker, so that the page stays free; tells it the loss; reads what is drawn with the weights of the moment.
import {
  bytes,
  fullyConnectedNet,
  orThrow,
  predict,
  remoteControl,
  runToEnd,
  strokes,
  train,
} from '../../dist/cachegrad.js'

const digits = orThrow(strokes({ numTrain: 8000, numTest: 1000 }))
const data = { xTrain: digits.train.x, yTrain: digits.train.y, xVal: digits.test.x, yVal: digits.test.y }
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [100] }))
let weights = model.init()

// The page posts pixels, or what `remoteControl` understands: 'pause', 'resume', 'stop'.
self.addEventListener('message', ({ data: pixels }) => {
  if (!(pixels instanceof Uint8Array)) return
  const probabilities = predict(model, weights, bytes([1, 784], pixels, 0, 1 / 255))
  postMessage({ probabilities: [...probabilities.data] })
})

const control = remoteControl(self)
const options = { updateRule: 'adam', optimConfig: { learningRate: 2e-3 }, numEpochs: 10, signal: control.signal }
const tell = (event) => {
  if (event._tag === 'Step') postMessage({ step: event.step, steps: event.totalSteps, loss: event.loss })
  if (event._tag === 'Epoch') postMessage({ epoch: event.epoch, accuracy: event.valScore })
  if (event._tag === 'Step' || event._tag === 'Epoch') weights = event.weights
}
const result = await runToEnd(orThrow(train(model, data, options)), [control, { see: tell }])
weights = result.weights
postMessage({ status: result.status, backend: result.backend })
