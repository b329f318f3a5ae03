import { pipe } from 'fp-ts/lib/function.js'
import * as N from 'fp-ts/lib/number.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Ord from 'fp-ts/lib/Ord.js'
import * as S from 'fp-ts/lib/Semigroup.js'
import { backend, scoped } from '../kernels/index.ts'
import type { Model } from '../models/index.ts'
import { exponentialDecay } from '../optim/index.ts'
import { ArgumentError, foldIn, type Key, key, permutation, selectRows } from '../tensor/index.ts'
import { batches } from './batches.ts'
import { type CheckedData, dtypeOfWeights, type Examples } from './data.ts'
import { measuring } from './evaluate.ts'
import type { Epoch, Evaluation, Event, Fault, Result, RunState, Snapshot } from './events.ts'
import { gradientFault, lossFault } from './fault.ts'
import { openHome } from './home.ts'
import type { Settings } from './options.ts'
import type { Plan } from './plan.ts'
import { copyOf, copyOfConfigs } from './snapshotRun.ts'
import { step } from './step.ts'

const betterOf = O.getMonoid(
  S.max(
    pipe(
      N.Ord,
      Ord.contramap(({ valAcc }: Snapshot) => valAcc),
    ),
  ),
)

/** A fixed random part of the examples, or all of them. */
const sample = ({ x, y }: Examples, count: number | null, sampleKey: Key): Examples => {
  if (count === null || count >= y.length) return { x, y }
  const chosen = permutation(sampleKey, y.length).subarray(0, count).sort()
  return { x: selectRows(x, chosen), y: Int32Array.from(chosen, (i) => y[i] as number) }
}

