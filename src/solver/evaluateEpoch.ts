import { pipe } from 'fp-ts/lib/function.js'
import * as N from 'fp-ts/lib/number.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Ord from 'fp-ts/lib/Ord.js'
import * as S from 'fp-ts/lib/Semigroup.js'
import type { Examples } from './data.ts'
import { measuring } from './evaluate.ts'
import type { Epoch, Evaluation, Snapshot } from './events.ts'
import { type Running, stateOf } from './running.ts'
import { copyOf } from './snapshotRun.ts'

interface Accuracies {
  readonly trainAcc: number
  readonly valAcc: number | undefined
}

const betterOf = O.getMonoid(
  S.max(
    pipe(
      N.Ord,
      Ord.contramap(({ valAcc }: Snapshot) => valAcc),
    ),
  ),
)

/** The accuracy; undefined when the run is stopped in between. */
function* accuracyOf(
  { model, settings, home }: Running,
  examples: Examples,
  eventAt: (rows: number) => Evaluation,
): Generator<Evaluation, number | undefined, undefined> {
  const pieces = measuring(model, home.current().weights, examples)
  for (;;) {
    const next = pieces.next()
    if (next.done) return next.value
    const event = eventAt(next.value)
    if (event.rows === event.totalRows) continue
    yield event
    if (settings.signal?.aborted) return undefined
  }
}

/** Of the training and then of the validation sample; undefined when the run is stopped in between. */
function* accuraciesOf(running: Running, epoch: number): Generator<Evaluation, Accuracies | undefined, undefined> {
  const { trainSample, valSample } = running
  const trainRows = trainSample.y.length
  const totalRows = trainRows + (valSample?.y.length ?? 0)
  const eventAt = (rows: number): Evaluation => ({ _tag: 'Evaluation', epoch, rows, totalRows })
  const trainAcc = yield* accuracyOf(running, trainSample, eventAt)
  if (trainAcc === undefined) return undefined
  if (valSample === undefined) return { trainAcc, valAcc: undefined }
  const valAcc = yield* accuracyOf(running, valSample, (rows) => eventAt(trainRows + rows))
  return valAcc === undefined ? undefined : { trainAcc, valAcc }
}

/** Keeps a copy of the net if it is the best so far; whether it is. */
const keepIfBest = (running: Running, candidate: Snapshot): boolean => {
  const winner = betterOf.concat(running.best, O.some(candidate))
  const improved = O.isSome(winner) && winner.value === candidate
  if (improved) running.best = O.some({ ...candidate, weights: copyOf(candidate.weights) })
  return improved
}

/** Mean loss of an epoch's steps. */
const meanLoss = ({ lossHistory, plan }: Running, epoch: number): number => {
  const losses = lossHistory.slice(Math.max(0, epoch - 1) * plan.stepsPerEpoch)
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

/** Writes the accuracies down, with what follows from them. */
const closed = (running: Running, epoch: number, { trainAcc, valAcc }: Accuracies): Epoch => {
  const { settings, home, lossHistory, learningRateHistory, trainAccHistory, valAccHistory } = running
  const { weights } = home.current()
  const step = lossHistory.length
  const loss = meanLoss(running, epoch)
  const learningRate = learningRateHistory.at(-1) ?? settings.learningRate
  const event = { _tag: 'Epoch', epoch, step, loss, trainAcc, learningRate, weights } as const
  trainAccHistory.push(trainAcc)
  if (valAcc === undefined) return { ...event, improved: false, run: stateOf(running) }
  valAccHistory.push(valAcc)
  const improved = keepIfBest(running, { weights, epoch, step, valAcc })
  if (settings.plateau !== undefined) running.plateau = settings.plateau(running.plateau, valAcc)
  return { ...event, valAcc, improved, run: stateOf(running) }
}

/** The evaluation after an epoch; no `Epoch` when the run is stopped in between. */
export function* evaluateEpoch(running: Running, epoch: number): Generator<Evaluation | Epoch, void, undefined> {
  const accuracies = yield* accuraciesOf(running, epoch)
  if (accuracies !== undefined) yield closed(running, epoch, accuracies)
}
