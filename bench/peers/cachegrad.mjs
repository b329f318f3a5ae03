// The package as it is built: the public generator for training, the public function for evaluation.
import { accuracy, backend, bytes, fullyConnectedNet, orThrow, train } from '../../dist/index.js'
import { dataOf, serve, timed, workload } from './serve.mjs'

const { inputDim, hiddenDims, numClasses, batchSize, rule, learningRate, batchnorm, keepProb, rows, evaluate } =
  workload()
const { x, y } = dataOf(rows, inputDim, numClasses)
const images = bytes([rows, inputDim], x, 127.5, 1 / 73.9)
const normalization = batchnorm ? { normalization: 'batchnorm' } : {}
const model = orThrow(fullyConnectedNet({ inputDim, hiddenDims, numClasses, keepProb, ...normalization }))

const evaluation = () => {
  const weights = model.init()
  return timed(() => accuracy(model, weights, images, y))
}

const training = () => {
  const options = { updateRule: rule, optimConfig: { learningRate }, batchSize, numIterations: 1e9 }
  const events = orThrow(train(model, { xTrain: images, yTrain: y }, options))
  return (count) => {
    let seconds = 0
    for (let steps = 0; steps < count; ) {
      const start = performance.now()
      const { value } = events.next()
      // Between epochs the generator evaluates the net, which no peer's step does.
      if (value._tag !== 'Step') continue
      seconds += (performance.now() - start) / 1000
      steps++
    }
    return seconds
  }
}

await serve(backend().description, evaluate ? evaluation() : training())