/** The events of a run from a state to its end. */
export function* run(
  model: Model,
  data: CheckedData,
  settings: Settings,
  plan: Plan,
  from: RunState,
): Generator<Event, void, undefined> {
  const { signal, schedule } = settings
  const { stepsPerEpoch, totalSteps, evaluations } = plan
  const root = key(settings.seed)
  const stepKeys = foldIn(root, 'step')
  const valSample = data.val && sample(data.val, settings.numValSamples, foldIn(root, 'val sample'))
  const dtype = dtypeOfWeights(from.weights.params)
  const lrDecay = exponentialDecay({ decay: settings.lrDecay })

  const lossHistory = [...from.lossHistory]
  const learningRateHistory = [...from.learningRateHistory]
  const trainAccHistory = [...from.trainAccHistory]
  const valAccHistory = [...from.valAccHistory]
  let { best, plateau } = from
  let fault: O.Option<Fault> = O.none
  const home = openHome()

  const stateNow = (): RunState => ({
    ...home.current(),
    best,
    plateau,
    stepsPerEpoch,
    lossHistory,
    learningRateHistory,
    trainAccHistory,
    valAccHistory,
  })

  const rateOf = (done: number): number => {
    const progress = { step: done, epoch: Math.floor(done / stepsPerEpoch), totalSteps }
    const rate = settings.learningRate * lrDecay(progress) * plateau.factor * schedule(progress)
    if (Number.isFinite(rate)) return rate
    throw new ArgumentError(
      `schedule: a factor is a finite number, but the learning rate of step ${done} became ${rate}`,
    )
  }

  /** The accuracy; undefined when the run is stopped in between. */
  function* accuracyOf(
    examples: Examples,
    piece: (rows: number) => Evaluation,
  ): Generator<Evaluation, number | undefined, undefined> {
    const pieces = measuring(model, home.current().weights, examples)
    for (;;) {
      const next = pieces.next()
      if (next.done) return next.value
      const event = piece(next.value)
      if (event.rows === event.totalRows) continue
      yield event
      if (signal?.aborted) return undefined
    }
  }

  /** Accuracies, and what follows from them; nothing when the run is stopped in between. */
  function* evaluate(epoch: number, learningRate: number, trainSample: Examples): Generator<Evaluation | Epoch> {
    const totalRows = trainSample.y.length + (valSample?.y.length ?? 0)
    const piece = (rows: number): Evaluation => ({ _tag: 'Evaluation', epoch, rows, totalRows })
    const trainAcc = yield* accuracyOf(trainSample, piece)
    if (trainAcc === undefined) return
    const valAcc = valSample && (yield* accuracyOf(valSample, (rows) => piece(trainSample.y.length + rows)))
    if (valSample !== undefined && valAcc === undefined) return
    const { weights } = home.current()
    const done = lossHistory.length
    const losses = lossHistory.slice(Math.max(0, epoch - 1) * stepsPerEpoch)
    const loss = losses.reduce((sum, l) => sum + l, 0) / losses.length
    trainAccHistory.push(trainAcc)
    const event = { _tag: 'Epoch', epoch, step: done, loss, trainAcc, learningRate, weights } as const
    if (valAcc === undefined) return yield { ...event, improved: false, run: stateNow() }
    valAccHistory.push(valAcc)
    const candidate: Snapshot = { weights, epoch, step: done, valAcc }
    const winner = betterOf.concat(best, O.some(candidate))
    const improved = O.isSome(winner) && winner.value === candidate
    if (improved) best = O.some({ ...candidate, weights: copyOf(weights) })
    if (settings.plateau !== undefined) plateau = settings.plateau(plateau, valAcc)
    yield { ...event, valAcc, improved, run: stateNow() }
  }

  const { rule, optimConfig, clipNorm, clipValue } = settings
  const optimizer = { rule, optimConfig, clipNorm, clipValue }

  /** One update in place; its loss. */
  const advance = (batchOf: ReturnType<typeof batches>, done: number, learningRate: number): number =>
    scoped(() => {
      const batch = batchOf(done)
      const current = home.current()
      const key = foldIn(stepKeys, done)
      const { state, loss, badGradient } = step(model, { ...optimizer, learningRate }, current, batch, key, current)
      if (Number.isFinite(loss) && badGradient === undefined) {
        if (state !== current) home.settle(state)
        return loss
      }
      const attempt = { weights: current.weights, batch, key, step: done + 1, loss, learningRate }
      fault = O.some(badGradient === undefined ? lossFault(model, attempt) : gradientFault(badGradient, attempt))
      return loss
    })

  const hasPatience = (): boolean =>
    settings.patience === undefined ||
    O.isNone(best) ||
    trainAccHistory.length - 1 - best.value.epoch < settings.patience

  function* toEnd(): Generator<Event, Result['status'], undefined> {
    const x = home.bring(data.train.x, dtype)
    const batchOf = batches(x, data.train.y, dtype, settings, plan, root)
    const trainSample = sample({ x, y: data.train.y }, settings.numTrainSamples, foldIn(root, 'train sample'))
    let learningRate = learningRateHistory.at(-1) ?? settings.learningRate
    for (;;) {
      const done = lossHistory.length
      const isDue = trainAccHistory.length < evaluations(done)
      if (!isDue && !hasPatience()) return 'stoppedEarly'
      if (!isDue && done >= totalSteps) return 'finished'
      if (signal?.aborted) return 'interrupted'
      if (isDue) {
        yield* evaluate(Math.ceil(done / stepsPerEpoch), learningRate, trainSample)
        continue
      }
      learningRate = rateOf(done)
      const loss = advance(batchOf, done, learningRate)
      if (O.isSome(fault)) return 'diverged'
      lossHistory.push(loss)
      learningRateHistory.push(learningRate)
      const epoch = Math.floor(done / stepsPerEpoch) + 1
      const { weights } = home.current()
      yield { _tag: 'Step', step: done + 1, totalSteps, epoch, loss, learningRate, weights, run: stateNow() }
    }
  }

  try {
    // The home writes its own tensors into the configs.
    home.settle({ weights: from.weights, configs: copyOfConfigs(from.configs) })
    const status = yield* toEnd()
    const lastWeights = copyOf(home.current().weights)
    const result: Result = {
      status,
      fault,
      weights: O.isSome(best) ? best.value.weights : lastWeights,
      lastWeights,
      best,
      steps: lossHistory.length,
      lossHistory,
      learningRateHistory,
      trainAccHistory,
      valAccHistory,
      backend: backend().description,
    }
    yield { _tag: 'Done', result, run: stateNow() }
  } finally {
    home.close()
  }
}
