import type { Batch, Model, Weights } from '../models/index.ts'
import type { GroupSettings, Plateau } from '../optim/index.ts'
import { foldIn, type Key, key, permutation } from '../random/index.ts'
import { rowCount, selectRows } from '../tensor/index.ts'
import { batches } from './batches.ts'
import type { CheckedData, Examples } from './data.ts'
import type { RunState, Snapshot } from './events.ts'
import type { Home } from './home.ts'
import { learningRates } from './learningRates.ts'
import type { Settings } from './options.ts'
import type { Plan } from './plan.ts'
import { copyOf, copyOfConfigs } from './snapshotRun.ts'

/** A run on its way: what it goes by, and what its steps and evaluations change. */
export interface Running {
  readonly model: Model<unknown>
  readonly settings: Settings
  readonly plan: Plan
  /** Of each step. */
  readonly stepKeys: Key
  readonly batchOf: (step: number) => Batch<unknown>
  /** What groups say of the weights, by the epoch, which has fractions. */
  readonly groupsAt: (epoch: number) => GroupSettings
  readonly rateOf: (step: number, plateau: Plateau) => number
  /** What evaluations look at. */
  readonly trainSample: Examples
  readonly valSample: Examples | undefined
  readonly home: Home
  /** Of the weights, at home as they are. */
  readonly average: Weights | undefined
  readonly lossHistory: number[]
  readonly learningRateHistory: number[]
  readonly trainScoreHistory: number[]
  readonly valScoreHistory: number[]
  best: Snapshot | undefined
  /** A copy of the weights of the last evaluation, or of those that the run began with: what is left when an update goes wrong. */
  evaluated: Weights
  plateau: Plateau
}

/** A fixed random part of the examples, or all of them. */
const sample = ({ task }: Model<unknown>, { x, y }: Examples, count: number | null, sampleKey: Key): Examples => {
  const rows = rowCount(x)
  if (count === null || count >= rows) return { x, y }
  const chosen = permutation(sampleKey, rows).subarray(0, count).sort()
  return { x: selectRows(x, chosen), y: task.take(y, chosen) }
}

/** Moves a state and the data home and draws what is drawn once a run. */
export const begin = (
  home: Home,
  model: Model<unknown>,
  { train, val }: CheckedData,
  settings: Settings,
  plan: Plan,
  groupsAt: Running['groupsAt'],
  from: RunState,
): Running => {
  const root = key(settings.seed)
  // The home writes its own tensors into the configs.
  home.settle({ weights: from.weights, configs: copyOfConfigs(from.configs) })
  const own = { x: home.bring(train.x, model.dtype), y: train.y }
  return {
    model,
    settings,
    plan,
    stepKeys: foldIn(root, 'step'),
    batchOf: batches(model, own, settings, plan, root),
    groupsAt,
    rateOf: learningRates(settings, plan),
    trainSample: sample(model, own, settings.numTrainSamples, foldIn(root, 'train sample')),
    valSample: val && sample(model, val, settings.numValSamples, foldIn(root, 'val sample')),
    home,
    average: settings.average && home.keep(from.average ?? from.weights),
    lossHistory: [...from.lossHistory],
    learningRateHistory: [...from.learningRateHistory],
    trainScoreHistory: [...from.trainScoreHistory],
    valScoreHistory: [...from.valScoreHistory],
    best: from.best,
    evaluated: copyOf(from.average ?? from.weights),
    plateau: from.plateau,
  }
}

/** The weights that are evaluated and kept. */
export const finalWeights = ({ average, home }: Running): Weights => average ?? home.current().weights

/** The state that a run can go on from. */
export const stateOf = (running: Running): RunState => ({
  ...running.home.current(),
  ...(running.average && { average: running.average }),
  best: running.best,
  plateau: running.plateau,
  stepsPerEpoch: running.plan.stepsPerEpoch,
  lossHistory: running.lossHistory,
  learningRateHistory: running.learningRateHistory,
  trainScoreHistory: running.trainScoreHistory,
  valScoreHistory: running.valScoreHistory,
})
