// A sweep of a learning rate and a width, on all cores: each worker thread imports this very module.
import { isMainThread } from 'node:worker_threads'
import { fullyConnectedNet, holdOut, orThrow, solve } from 'cachegrad'
import { strokes } from 'cachegrad/data'
import { int, logUniform, runSweep, sweep, tpe } from 'cachegrad/sweep'

const study = sweep({
  space: { learningRate: logUniform(1e-4, 1e-1), hidden: int(16, 64, { step: 16 }) },
  // Loaded once; the workers see the same memory.
  data: () => {
    const { x, y } = orThrow(strokes({ numTrain: 1500, numTest: 1 })).train
    return orThrow(holdOut({ x, y }, 0.2))
  },
  objective: ({ params: { learningRate, hidden }, seed }, data) => {
    const model = orThrow(fullyConnectedNet({ inputDim: 784, hiddenDims: [hidden], numClasses: 10 }))
    const options = { updateRule: 'adam', optimConfig: { learningRate }, numEpochs: 3, seed } as const
    return orThrow(solve(model, data, options)).best?.valScore ?? 0
  },
  direction: 'maximize',
  sampler: tpe(),
  trials: 8,
})
export default study

if (isMainThread) {
  const { best, done } = orThrow(await runSweep(orThrow(study), { module: import.meta.url, workers: 2 })())
  console.log(`${done} trials; best ${best?.value} with`, best?.params)
}
