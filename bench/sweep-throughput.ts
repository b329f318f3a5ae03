import { isMainThread } from 'node:worker_threads'
import { strokes } from '../src/data/index.ts'
import { fullyConnectedNet, orThrow, solve } from '../src/index.ts'
import { logUniform, random, runSweep, sweep } from '../src/sweep/index.ts'

/**
 * Trials a second with one worker and with two, in turn, so that a disturbance of the machine meets both. Prints Markdown.
 * Trials are alike: 784-100-100-10 on 6,000 strokes, batches of 100, twenty epochs.
 */

const ROUNDS = 5
const TRIALS = 16

const study = sweep({
  space: { learningRate: logUniform(1e-4, 1e-2) },
  data: () => {
    const { train } = orThrow(strokes({ numTrain: 6000, numTest: 0 }))
    return { xTrain: train.x, yTrain: train.y }
  },
  objective: ({ params, seed }, data) => {
    const model = orThrow(fullyConnectedNet({ inputDim: 28 * 28, hiddenDims: [100, 100], numClasses: 10 }))
    const options = { updateRule: 'adam', optimConfig: params, numEpochs: 20, seed } as const
    return orThrow(solve(model, data, options)).trainAccHistory.at(-1) ?? Number.NaN
  },
  direction: 'maximize',
  sampler: random(),
  trials: TRIALS,
})
export default study

/** Trials a second, from the first one's begin to the last one's end; and seconds until the first one began. */
const measure = async (workers: number): Promise<readonly [speed: number, start: number]> => {
  const called = performance.now()
  let [first, last] = [0, 0]
  const see = ({ _tag }: { readonly _tag: string }): void => {
    if (_tag === 'Begun') first ||= performance.now()
    if (_tag === 'Ended') last = performance.now()
  }
  orThrow(await runSweep(orThrow(study), { module: import.meta.url, workers, see })())
  return [(1000 * TRIALS) / (last - first), (first - called) / 1000]
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN

if (isMainThread) {
  console.log(`Node ${process.version}, ${ROUNDS} rounds of ${TRIALS} trials with each number of workers`)
  console.log()
  console.log('| round | 1 worker, trials/s | 2 workers, trials/s | ratio | start of 1, of 2, s |')
  console.log('|---|---:|---:|---:|---:|')
  const ratios: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    const [one, startOne] = await measure(1)
    const [two, startTwo] = await measure(2)
    ratios.push(two / one)
    const row = [
      round,
      one.toFixed(2),
      two.toFixed(2),
      (two / one).toFixed(2),
      `${startOne.toFixed(1)}, ${startTwo.toFixed(1)}`,
    ]
    console.log(`| ${row.join(' | ')} |`)
  }
  console.log(`\nmedian ratio ${median(ratios).toFixed(2)}`)
}
