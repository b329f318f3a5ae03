// cs231n's search for the best fully connected net on CIFAR-10, by TPE and with early stopping of trials that fall behind.
import { trainTrial } from '../src/checkpoint/index.ts'
import { loadCifar10 } from '../src/data/index.ts'
import { accuracy, fullyConnectedNet, orThrow, type SolverOptions, solve } from '../src/index.ts'
import {
  asha,
  choice,
  int,
  logUniform,
  type Params,
  type ParamsOf,
  sweep,
  tpe,
  uniform,
  when,
} from '../src/sweep/index.ts'
import { downloadBar } from './support/progress.ts'
import { sweeping } from './support/sweeping.ts'

export const EPOCHS = 9

export const space = {
  learningRate: logUniform(1e-5, 1e-1),
  reg: logUniform(1e-6, 1e-1),
  hidden: int(32, 512, { step: 32 }),
  layers: int(1, 4),
  normalization: choice(['none', 'batchnorm']),
  updateRule: choice(['sgdMomentum', 'adam']),
  momentum: when('updateRule', ['sgdMomentum'], uniform(0.5, 0.99)),
  keepProb: uniform(0.5, 1),
}

type Settings = ParamsOf<typeof space>

interface Flags {
  readonly dataDir?: string
}

const load = ({ dataDir }: Flags, numTraining: number, numValidation: number) =>
  loadCifar10({
    preprocess: 'standardize',
    ...{ numTraining, numValidation, numTest: null, onProgress: downloadBar() },
    ...(dataDir === undefined ? {} : { dir: dataDir }),
  })()

const data = async (flags: Flags) => {
  const { train, val } = orThrow(await load(flags, 49_000, 1_000))
  return { xTrain: train.x, yTrain: train.y, xVal: val.x, yVal: val.y }
}

export const netOf = ({ hidden, layers, reg, keepProb, normalization }: Settings) =>
  orThrow(
    fullyConnectedNet({
      hiddenDims: Array(layers).fill(hidden),
      ...{ reg, keepProb },
      ...(normalization === 'none' ? {} : { normalization }),
    }),
  )

export const solverOf = ({ updateRule, learningRate, momentum }: Settings, seed: number): SolverOptions => ({
  updateRule,
  optimConfig: { learningRate, ...(momentum === undefined ? {} : { momentum }) },
  lrDecay: 0.9,
  batchSize: 128,
  numEpochs: EPOCHS,
  seed,
})

export const pruner = asha({ minSteps: 1, maxSteps: EPOCHS, reductionFactor: 3, generation: 4 })

const study = sweep({
  space,
  data: () => data({}),
  objective: (trial, data) => trainTrial(trial, netOf(trial.params), data, solverOf(trial.params, trial.seed)),
  direction: 'maximize',
  sampler: tpe(),
  pruner,
  trials: 100,
  seed: 231,
})
export default study

/** The net of these settings, trained on all training images: what it says of the test images is looked at here and nowhere else. */
const retrain = async (params: Params, flags: Flags): Promise<string> => {
  const settings = params as Settings
  const { train, test } = orThrow(await load(flags, 50_000, 0))
  const model = netOf(settings)
  const { weights } = orThrow(solve(model, { xTrain: train.x, yTrain: train.y }, solverOf(settings, 231)))
  return `retrained on ${train.y.length} images: test accuracy ${accuracy(model, weights, test.x, test.y).toFixed(4)}`
}

sweeping<Flags>({
  name: 'sweep-cifar10',
  title: 'A sweep over fully connected nets on CIFAR-10',
  module: import.meta.url,
  study,
  epochs: EPOCHS,
  options: (command) =>
    command.option(
      '--data-dir <path>',
      'folder of the six .bin files, or cifar-10-binary.tar.gz; the cache, then the mirrors unless given',
    ),
  data,
  retrain,
})
