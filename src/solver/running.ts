import type { Option } from 'fp-ts/lib/Option.js'
import type { Batch, Model } from '../models/index.ts'
import type { Plateau } from '../optim/index.ts'
import { foldIn, type Key, key, permutation, selectRows } from '../tensor/index.ts'
import { batches } from './batches.ts'
import { type CheckedData, dtypeOfWeights, type Examples } from './data.ts'
import type { RunState, Snapshot } from './events.ts'
import type { Home } from './home.ts'
import { learningRates } from './learningRates.ts'
import type { Settings } from './options.ts'
import type { Plan } from './plan.ts'
import { copyOfConfigs } from './snapshotRun.ts'

/** A run on its way: what it goes by, and what its steps and evaluations change. */
export interface Running {
  readonly model: Model
  readonly settings: Settings
  readonly plan: Plan
  /** Of each step. */
  readonly stepKeys: Key
  readonly batchOf: (step: number) => Batch
  readonly rateOf: (step: number, plateau: Plateau) => number
  /** What evaluations look at. */
  readonly trainSample: Examples
  readonly valSample: Examples | undefined
  readonly home: Home
  readonly lossHistory: number[]
  readonly learningRateHistory: number[]
  readonly trainAccHistory: number[]
  readonly valAccHistory: number[]
  best: Option<Snapshot>
  plateau: Plateau
}

/** A fixed random part of the examples, or all of them. */
const sample = ({ x, y }: Examples, count: number | null, sampleKey: Key): Examples => {
  if (count === null || count >= y.length) return { x, y }
  const chosen = permutation(sampleKey, y.length).subarray(0, count).sort()
  return { x: selectRows(x, chosen), y: Int32Array.from(chosen, (i) => y[i] as number) }
}

/** Moves a state and the data home and draws what is drawn once a run. */
export const begin = (
  home: Home,
  model: Model,
  { train, val }: CheckedData,
  settings: Settings,
  plan: Plan,
  from: RunState,
): Running => {
  const root = key(settings.seed)
  const dtype = dtypeOfWeights(from.weights.params)
  // The home writes its own tensors into the configs.
  home.settle({ weights: from.weights, configs: copyOfConfigs(from.configs) })
  const x = home.bring(train.x, dtype)
  return {
    model,
    settings,
    plan,
    stepKeys: foldIn(root, 'step'),
    batchOf: batches(x, train.y, dtype, settings, plan, root),
    rateOf: learningRates(settings, plan),
    trainSample: sample({ x, y: train.y }, settings.numTrainSamples, foldIn(root, 'train sample')),
    valSample: val && sample(val, settings.numValSamples, foldIn(root, 'val sample')),
    home,
    lossHistory: [...from.lossHistory],
    learningRateHistory: [...from.learningRateHistory],
    trainAccHistory: [...from.trainAccHistory],
    valAccHistory: [...from.valAccHistory],
    best: from.best,
    plateau: from.plateau,
  }
}

/** The state that a run can go on from. */
export const stateOf = (running: Running): RunState => ({
  ...running.home.current(),
  best: running.best,
  plateau: running.plateau,
  stepsPerEpoch: running.plan.stepsPerEpoch,
  lossHistory: running.lossHistory,
  learningRateHistory: running.learningRateHistory,
  trainAccHistory: running.trainAccHistory,
  valAccHistory: running.valAccHistory,
})
