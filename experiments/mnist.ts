// Nets on MNIST. Preset book: the book's two-layer experiment, 784-50-10, batch 100, learning rate 0.1, 10,000 iterations, batches drawn
// with replacement, beside the book's own numbers. Preset best: the best recipe we know for this kind of net. Preset conv: a small
// convolutional net by the methods of fast image training.
import { Option } from 'commander'
import type { Mnist } from '../src/data/index.ts'
import {
  accuracy,
  backend,
  type Consumer,
  type Data,
  type Epoch,
  holdOut,
  type SolverOptions,
  summary,
} from '../src/index.ts'
import { command, main, orFail, parse } from './support/cli.ts'
import { type DatasetOptions, datasetOptions, loadDataset } from './support/dataset.ts'
import { type FastRecipe, fastRecipe, fastSolver } from './support/fastRecipe.ts'
import { isGenuineMnist } from './support/genuine.ts'
import { type NetFlags, netOptions } from './support/netOptions.ts'
import { type Band, verdict } from './support/preset.ts'
import { type BuildNet, connected, fast } from './support/presetNets.ts'
import { progress } from './support/progress.ts'
import { type SolverFlags, solverOptions, toSolverOptions } from './support/solverOptions.ts'
import { checkTraining, type TrainingFlags, training, trainingOptions } from './support/training.ts'

interface Flags extends DatasetOptions, NetFlags, SolverFlags, TrainingFlags {
  readonly preset: keyof typeof presets
}

/** Settings with a name, and what they should reach. */
interface MnistPreset {
  readonly net: BuildNet
  readonly solver: SolverOptions
  readonly band: Band
}

/** A digit in a mirror is another sign, and what lies around it is black. A warm-up brought nothing (docs/methods.md). */
const digits: FastRecipe = {
  ...fastRecipe,
  widths: [24, 48, 96],
  numEpochs: 10,
  batchSize: 256,
  learningRate: 0.4,
  labelSmoothing: 0.1,
  schedule: { ...fastRecipe.schedule, start: 1 },
  augment: { shift: 2 },
}

const presets = {
  book: {
    net: connected({ inputDim: 28 * 28, hiddenDims: [50], weightScale: 0.01 }),
    solver: {
      updateRule: 'sgd',
      optimConfig: { learningRate: 0.1 },
      batchSize: 100,
      numIterations: 10_000,
      replacement: true,
      // The book prints the accuracy of all 60,000.
      numTrainSamples: null,
    },
    band: { of: 'test', from: 0.965, to: 0.975 },
  },
  best: {
    net: connected({ inputDim: 28 * 28, hiddenDims: [512, 256], normalization: 'batchnorm', keepProb: 0.9 }),
    solver: {
      updateRule: 'adamw',
      optimConfig: { learningRate: 3e-3, weightDecay: 0.02 },
      schedule: 'cosine',
      batchSize: 128,
      numEpochs: 20,
      augment: { shift: 2 },
    },
    band: { of: 'test', from: 0.987, to: 0.994 },
  },
  conv: {
    net: fast(digits, 1, 28),
    solver: fastSolver(digits),
    band: { of: 'test', from: 0.9955, to: 0.9975 },
  },
} satisfies Readonly<Record<string, MnistPreset>>

const HELD_OUT = 5000 // training images that choose the best weights, in all presets but book

/** Train and test accuracy of the book's own run, by iteration. */
const BOOK: Readonly<Record<number, readonly [train: string, test: string]>> = {
  600: ['.9043', '.9063'],
  1200: ['.9245', '.9262'],
  1800: ['.9360', '.9358'],
  2400: ['.9445', '.9442'],
  3000: ['.9519', '.9494'],
  3600: ['.9559', '.9544'],
  4200: ['.9617', '.9562'],
  4800: ['.9654', '.9592'],
  5400: ['.9686', '.9616'],
}

const four = (accuracy: number): string => accuracy.toFixed(4).replace(/^0/, '')

const row = ({ step, trainScore, valScore = Number.NaN }: Epoch, besideBook: boolean): string => {
  const [trainThere, testThere] = (besideBook ? BOOK[step] : undefined) ?? ['', '']
  return [String(step).padStart(9), four(trainScore), four(valScore), trainThere.padStart(7), testThere]
    .join('   ')
    .trimEnd()
}

const program = trainingOptions(
  solverOptions(
    netOptions(
      datasetOptions(
        command('mnist', 'A net on MNIST: a preset, and every setting can be changed.').addOption(
          new Option('--preset <name>', 'settings to start from').choices(Object.keys(presets)).default('book'),
        ),
      ),
    ),
  ),
)

/** Training on everything, and the test set looked at all the time, as the book does. */
const booksSplit = ({ train: all, test }: Mnist<Int32Array>): Data => {
  return { xTrain: all.x, yTrain: all.y, xVal: test.x, yVal: test.y }
}

/** Some training images choose the best weights, so that the test set is touched once, at the end. */
const heldOut = ({ train: all }: Mnist<Int32Array>): Data =>
  orFail(holdOut(all, Math.min(HELD_OUT, Math.floor(all.y.length / 10))))

/** The book's table. */
const table = (besideBook: boolean): Consumer => {
  let isHeaded = false
  return {
    see: (event) => {
      if (event._tag !== 'Epoch') return
      if (!isHeaded) console.log(`iteration   train    test${besideBook ? '   (book)  train, test' : ''}`)
      isHeaded = true
      console.log(row(event, besideBook))
    },
  }
}

main(async () => {
  const flags = parse<Flags>(program)
  const isBook = flags.preset === 'book'
  const preset: MnistPreset = presets[flags.preset]
  const { model, options: net } = preset.net(flags)
  const solver = toSolverOptions(flags, preset.solver)
  checkTraining(flags, solver)
  const dataset = orFail(await loadDataset(flags)())
  const { train: examples, test } = dataset
  const data = isBook ? booksSplit(dataset) : heldOut(dataset)
  console.log(`backend: ${backend().description}; ${examples.y.length} training and ${test.y.length} test images`)
  console.log(summary(model).text)

  const isGenuine = isGenuineMnist(dataset)
  const view = isBook ? table(isGenuine) : progress()
  const { result, steps, seconds, isWhole, finish } = await training(flags, model, data, solver, view)
  const details = {
    title: `MNIST, preset ${flags.preset}`,
    settings: { preset: flags.preset, data: flags.data, ...net, ...solver },
    // The book has no validation set, so its weights are those of the last step, not the best on the test set.
    result: isBook ? { ...result, weights: result.lastWeights } : result,
  }
  if (!isWhole) return finish(details)
  const reached = accuracy(model, details.result.weights, test.x, test.y)
  const validation = Math.max(...result.valAccHistory)
  console.log(
    `test accuracy ${reached.toFixed(4)} after ${result.steps} iterations, ${steps} in ${seconds.toFixed(1)} s`,
  )
  if (isGenuine) console.log(verdict(flags.preset, preset, { validation, test: reached }))
  await finish({ ...details, test })
})
