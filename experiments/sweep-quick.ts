// A search for the best small net on handwritten strokes: 30 trials on all cores, under a minute, no files needed.
import { trainTrial } from '../src/checkpoint/index.ts'
import { strokes } from '../src/data/index.ts'
import { accuracy, fullyConnectedNet, holdOut, orThrow, type SolverOptions, solve } from '../src/index.ts'
import {
  choice,
  int,
  logUniform,
  median,
  type Params,
  type ParamsOf,
  sweep,
  tpe,
  uniform,
  when,
} from '../src/sweep/index.ts'
import { sweeping } from './support/sweeping.ts'

const EPOCHS = 6
const TRAINING = 4000
const HELD_OUT = 1000

const space = {
  learningRate: logUniform(1e-4, 1e-1),
  reg: logUniform(1e-6, 1e-2),
  hidden: int(16, 128, { step: 16 }),
  layers: int(1, 3),
  updateRule: choice(['sgdMomentum', 'adam']),
  momentum: when('updateRule', ['sgdMomentum'], uniform(0.5, 0.99)),
}

type Settings = ParamsOf<typeof space>

const load = () => orThrow(strokes({ numTrain: TRAINING + HELD_OUT, numTest: HELD_OUT }))

const netOf = ({ hidden, layers, reg }: Settings) =>
  orThrow(fullyConnectedNet({ inputDim: 28 * 28, hiddenDims: Array(layers).fill(hidden), numClasses: 10, reg }))

const solverOf = ({ updateRule, learningRate, momentum }: Settings, seed: number): SolverOptions => ({
  updateRule,
  optimConfig: { learningRate, ...(momentum === undefined ? {} : { momentum }) },
  schedule: 'cosine',
  numEpochs: EPOCHS,
  seed,
})

const study = sweep({
  space,
  data: () => {
    return orThrow(holdOut(load().train, HELD_OUT))
  },
  objective: (trial, data) => trainTrial(trial, netOf(trial.params), data, solverOf(trial.params, trial.seed)),
  direction: 'maximize',
  sampler: tpe(),
  pruner: median(),
  trials: 30,
  seed: 231,
})
export default study

/** The net of these settings, trained on all training images: what it says of the test images is looked at here and nowhere else. */
const retrain = async (params: Params): Promise<string> => {
  const settings = params as Settings
  const { train, test } = load()
  const model = netOf(settings)
  const { weights } = orThrow(solve(model, { xTrain: train.x, yTrain: train.y }, solverOf(settings, 231)))
  return `retrained on ${train.y.length} images: test accuracy ${accuracy(model, weights, test.x, test.y).toFixed(4)}`
}

sweeping({
  name: 'sweep-quick',
  title: 'A sweep over small nets on handwritten strokes',
  module: import.meta.url,
  study,
  epochs: EPOCHS,
  retrain,
})
