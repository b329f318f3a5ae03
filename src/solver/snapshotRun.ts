import * as R from 'fp-ts/lib/ReadonlyRecord.js'
import { ArgumentError, isRecord, shown } from '../errors/index.ts'
import { checkWeights, type Weights } from '../models/index.ts'
import { isTensor, snapshot, snapshotAll } from '../tensor/index.ts'
import type { RunState } from './events.ts'
import type { RuleConfigs } from './step.ts'

export const copyOf = ({ params, state }: Weights): Weights => ({
  params: snapshotAll(params),
  state: snapshotAll(state),
})

/** Lists and records of a rule are its own too; anything else that is no plain data stays what it is. */
export const copyOfValue = (value: unknown): unknown => {
  if (isTensor(value)) return snapshot(value)
  if (Array.isArray(value)) return value.map(copyOfValue)
  if (typeof value === 'object' && value !== null && value.constructor === Object) {
    return R.map(copyOfValue)(value as Readonly<Record<string, unknown>>)
  }
  return value
}

/** Configs that share no tensor and no record with those given. */
export const copyOfConfigs: (configs: RuleConfigs) => RuleConfigs = R.map(
  (config) => copyOfValue({ ...config }) as typeof config,
)

const histories = ['lossHistory', 'learningRateHistory', 'trainScoreHistory', 'valScoreHistory'] as const

const checkRun = (run: RunState): void => {
  const isState =
    isRecord(run) &&
    isRecord(run.configs) &&
    Object.values(run.configs).every(isRecord) &&
    histories.every((name) => Array.isArray(run[name]))
  if (!isState) {
    throw new ArgumentError(`snapshotRun: run must be the state of one, e.g. event.run, but got ${shown(run)}`)
  }
  checkWeights('snapshotRun', run.weights)
}

/**
 * A copy of a run's state that stays as it is when the run goes on
 *
 * @param run  from an event
 * @throws     ArgumentError for what is no run
 * @example    const data = { xTrain: tensor([2, 1], [-1, 1]), yTrain: [0, 1] }
 *             const model = orThrow(twoLayerNet({ inputDim: 1, numClasses: 2 }))
 *             const [, first] = Array.from(orThrow(train(model, data)), (e) => (e._tag === 'Step' ? snapshotRun(e.run) : undefined))
 *             Array.from(orThrow(train(model, data, {}, first)), (e) => e._tag).length   // 20
 */
export const snapshotRun = (run: RunState): RunState => {
  checkRun(run)
  return {
    ...run,
    weights: copyOf(run.weights),
    configs: copyOfConfigs(run.configs),
    ...(run.average && { average: copyOf(run.average) }),
    lossHistory: [...run.lossHistory],
    learningRateHistory: [...run.learningRateHistory],
    trainScoreHistory: [...run.trainScoreHistory],
    valScoreHistory: [...run.valScoreHistory],
  }
}
