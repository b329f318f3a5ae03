// The training that kill.slow.test.ts kills: batchnorm, dropout, adam, cosine schedule, a
// checkpoint after every step or two; of rows, of images, or of images with all
// methods of image training at once. Tells where it begins, with a sum over its state, and the sum of its final weights.
import { createHash } from 'node:crypto'
import { openCheckpoints } from '../../src/checkpoint/index.ts'
import { orThrow } from '../../src/errors/index.ts'
import {
  affine,
  batchnorm,
  conv,
  dropout,
  flatten,
  gelu,
  globalAvgPool,
  groupnorm,
  maxPool,
  network,
  relu,
  scale,
} from '../../src/layers/index.ts'
import { classifier, fullyConnectedNet, type Weights } from '../../src/models/index.ts'
import { key, normal, randomIndices } from '../../src/random/index.ts'
import { type RunState, type SolverOptions, train } from '../../src/solver/index.ts'
import { bytes, isTensor } from '../../src/tensor/index.ts'

const [folder = '', every = '1', kind = 'rows'] = process.argv.slice(2)

const x = normal(key(1), [600, 64])
const y = randomIndices(key(2), 600, 10)
const data = { xTrain: x, yTrain: y, xVal: x, yVal: y }
const options: SolverOptions = {
  updateRule: 'adam',
  schedule: 'cosine',
  batchSize: 50,
  numEpochs: 25,
  plateau: { patience: 2 },
}
const rows = () =>
  orThrow(
    fullyConnectedNet({
      inputDim: 64,
      hiddenDims: [96, 64],
      numClasses: 10,
      normalization: 'batchnorm',
      keepProb: 0.8,
    }),
  )
const images = () =>
  classifier(
    network([
      ...[conv(6, { pad: 'same' }), batchnorm(), relu, maxPool(2), dropout(0.8)],
      ...[conv(8, { bias: false }), groupnorm(2), relu, globalAvgPool, affine(10)],
    ]),
    { inShape: [1, 8, 8] },
  )
/** All that image training has, at once. */
const methods = () =>
  classifier(
    network([
      ...[conv(8, { filterSize: 2, weightScale: 'whitening' }), gelu],
      ...[conv(10, { pad: 'same', weightScale: 'dirac', bias: false }), maxPool(2)],
      ...[batchnorm({ scale: false, momentum: 0.6 }), gelu, flatten, affine(10), scale(1 / 9)],
    ]),
    { inShape: [1, 8, 8], reg: 1e-3 },
  )
const pixels = bytes([600, 1, 8, 8], Uint8Array.from(randomIndices(key(3), 600 * 64, 256)), 128, 1 / 64)
const methodsOptions: SolverOptions = {
  updateRule: 'nesterov',
  optimConfig: { learningRate: 0.02, momentum: 0.85, weightDecay: 0.01 },
  groups: [
    { match: 'W1', frozen: true },
    { match: 'b1', frozen: { from: 3 } },
    { match: 'beta', learningRateScale: 8, weightDecay: 0 },
    { match: 'b3', frozen: { until: 1.5 } },
  ],
  schedule: 'triangular',
  scheduleConfig: { start: 0.2, peak: 0.23, end: 0.07 },
  average: { decay: 0.9, every: 2 },
  augment: { flip: 'alternate', shift: 2, border: 'reflect' },
  batchSize: 50,
  numEpochs: 24.5,
}

const runs = {
  rows: () => ({ model: rows(), data, options }),
  images: () => ({ model: images(), data, options }),
  methods: () => ({
    model: methods(),
    data: { xTrain: pixels, yTrain: y, xVal: pixels, yVal: y },
    options: methodsOptions,
  }),
}
const run = runs[kind as keyof typeof runs]()

const sumOf = (...all: readonly Weights[]): string => {
  const hash = createHash('sha256')
  for (const { params, state } of all) {
    for (const { data: values } of [...Object.values(params), ...Object.values(state)]) hash.update(values)
  }
  return hash.digest('hex')
}

const sumOfRun = ({ weights, configs, average, best, ...rest }: RunState): string => {
  const all = [weights, ...(average === undefined ? [] : [average]), ...(best === undefined ? [] : [best.weights])]
  const hash = createHash('sha256').update(sumOf(...all))
  for (const [name, config] of Object.entries(configs)) {
    for (const [slot, value] of Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1))) {
      hash.update(`${name} ${slot} ${isTensor(value) ? '' : value}`)
      if (isTensor(value)) hash.update(value.data)
    }
  }
  return hash.update(JSON.stringify(rest)).digest('hex')
}

const opened = await openCheckpoints(folder, run, { every: Number(every), resume: true })()
const checkpoints = orThrow(opened)
const begun = checkpoints.from?.lossHistory.length ?? 0
console.log(`begun ${begun} ${checkpoints.from === undefined ? '' : sumOfRun(checkpoints.from)}`)
for (const event of orThrow(train(run.model, run.data, run.options, checkpoints.from))) {
  await checkpoints.see(event)
  // With every state told that a checkpoint may hold, a run without interruption says what the others must find.
  if (process.env.TELL === 'all' && (event._tag === 'Step' || event._tag === 'Done'))
    console.log(`state ${event.run.lossHistory.length} ${sumOfRun(event.run)}`)
  if (event._tag === 'Done') console.log(`done ${sumOf(event.result.lastWeights, event.result.weights)}`)
}
