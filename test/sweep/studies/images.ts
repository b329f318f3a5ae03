import { orThrow } from '../../../src/errors/index.ts'
import { threeLayerConvNet } from '../../../src/models/index.ts'
import { key, normal, randomIndices } from '../../../src/random/index.ts'
import { solve } from '../../../src/solver/index.ts'
import { random } from '../../../src/sweep/samplers/random.ts'
import { int, logUniform } from '../../../src/sweep/space/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'

/** Trains a convolutional net on a few images. */
export default sweep({
  space: { learningRate: logUniform(1e-3, 1e-2), numFilters: int(2, 9) },
  data: () => ({ xTrain: normal(key(1), [40, 2, 9, 7]), yTrain: randomIndices(key(2), 40, 3) }),
  objective: ({ params: { learningRate, numFilters }, seed }, data) => {
    const net = {
      inputDim: [2, 9, 7],
      numFilters,
      filterSize: 3,
      hiddenDim: 12,
      numClasses: 3,
      weightScale: 'he',
    } as const
    const model = orThrow(threeLayerConvNet(net))
    const options = { updateRule: 'adam', optimConfig: { learningRate }, batchSize: 20, numEpochs: 3, seed } as const
    return orThrow(solve(model, data, options)).lossHistory.at(-1) as number
  },
  direction: 'minimize',
  sampler: random(),
  trials: 6,
})
