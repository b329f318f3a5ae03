// A convolutional net out of layers, its sizes before it is trained, and a few epochs on small images.
import { affine, classifier, conv, evaluate, flatten, gelu, maxPool, network, orThrow, solve, summary } from 'cachegrad'
import { strokes } from 'cachegrad/data'

const { train, test } = orThrow(strokes({ numTrain: 1500, numTest: 300, flatten: false }))
const net = network([
  conv(8, { filterSize: 3, pad: 'same' }),
  gelu,
  maxPool(2),
  conv(16, { filterSize: 3, pad: 'same' }),
  gelu,
  maxPool(2),
  flatten,
  affine(10),
])
const model = classifier(net, { inShape: [1, 28, 28] })
console.log(summary(model).text)

const options = { updateRule: 'adam', optimConfig: { learningRate: 3e-3 }, numEpochs: 4, batchSize: 50 } as const
const { weights } = orThrow(solve(model, { xTrain: train.x, yTrain: train.y }, options))
console.log('test', evaluate(model, weights, test))
