import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { fullyConnectedNet, key, normal, orThrow, randomIndices, solve } from '../src/index.ts'
import { logUniform, random, runSweep, sweep } from '../src/sweep/index.ts'
import { median } from './statistics.ts'

/**
 * Trials a second with one worker, with two, and by two processes with a worker each, which tells what the machine has to give: in turn, so
 * that a disturbance meets all of them. Prints Markdown.
 */

const ROUNDS = 5
const TRIALS = 24

interface Workload {
  readonly title: string
  readonly images: number
  readonly dims: readonly [inputDim: number, hidden: number]
  readonly batchSize: number
  readonly updateRule: 'sgdMomentum' | 'adam'
  readonly numEpochs: number
}

const workloads: readonly Workload[] = [
  { title: 'CIFAR-10', images: 1000, dims: [3072, 256], batchSize: 250, updateRule: 'sgdMomentum', numEpochs: 10 },
  { title: 'MNIST', images: 6000, dims: [784, 100], batchSize: 100, updateRule: 'adam', numEpochs: 10 },
]

// Workers and children get their workload and their number of trials so.
const { BENCH_WORKLOAD = '0', BENCH_TRIALS = String(TRIALS) } = process.env
const workload = workloads[Number(BENCH_WORKLOAD)] as Workload
const trials = Number(BENCH_TRIALS)

const study = sweep({
  space: { learningRate: logUniform(1e-4, 1e-2) },
  data: () => ({
    xTrain: normal(key(1), [workload.images, workload.dims[0]]),
    yTrain: randomIndices(key(2), workload.images, 10),
  }),
  objective: ({ params, seed }, data) => {
    const { dims, batchSize, updateRule, numEpochs } = workload
    const [inputDim, hidden] = dims
    const model = orThrow(fullyConnectedNet({ inputDim, hiddenDims: [hidden, hidden], numClasses: 10 }))
    const options = { updateRule, optimConfig: params, batchSize, numEpochs, seed }
    return orThrow(solve(model, data, options)).lossHistory.at(-1) ?? Number.NaN
  },
  direction: 'minimize',
  sampler: random(),
  trials,
})
export default study

/** Milliseconds from the first trial's begin to the last one's end; `ready` is called before the first. */
const run = async (workers: number): Promise<number> => {
  let [first, last] = [0, 0]
  const see = ({ _tag }: { readonly _tag: string }): void => {
    if (_tag === 'Begun') first ||= performance.now()
    if (_tag === 'Ended') last = performance.now()
  }
  orThrow(await runSweep(orThrow(study), { module: import.meta.url, workers, see })())
  return last - first
}

type How = '1 worker' | '2 workers' | '2 processes'

const timeOfChild = (index: number, how: How): Promise<number> =>
  new Promise((resolve, reject) => {
    const count = how === '2 processes' ? TRIALS / 2 : TRIALS
    const env = { ...process.env, BENCH_WORKLOAD: String(index), BENCH_TRIALS: String(count) }
    const child = fork(fileURLToPath(import.meta.url), [how === '2 workers' ? '2' : '1'], { env })
    child.once('message', (time) => resolve(Number(time)))
    child.once('exit', () => reject(new Error('the child ended without a time')))
  })

/** Trials a second: two processes do half of the trials each, and the slower one counts. */
const speedOf = async (index: number, how: How): Promise<number> => {
  const times = await Promise.all(Array.from({ length: how === '2 processes' ? 2 : 1 }, () => timeOfChild(index, how)))
  return (1000 * TRIALS) / Math.max(...times)
}

const compare = async (index: number, { title, dims, batchSize, updateRule, numEpochs }: Workload): Promise<void> => {
  const [inputDim, hidden] = dims
  const net = `${inputDim}-${hidden}-${hidden}-10, ${updateRule}, batches of ${batchSize}, ${numEpochs} epochs`
  console.log(`\n${title}: ${net}\n`)
  console.log('| round | 1 worker, trials/s | 2 workers | 2 processes | 2 workers / 1 | 2 processes / 1 |')
  console.log('|---|---:|---:|---:|---:|---:|')
  const ratios: [number, number][] = []
  for (let round = 1; round <= ROUNDS; round++) {
    const one = await speedOf(index, '1 worker')
    const two = await speedOf(index, '2 workers')
    const apart = await speedOf(index, '2 processes')
    ratios.push([two / one, apart / one])
    const cells = [one, two, apart, two / one, apart / one].map((value) => value.toFixed(2))
    console.log(`| ${[round, ...cells].join(' | ')} |`)
  }
  const [workers, processes] = [median(ratios.map(([ratio]) => ratio)), median(ratios.map(([, ratio]) => ratio))]
  console.log(`\nmedians: 2 workers ${workers.toFixed(2)}, 2 processes ${processes.toFixed(2)}`)
}

if (isMainThread && process.send !== undefined) {
  process.send(await run(Number(process.argv[2])))
} else if (isMainThread) {
  console.log(`Node ${process.version}, ${ROUNDS} rounds of ${TRIALS} trials with each`)
  for (const [index, each] of workloads.entries()) await compare(index, each)
}
