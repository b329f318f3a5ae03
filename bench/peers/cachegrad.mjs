// The package that is built here, or in the folder BENCH_PACKAGE and then of whichever commit: so only public names are used (the
// generator for training, the function for evaluation), and what may be an Either is taken out of it.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dataOf, serve, timed, workload } from './serve.mjs'

const folder = process.env.BENCH_PACKAGE ?? resolve(import.meta.dirname, '../..')
const cachegrad = await import(pathToFileURL(`${folder}/dist/index.js`))
const { accuracy, backend, bytes, fullyConnectedNet, train } = cachegrad

const right = (result) => {
  if (result._tag === 'Left') throw result.left
  return result._tag === 'Right' ? result.right : result
}

const { inputDim, hiddenDims, numClasses, batchSize, rule, learningRate, batchnorm, keepProb, rows, evaluate, layers } =
  workload()
const { x, y } = dataOf(rows, inputDim, numClasses)
const images = right(bytes(layers ? [rows, 3, 32, 32] : [rows, inputDim], x, 127.5, 1 / 73.9))
const model = layers ? ofImages() : ofRows()

function ofRows() {
  const normalization = batchnorm ? { normalization: 'batchnorm' } : {}
  return right(fullyConnectedNet({ inputDim, hiddenDims, numClasses, keepProb, ...normalization }))
}

function ofImages() {
  const { affine, batchnorm, classifier, conv, gelu, maxPool, network, relu } = cachegrad
  const makes = {
    conv: (i, filters, filterSize, pad) => {
      const [next] = layers.slice(i + 1).find(([kind]) => kind !== 'maxPool')
      return conv(filters, { filterSize, pad, bias: next !== 'batchnorm' })
    },
    maxPool: (_, size) => maxPool(size),
    affine: (_, units) => affine(units),
    batchnorm: () => batchnorm(),
    relu: () => relu,
    gelu: () => gelu,
  }
  const net = network(layers.map(([kind, ...numbers], i) => makes[kind](i, ...numbers)))
  return classifier(net, { inShape: [3, 32, 32] })
}

const evaluation = () => {
  const weights = model.init()
  return timed(() => accuracy(model, weights, images, y))
}

const training = () => {
  const options = { updateRule: rule, optimConfig: { learningRate }, batchSize, numIterations: 1e9 }
  const events = right(train(model, { xTrain: images, yTrain: y }, options))
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
