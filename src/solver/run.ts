import { backend } from '../kernels/index.ts'
import type { Model } from '../models/index.ts'
import { advance } from './advance.ts'
import type { CheckedData } from './data.ts'
import { evaluateEpoch } from './evaluateEpoch.ts'
import { type Event, isAccuracy, type Result, type RunState, type Step } from './events.ts'
import { openHome } from './home.ts'
import type { Settings } from './options.ts'
import type { Plan } from './plan.ts'
import { begin, finalWeights, type Running, stateOf } from './running.ts'
import { copyOf } from './snapshotRun.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { ceil } = Math

type Ending = Pick<Result, 'status' | 'fault'>

const ended = (status: Result['status']): Ending => ({ status, fault: undefined })

const isEvaluationDue = ({ plan, lossHistory, trainScoreHistory }: Running): boolean =>
  trainScoreHistory.length < plan.evaluations(lossHistory.length)

const hasPatience = ({ settings: { patience }, best, trainScoreHistory }: Running): boolean =>
  patience === undefined || best === undefined || trainScoreHistory.length - 1 - best.epoch < patience

const stepEvent = (running: Running, loss: number, learningRate: number): Step => {
  const { plan, home, lossHistory } = running
  const step = lossHistory.length
  const epoch = Math.floor((step - 1) / plan.stepsPerEpoch) + 1
  const { weights } = home.current()
  return { _tag: 'Step', step, totalSteps: plan.totalSteps, epoch, loss, learningRate, weights, run: stateOf(running) }
}

/** Steps, and evaluations where they are due, until something ends the run. */
function* toEnd(running: Running): Generator<Event, Ending, undefined> {
  const { settings, plan, rateOf, lossHistory, learningRateHistory } = running
  for (;;) {
    const done = lossHistory.length
    const isDue = isEvaluationDue(running)
    if (!isDue && !hasPatience(running)) return ended('stoppedEarly')
    if (!isDue && done >= plan.totalSteps) return ended('finished')
    if (settings.signal?.aborted) return ended('interrupted')
    if (isDue) {
      const fault = yield* evaluateEpoch(running, ceil(done / plan.stepsPerEpoch))
      if (fault !== undefined) return { status: 'diverged', fault }
      continue
    }
    const learningRate = rateOf(done, running.plateau)
    const loss = advance(running, done, learningRate)
    if (typeof loss !== 'number') return { status: 'diverged', fault: loss }
    lossHistory.push(loss)
    learningRateHistory.push(learningRate)
    yield stepEvent(running, loss, learningRate)
  }
}

/** Whether an update in place has left what no run can go on from. */
export const isOverwritten = (fault: Result['fault']): boolean =>
  fault?.quantity === 'weight' || fault?.quantity === 'slot'

const resultOf = (running: Running, { status, fault }: Ending): Result => {
  const { best, lossHistory, learningRateHistory, trainScoreHistory, valScoreHistory } = running
  const scoreName = running.model.task.score.name
  const asAccuracies = (scores: readonly number[]): readonly number[] => (isAccuracy(scoreName) ? scores : [])
  const lastWeights = isOverwritten(fault) ? running.evaluated : copyOf(finalWeights(running))
  return {
    status,
    fault,
    weights: best?.weights ?? lastWeights,
    lastWeights,
    best,
    steps: lossHistory.length,
    lossHistory,
    learningRateHistory,
    scoreName,
    trainScoreHistory,
    valScoreHistory,
    trainAccHistory: asAccuracies(trainScoreHistory),
    valAccHistory: asAccuracies(valScoreHistory),
    backend: backend().description,
  }
}

/** The events of a run from a state to its end. */
export function* run(
  model: Model<unknown>,
  data: CheckedData,
  settings: Settings,
  plan: Plan,
  groupsAt: Running['groupsAt'],
  from: RunState,
): Generator<Event, void, undefined> {
  const home = openHome()
  try {
    const running = begin(home, model, data, settings, plan, groupsAt, from)
    const ending = yield* toEnd(running)
    yield { _tag: 'Done', result: resultOf(running, ending), run: stateOf(running) }
  } finally {
    home.close()
  }
}
