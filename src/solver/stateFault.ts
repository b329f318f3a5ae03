import { isListOf, isRecord, naturalNumber } from '../errors/index.ts'
import type { Weights } from '../models/index.ts'
import { type GroupSettings, type Plateau, updateRules } from '../optim/index.ts'
import { allFinite, formatShape, isTensor, sizeOf, type Tensor, type Tensors, zeros } from '../tensor/index.ts'
import type { RunState, Snapshot } from './events.ts'
import type { Settings } from './options.ts'
import type { Plan } from './plan.ts'
import type { RuleConfigs } from './step.ts'

// A state may come from a file that anybody made, so nothing of it is taken for granted.

type Fault = string | undefined

const first = (...checks: readonly (() => Fault)[]): Fault => {
  for (const check of checks) {
    const found = check()
    if (found !== undefined) return found
  }
  return undefined
}

const isCount = naturalNumber.holds

const isNumbers = (value: unknown): value is readonly number[] => isListOf(value, (each) => typeof each === 'number')

const tensorFault = (what: string, here: unknown, there: Tensor | undefined): Fault => {
  if (!isTensor(here) || !Array.isArray(here.shape) || sizeOf(here.shape) !== here.data.length) {
    return `its ${what} is no tensor whose data fit its shape`
  }
  if (!allFinite(here)) return `its ${what} holds a NaN or an infinity`
  if (there === undefined) return undefined
  if (formatShape(here.shape) !== formatShape(there.shape)) {
    return `its ${what} has shape ${formatShape(here.shape)}, but the net's has ${formatShape(there.shape)}`
  }
  if (here.data.constructor !== there.data.constructor) return `its ${what} has another precision than the net's`
  return undefined
}

const tensorsFault = (kind: string, expected: Tensors, got: unknown): Fault => {
  if (!isRecord(got)) return `it has no ${kind}s`
  for (const name of Object.keys(expected)) {
    if (!Object.hasOwn(got, name)) return `it has no ${kind} ${name}`
    const found = tensorFault(`${kind} ${name}`, got[name], expected[name])
    if (found !== undefined) return found
  }
  const more = Object.keys(got).find((name) => !Object.hasOwn(expected, name))
  return more === undefined ? undefined : `it has a ${kind} ${more}, which the net has not`
}

const weightsFault = (prefix: string, fresh: Weights, got: unknown): Fault => {
  const { params, state } = isRecord(got) ? got : {}
  return tensorsFault(`${prefix}weight`, fresh.params, params) ?? tensorsFault(`${prefix}statistic`, fresh.state, state)
}

const historiesFault = (from: RunState, { stepsPerEpoch, totalSteps, evaluations }: Plan): Fault => {
  const { lossHistory, learningRateHistory, trainScoreHistory, valScoreHistory } = from
  if (![lossHistory, learningRateHistory, trainScoreHistory, valScoreHistory].every(isNumbers)) {
    return 'a history of it is no list of numbers'
  }
  const steps = lossHistory.length
  const done = trainScoreHistory.length
  if (from.stepsPerEpoch !== stepsPerEpoch) {
    return `it has ${from.stepsPerEpoch} steps an epoch, but these options and data give ${stepsPerEpoch}`
  }
  if (steps > totalSteps) return `it is after step ${steps}, but these options give ${totalSteps} steps`
  if (learningRateHistory.length !== steps)
    return `it has ${learningRateHistory.length} learning rates for ${steps} steps`
  if (done !== evaluations(steps) && done !== evaluations(steps) - 1) {
    return `it has ${done} evaluations after ${steps} steps, but these options and data give ${evaluations(steps)}`
  }
  if (valScoreHistory.length !== 0 && valScoreHistory.length !== done) {
    return `it has ${valScoreHistory.length} validation scores for ${done} evaluations`
  }
  return undefined
}

