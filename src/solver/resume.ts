import * as E from 'fp-ts/lib/Either.js'
import { OptionError } from '../errors/index.ts'
import type { Weights } from '../models/index.ts'
import { type GroupSettings, startOfPlateau } from '../optim/index.ts'
import type { RunState } from './events.ts'
import type { Settings } from './options.ts'
import type { Plan } from './plan.ts'
import { stateFault } from './stateFault.ts'

/** Before the first step. */
export const startOfRun = (weights: Weights, { stepsPerEpoch }: Plan): RunState => ({
  weights,
  configs: {},
  best: undefined,
  plateau: startOfPlateau,
  stepsPerEpoch,
  lossHistory: [],
  learningRateHistory: [],
  trainScoreHistory: [],
  valScoreHistory: [],
})

/** A state that the run can go on from, or why it cannot. */
export const checkState = (
  fresh: Weights,
  plan: Plan,
  settings: Settings,
  groupsAt: (epoch: number) => GroupSettings,
  from: RunState,
): E.Either<OptionError, RunState> => {
  const found = stateFault(fresh, plan, settings, groupsAt, from)
  if (found === undefined) return E.right(from)
  const remedy = 'give the model, data and options that made it'
  return E.left(new OptionError(`train: the run cannot go on from this state: ${found}; ${remedy}`))
}
