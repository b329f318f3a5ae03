import { fullyConnectedNet, holdOut, orThrow } from 'cachegrad'
import { trainTrial } from 'cachegrad/checkpoint'
import { strokes } from 'cachegrad/data'
import { logUniform, median, random, runSweep, sweep } from 'cachegrad/sweep'

const space = { learningRate: logUniform(1e-3, 1e-1) }
const data = () => orThrow(holdOut(orThrow(strokes({ numTrain: 1000, numTest: 0 })).train, 200))
const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [32] }))
const study = sweep({
  ...{ space, data, direction: 'maximize', sampler: random(), pruner: median(), trials: 4 },
  objective: ({ params, seed, ...trial }, examples) =>
    trainTrial(trial, model, examples, { updateRule: 'adam', optimConfig: params, numEpochs: 3, seed }),
})
const { status, best } = await orThrow(runSweep(orThrow(study)))
console.log(`${status}, accuracy ${best?.value}`)
