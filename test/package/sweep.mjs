import { isMainThread } from 'node:worker_threads'
import { fullyConnectedNet, orThrow, solve, tensor } from 'cachegrad'
import { choice, logUniform, random, runSweep, sweep } from 'cachegrad/sweep'

const study = sweep({
  space: { learningRate: logUniform(0.01, 0.05), hidden: choice([8, 16]) },
  data: () => ({ xTrain: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), yTrain: [0, 1, 1, 0] }),
  objective: ({ params, seed, note }, data) => {
    // Shared memory has another buffer than what each worker would have copied for itself.
    note('shared', data.xTrain.data.buffer instanceof SharedArrayBuffer)
    const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [params.hidden], numClasses: 2 }))
    const optimConfig = { learningRate: params.learningRate }
    const options = { updateRule: 'adam', optimConfig, numEpochs: 300, seed }
    return orThrow(solve(model, data, options)).trainAccHistory.at(-1)
  },
  direction: 'maximize',
  sampler: random(),
  trials: 6,
})
export default study

if (isMainThread) {
  const { trials, best, done, status } = orThrow(
    await runSweep(orThrow(study), { module: import.meta.url, workers: 2, journal: 'xor.jsonl' })(),
  )
  const place = trials.every(({ notes }) => notes.shared) ? 'all on the heap' : 'not all on the heap'
  console.log(`${status}: ${done} trials, ${place}, best accuracy ${best?.value ?? 'none'}`)
}
