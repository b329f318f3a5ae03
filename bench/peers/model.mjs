// The net of a workload, made with the public names of a library: this tree's, or that of another commit.

const right = (result) => {
  if (result._tag === 'Left') throw result.left
  return result._tag === 'Right' ? result.right : result
}

const ofRows = ({ fullyConnectedNet }, { inputDim, hiddenDims, numClasses, keepProb, batchnorm }) => {
  const normalization = batchnorm ? { normalization: 'batchnorm' } : {}
  return right(fullyConnectedNet({ inputDim, hiddenDims, numClasses, keepProb, ...normalization }))
}

const ofImages = ({ affine, batchnorm, classifier, conv, gelu, maxPool, network, relu }, { layers }) => {
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

/** Images as bytes, and the net for them. */
export const problemOf = (library, workload, { x, y }) => {
  const { rows, inputDim, layers } = workload
  const shape = layers ? [rows, 3, 32, 32] : [rows, inputDim]
  return {
    model: (layers ? ofImages : ofRows)(library, workload),
    images: right(library.bytes(shape, x, 127.5, 1 / 73.9)),
    labels: y,
  }
}

/** The events of a run that does not end. */
export const eventsOf = ({ train }, { rule, learningRate, batchSize }, { model, images, labels }) => {
  const options = { updateRule: rule, optimConfig: { learningRate }, batchSize, numIterations: 1e9 }
  return right(train(model, { xTrain: images, yTrain: labels }, options))
}
