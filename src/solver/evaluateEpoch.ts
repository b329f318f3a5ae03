import { rowCount } from '../tensor/index.ts'
import type { Examples } from './data.ts'
import { evaluating } from './evaluate.ts'
import type { Epoch, Evaluation, Snapshot } from './events.ts'
import { type Running, stateOf } from './running.ts'
import { copyOf } from './snapshotRun.ts'

interface Scores {
  readonly train: number
  readonly val: number | undefined
}

/** The task's score; undefined when the run is stopped in between. */
function* scoreOf(
  { model, settings, home }: Running,
  { x, y }: Examples,
  eventAt: (rows: number) => Evaluation,
): Generator<Evaluation, number | undefined, undefined> {
  const pieces = evaluating(model, home.current().weights, x)
  for (;;) {
    const next = pieces.next()
    if (next.done) return model.task.score.of(next.value, y)
    yield eventAt(next.value)
    if (settings.signal?.aborted) return undefined
  }
}

/** Of the training and then of the validation sample; undefined when the run is stopped in between. */
function* scoresOf(running: Running, epoch: number): Generator<Evaluation, Scores | undefined, undefined> {
  const { trainSample, valSample } = running
  const trainRows = rowCount(trainSample.x)
  const totalRows = trainRows + (valSample === undefined ? 0 : rowCount(valSample.x))
  const eventAt = (rows: number): Evaluation => ({ _tag: 'Evaluation', epoch, rows, totalRows })
  const train = yield* scoreOf(running, trainSample, eventAt)
  if (train === undefined) return undefined
  if (valSample === undefined) return { train, val: undefined }
  const val = yield* scoreOf(running, valSample, (rows) => eventAt(trainRows + rows))
  return val === undefined ? undefined : { train, val }
}

/** 1 where higher scores are better, else −1. */
const signOf = ({ model }: Running): number => (model.task.score.better === 'higher' ? 1 : -1)

/** Keeps a copy of the net if it is the best so far; whether it is. */
const keepIfBest = (running: Running, candidate: Snapshot): boolean => {
  const sign = signOf(running)
  const improved = running.best === undefined || sign * candidate.valScore > sign * running.best.valScore
  if (improved) running.best = { ...candidate, weights: copyOf(candidate.weights) }
  return improved
}

/** Mean loss of an epoch's steps. */
const meanLoss = ({ lossHistory, plan }: Running, epoch: number): number => {
  const losses = lossHistory.slice(Math.max(0, epoch - 1) * plan.stepsPerEpoch)
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

/** Writes the scores down, with what follows from them. */
const closed = (running: Running, epoch: number, { train, val }: Scores): Epoch => {
  const { model, settings, home, lossHistory, learningRateHistory, trainScoreHistory, valScoreHistory } = running
  const { weights } = home.current()
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
    trainAcc: train,
    learningRate,
    weights,
  } as const
  trainScoreHistory.push(train)
  if (val === undefined) return { ...event, improved: false, run: stateOf(running) }
  valScoreHistory.push(val)
  const improved = keepIfBest(running, { weights, epoch, step, valScore: val })
  if (settings.plateau !== undefined) running.plateau = settings.plateau(running.plateau, signOf(running) * val)
  return { ...event, valScore: val, valAcc: val, improved, run: stateOf(running) }
}

/** The evaluation after an epoch; no `Epoch` when the run is stopped in between. */
export function* evaluateEpoch(running: Running, epoch: number): Generator<Evaluation | Epoch, void, undefined> {
  const scores = yield* scoresOf(running, epoch)
  if (scores !== undefined) yield closed(running, epoch, scores)
}