const bestFault = (fresh: Weights, best: unknown): Fault => {
  if (best === undefined) return undefined
  if (!isRecord(best)) return 'its best snapshot is none'
  const { weights, epoch, step, valScore } = best as Partial<Snapshot>
  if (!isCount(epoch) || !isCount(step) || typeof valScore !== 'number') {
    return 'its best snapshot does not say when it was taken and how good it was'
  }
  return weightsFault('best ', fresh, weights)
}

const averageFault = (fresh: Weights, average: unknown, { average: wanted }: Settings): Fault => {
  if ((average !== undefined) === (wanted !== undefined)) {
    return average === undefined ? undefined : weightsFault('average ', fresh, average)
  }
  return wanted === undefined
    ? 'it has an average of the weights, which these options do not ask for'
    : 'it has no average of the weights, which these options ask for'
}

const plateauFault = (plateau: unknown): Fault => {
  const { best, waited, factor } = (isRecord(plateau) ? plateau : {}) as Partial<Plateau>
  const isGood = typeof best === 'number' && isCount(waited) && typeof factor === 'number' && factor > 0 && factor <= 1
  return isGood ? undefined : 'its plateau is none'
}

/** What a rule of ours remembers of a weight; nothing is known of others. */
const exampleOf = (
  weight: Tensor,
  own: Readonly<Record<string, number>>,
  { rule, optimConfig, learningRate }: Settings,
): object | undefined => {
  if (!Object.values(updateRules).some((known) => known === rule)) return undefined
  const none = zeros(weight.shape, weight.data instanceof Float64Array ? 'float64' : 'float32')
  return rule(none, none, { ...optimConfig, ...own, learningRate })[1]
}

const configFault = (
  name: string,
  weight: Tensor,
  config: unknown,
  groups: GroupSettings,
  settings: Settings,
): Fault => {
  if (!isRecord(config) || typeof config.learningRate !== 'number') return `it has no settings of the rule for ${name}`
  const own = groups.each[name]?.optimConfig ?? {}
  const example = exampleOf(weight, own, settings) as Readonly<Record<string, unknown>> | undefined
  for (const slot of Object.keys({ ...example, ...config })) {
    const here = Object.hasOwn(config, slot) ? config[slot] : undefined
    const there = example === undefined ? here : example[slot]
    const what = `${slot} of ${name}`
    if (isTensor(there)) {
      const found = tensorFault(what, here, example === undefined ? undefined : there)
      if (found !== undefined) return found
    } else if (example !== undefined && !Number.isFinite(here)) return `its ${what} is no number`
  }
  return undefined
}

/** @param groups  of the step that made the configs */
const configsFault = (
  fresh: Weights,
  configs: RuleConfigs,
  steps: number,
  groups: GroupSettings,
  settings: Settings,
): Fault => {
  if (!isRecord(configs)) return 'it has nothing of the rule'
  if (steps === 0) return undefined
  const more = Object.keys(configs).find((name) => !Object.hasOwn(fresh.params, name))
  if (more !== undefined) return `it has settings of the rule for ${more}, which the net has not`
  for (const name of Object.keys(fresh.params)) {
    const config = Object.hasOwn(configs, name) ? configs[name] : undefined
    if (groups.learns?.has(name) === false) {
      if (config !== undefined) return `it has settings of the rule for ${name}, which is frozen then`
      continue
    }
    const found = configFault(name, fresh.params[name] as Tensor, config, groups, settings)
    if (found !== undefined) return found
  }
  return undefined
}

/** Why a run cannot go on from a state, if it cannot. */
export const stateFault = (
  fresh: Weights,
  plan: Plan,
  settings: Settings,
  groupsAt: (epoch: number) => GroupSettings,
  from: RunState,
): Fault =>
  isRecord(from)
    ? first(
        () => historiesFault(from, plan),
        () => weightsFault('', fresh, from.weights),
        () => averageFault(fresh, from.average, settings),
        () => bestFault(fresh, from.best),
        () => plateauFault(from.plateau),
        () => {
          const steps = from.lossHistory.length
          const groups = groupsAt(Math.max(0, steps - 1) / plan.stepsPerEpoch)
          return configsFault(fresh, from.configs, steps, groups, settings)
        },
      )
    : 'it is none'
