import { rowCount } from '../tensor/index.ts'
import type { Examples } from './data.ts'
import { evaluating, outputFault } from './evaluate.ts'
import { type Epoch, type Evaluation, type Fault, isAccuracy, type Snapshot } from './events.ts'
import { scoreFault } from './fault.ts'
import { finalWeights, type Running, stateOf } from './running.ts'
import { copyOf } from './snapshotRun.ts'

interface Scores {
  readonly train: number
  readonly val: number | undefined
}

/** The task's score, or why there is none; undefined when the run is stopped in between. */
function* scoreOf(
  running: Running,
  { x, y }: Examples,
  what: string,
  eventAt: (rows: number) => Evaluation,
): Generator<Evaluation, number | Fault | undefined, undefined> {
  const { model, settings, lossHistory } = running
  const weights = finalWeights(running)
  const pieces = evaluating(model, weights, x)
  for (;;) {
    const next = pieces.next()
    if (!next.done) {
      yield eventAt(next.value)
      if (settings.signal?.aborted) return undefined
      continue
    }
    const fault = outputFault(model, weights, x, next.value)
    return fault === undefined ? model.task.score.of(next.value, y) : scoreFault(lossHistory.length, what, fault)
  }
}

/** Of the training and then of the validation sample; undefined when the run is stopped in between. */
function* scoresOf(running: Running, epoch: number): Generator<Evaluation, Scores | Fault | undefined, undefined> {
  const { trainSample, valSample } = running
  const trainRows = rowCount(trainSample.x)
  const totalRows = trainRows + (valSample === undefined ? 0 : rowCount(valSample.x))
  const eventAt = (rows: number): Evaluation => ({ _tag: 'Evaluation', epoch, rows, totalRows })
  const train = yield* scoreOf(running, trainSample, 'training', eventAt)
  if (typeof train !== 'number') return train
  if (valSample === undefined) return { train, val: undefined }
  const val = yield* scoreOf(running, valSample, 'validation', (rows) => eventAt(trainRows + rows))
  return typeof val === 'number' ? { train, val } : val
}

/** 1 where higher scores are better, else −1. */
const signOf = ({ model }: Running): number => (model.task.score.better === 'higher' ? 1 : -1)

/** Keeps the net if it is the best so far; whether it is. */
const keepIfBest = (running: Running, candidate: Snapshot): boolean => {
  const sign = signOf(running)
  const improved = running.best === undefined || sign * candidate.valScore > sign * running.best.valScore
  if (improved) running.best = candidate
  return improved
}

/** Mean loss of an epoch's steps. */
const meanLoss = ({ lossHistory, plan }: Running, epoch: number): number => {
  const losses = lossHistory.slice(Math.max(0, epoch - 1) * plan.stepsPerEpoch)
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

/** Writes the scores down, with what follows from them. */
const closed = (running: Running, epoch: number, { train, val }: Scores): Epoch => {
  const { model, settings, lossHistory, learningRateHistory, trainScoreHistory, valScoreHistory } = running
  const weights = finalWeights(running)
  const step = lossHistory.length
  const loss = meanLoss(running, epoch)
  const learningRate = learningRateHistory.at(-1) ?? settings.learningRate
  const scoreName = model.task.score.name
  const event = {
    _tag: 'Epoch',
    epoch,
    step,
    loss,
    scoreName,
    trainScore: train,
    ...(isAccuracy(scoreName) && { trainAcc: train }),
    learningRate,
    weights,
  } as const
  trainScoreHistory.push(train)
  running.evaluated = copyOf(weights)
  if (val === undefined) return { ...event, improved: false, run: stateOf(running) }
  valScoreHistory.push(val)
  const improved = keepIfBest(running, { weights: running.evaluated, epoch, step, valScore: val })
  if (settings.plateau !== undefined) running.plateau = settings.plateau(running.plateau, signOf(running) * val)
  const valAcc = isAccuracy(scoreName) ? { valAcc: val } : {}
  return { ...event, valScore: val, ...valAcc, improved, run: stateOf(running) }
}

/** The evaluation after an epoch, or why it was none; no `Epoch` then, nor when the run is stopped in between. */
export function* evaluateEpoch(
  running: Running,
  epoch: number,
): Generator<Evaluation | Epoch, Fault | undefined, undefined> {
  const scores = yield* scoresOf(running, epoch)
  if (scores === undefined) return undefined
  if ('message' in scores) return scores
  yield closed(running, epoch, scores)
  return undefined
}
