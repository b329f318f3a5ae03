// A folder of pictures, one folder a class, to an accuracy on pictures that were held out.
import { accuracy, affine, classifier, conv, flatten, holdOut, maxPool, network, orThrow, relu, solve } from 'cachegrad'
import { loadImages } from 'cachegrad/data'

const { x, y, classNames } = await orThrow(loadImages('pets', { size: 8 }))
const split = orThrow(holdOut({ x, y }, 4, { stratify: true }))
const net = network([conv(8, { pad: 'same' }), relu, maxPool(2), flatten, affine(classNames.length)])
const model = classifier(net, { inShape: x.shape.slice(1) })
const adam = { updateRule: 'adam', optimConfig: { learningRate: 0.01 }, numEpochs: 30 } as const
const result = orThrow(solve(model, { xTrain: split.xTrain, yTrain: split.yTrain }, adam))
console.log(`accuracy ${accuracy(model, result.weights, split.xVal, split.yVal)} of ${split.yVal.length} pictures`)
