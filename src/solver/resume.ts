import * as E from 'fp-ts/lib/Either.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Weights } from '../models/index.ts'
import { startOfPlateau } from '../optim/index.ts'
import { formatShape, OptionError, type Tensors } from '../tensor/index.ts'
import type { RunState } from './events.ts'
import type { Plan } from './run.ts'

/** Before the first step. */
export const startOfRun = (weights: Weights, { stepsPerEpoch }: Plan): RunState => ({
  weights,
  configs: {},
  best: O.none,
  plateau: startOfPlateau,
  stepsPerEpoch,
  lossHistory: [],
  learningRateHistory: [],
  trainAccHistory: [],
  valAccHistory: [],
})

const differenceOf = (kind: string, expected: Tensors, got: Tensors): string | undefined => {
  for (const name in expected) {
    const there = expected[name]
    const here = got[name]
    if (here === undefined) return `it has no ${kind} ${name}`
    if (there !== undefined && formatShape(here.shape) !== formatShape(there.shape)) {
      return `its ${kind} ${name} has shape ${formatShape(here.shape)}, but the net's has ${formatShape(there.shape)}`
    }
    if (there?.data.constructor !== here.data.constructor)
      return `its ${kind} ${name} has another precision than the net's`
  }
  const more = Object.keys(got).find((name) => expected[name] === undefined)
  return more === undefined ? undefined : `it has a ${kind} ${more}, which the net has not`
}

const problem = (
  fresh: Weights,
  { stepsPerEpoch, totalSteps, evaluations }: Plan,
  from: RunState,
): string | undefined => {
  const steps = from.lossHistory.length
  const done = from.trainAccHistory.length
  if (from.stepsPerEpoch !== stepsPerEpoch) {
    return `it has ${from.stepsPerEpoch} steps an epoch, but these options and data give ${stepsPerEpoch}`
  }
  if (steps > totalSteps) return `it is after step ${steps}, but these options give ${totalSteps} steps`
  if (done !== evaluations(steps) && done !== evaluations(steps) - 1) {
    return `it has ${done} evaluations after ${steps} steps, but these options and data give ${evaluations(steps)}`
  }
  return (
    differenceOf('weight', fresh.params, from.weights.params) ??
    differenceOf('statistic', fresh.state, from.weights.state)
  )
}

/** A state that the run can go on from, or why it cannot. */
export const checkState = (fresh: Weights, plan: Plan, from: RunState): E.Either<OptionError, RunState> => {
  const found = problem(fresh, plan, from)
  return found === undefined
    ? E.right(from)
    : E.left(
        new OptionError(
          `train: the run cannot go on from this state: ${found}; give the model, data and options that made it`,
        ),
      )
}
