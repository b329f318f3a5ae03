import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as N from 'fp-ts/lib/number.js'
import * as O from 'fp-ts/lib/Option.js'
import * as Ord from 'fp-ts/lib/Ord.js'
import * as S from 'fp-ts/lib/Semigroup.js'
import { backend, scoped, temporary } from '../kernels/index.ts'
import type { Model, Weights } from '../models/index.ts'
import { exponentialDecay, startOfPlateau } from '../optim/index.ts'
import {
  ArgumentError,
  type Bytes,
  foldIn,
  gather,
  gatherAugmented,
  type Key,
  key,
  type OptionError,
  permutation,
  type Rows,
  randomIndices,
  selectRows,
  snapshotAll,
  type Tensor,
} from '../tensor/index.ts'
import { type CheckedData, checkData, checkImages, type Data, dtypeOfWeights, type Examples } from './data.ts'
import { accuracy } from './evaluate.ts'
import type { Epoch, Event, Result, Snapshot } from './events.ts'
import { openHome } from './home.ts'
import { type Settings, type SolverOptions, settingsFrom } from './options.ts'
import { step } from './step.ts'

const betterOf = O.getMonoid(
  S.max(
    pipe(
      N.Ord,
      Ord.contramap(({ valAcc }: Snapshot) => valAcc),
    ),
  ),
)

const copyOf = ({ params, state }: Weights): Weights => ({ params: snapshotAll(params), state: snapshotAll(state) })

/** A fixed random part of the examples, or all of them. */
const sample = ({ x, y }: Examples, count: number | null, sampleKey: Key): Examples => {
  if (count === null || count >= y.length) return { x, y }
  const chosen = permutation(sampleKey, y.length).subarray(0, count).sort()
  return { x: selectRows(x, chosen), y: Int32Array.from(chosen, (i) => y[i] as number) }
}

/**
 * Training as a lazy sequence of events: `Epoch` 0, then a `Step` for each update and an `Epoch` after each pass, at last `Done`
 *
 * It prints nothing and writes nothing; who consumes it prints, saves, draws or stops. Weights in an event are valid until the
 * generator is resumed. The same model, data, seed and backend give the same bits.
 *
 * @param model    e.g. from `fullyConnectedNet`
 * @param data     `xTrain`, `yTrain`, and `xVal`, `yVal` if there are any
 * @param options  see `SolverOptions`
 * @returns        the events, or what is wrong with options or data
 * @throws         (the generator) ShapeError when a batch does not fit the net, e.g. one row before a batchnorm; ArgumentError when a
 *                 schedule gives no finite number
 * @example        const data = { xTrain: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), yTrain: [0, 1, 1, 0] }
 *                 const events = orThrow(train(orThrow(twoLayerNet({ inputDim: 2, numClasses: 2 })), data, { numEpochs: 2 }))
 *                 Array.from(events, (event) => event._tag)   // ['Epoch', 'Step', 'Epoch', 'Step', 'Epoch', 'Done']
 * @see            cs231n, assignment 2, `Solver`
 */
export const train = (
  model: Model,
  data: Data,
  options: SolverOptions = {},
): E.Either<OptionError, Generator<Event, void, undefined>> =>
  pipe(
    settingsFrom(options),
    E.chain((settings) => {
      const weights = model.init(foldIn(key(settings.seed), 'init'))
      return pipe(
        checkData(model, weights, data),
        E.chainFirst((checked) => checkImages(settings.augment, checked.train.x)),
        E.map((checked) => run(model, checked, weights, settings)),
      )
    }),
  )

function* run(model: Model, data: CheckedData, start: Weights, settings: Settings): Generator<Event, void, undefined> {
  const root = key(settings.seed)
  const n = data.train.y.length
  const batchSize = Math.min(settings.batchSize, n)
  const stepsPerEpoch = Math.max(1, Math.floor(n / batchSize))
  const totalSteps = settings.numIterations ?? settings.numEpochs * stepsPerEpoch
  const valSample = data.val && sample(data.val, settings.numValSamples, foldIn(root, 'val sample'))
  const dtype = dtypeOfWeights(start.params)

  const lossHistory: number[] = []
  const trainAccHistory: number[] = []
  const valAccHistory: number[] = []
  const lrDecay = exponentialDecay({ decay: settings.lrDecay })
  const home = openHome({ weights: start, configs: {} })
  let best: O.Option<Snapshot> = O.none
  let plateau = startOfPlateau
  let learningRate = settings.learningRate
  let order: Int32Array = new Int32Array(0)
  let status: Result['status'] = 'finished'

  const evaluate = (epoch: number, trainSample: Examples): Epoch => {
    const { weights } = home.current()
    const done = lossHistory.length
    const trainAcc = accuracy(model, weights, trainSample.x, trainSample.y)
    trainAccHistory.push(trainAcc)
    const losses = lossHistory.slice(Math.max(0, epoch - 1) * stepsPerEpoch)
    const loss = losses.reduce((sum, l) => sum + l, 0) / losses.length
    const event = { _tag: 'Epoch', epoch, step: done, loss, trainAcc, learningRate, weights } as const
    if (valSample === undefined) return { ...event, improved: false }
    const valAcc = accuracy(model, weights, valSample.x, valSample.y)
    valAccHistory.push(valAcc)
    const candidate: Snapshot = { weights, epoch, step: done, valAcc }
    const winner = betterOf.concat(best, O.some(candidate))
    const improved = O.isSome(winner) && winner.value === candidate
    if (improved) best = O.some({ ...candidate, weights: copyOf(weights) })
    if (settings.plateau !== undefined) plateau = settings.plateau(plateau, valAcc)
    return { ...event, valAcc, improved }
  }

  const batchAt = (done: number, epoch: number): Int32Array => {
    if (settings.replacement) return randomIndices(foldIn(foldIn(root, 'batch'), done), batchSize, n)
    const at = done % stepsPerEpoch
    if (at === 0) order = permutation(foldIn(foldIn(root, 'epoch'), epoch), n)
    const indices = temporary('int32', batchSize)
    for (let i = 0; i < batchSize; i++) indices[i] = order[at * batchSize + i] as number
    return indices
  }

  const { rule, optimConfig, clipNorm, clipValue } = settings
  const optimizer = { rule, optimConfig, clipNorm, clipValue }
  const stepKeys = foldIn(root, 'step')
  const augmentKeys = foldIn(root, 'augment')

  const inputs = (x: Rows, indices: Int32Array, done: number): Tensor =>
    settings.augment === undefined
      ? gather(x, indices, dtype)
      : gatherAugmented(x as Bytes, indices, settings.augment, foldIn(augmentKeys, done), dtype)

  /** One update in place; its loss. */
  const advance = (x: Rows, done: number, epoch: number): number =>
    scoped(() => {
      const indices = batchAt(done, epoch)
      const y = temporary('int32', indices.length)
      for (let i = 0; i < y.length; i++) y[i] = data.train.y[indices[i] as number] as number
      const batch = { x: inputs(x, indices, done), y }
      const current = home.current()
      const next = step(model, { ...optimizer, learningRate }, current, batch, foldIn(stepKeys, done), current)
      if (next.state !== current) home.settle(next.state)
      return next.loss
    })

  const hasPatience = (epoch: number): boolean =>
    settings.patience === undefined || O.isNone(best) || epoch - best.value.epoch < settings.patience

  try {
    const x = home.bring(data.train.x, dtype)
    const trainSample = sample({ x, y: data.train.y }, settings.numTrainSamples, foldIn(root, 'train sample'))
    yield evaluate(0, trainSample)
    for (let done = 0; done < totalSteps; ) {
      const epoch = Math.floor(done / stepsPerEpoch)
      const progress = { step: done, epoch, totalSteps }
      learningRate = settings.learningRate * lrDecay(progress) * plateau.factor * settings.schedule(progress)
      if (!Number.isFinite(learningRate)) {
        throw new ArgumentError(
          `schedule: a factor is a finite number, but the learning rate of step ${done} became ${learningRate}`,
        )
      }
      const loss = advance(x, done, epoch)
      if (!Number.isFinite(loss)) {
        status = 'diverged'
        break
      }
      lossHistory.push(loss)
      done++
      yield {
        _tag: 'Step',
        step: done,
        totalSteps,
        epoch: epoch + 1,
        loss,
        learningRate,
        weights: home.current().weights,
      }
      if (done % stepsPerEpoch !== 0 && done !== totalSteps) continue
      yield evaluate(epoch + 1, trainSample)
      if (!hasPatience(epoch + 1)) {
        status = 'stoppedEarly'
        break
      }
    }
    const lastWeights = copyOf(home.current().weights)
    const result: Result = {
      status,
      weights: O.isSome(best) ? best.value.weights : lastWeights,
      lastWeights,
      best,
      steps: lossHistory.length,
      lossHistory,
      trainAccHistory,
      valAccHistory,
      backend: backend().description,
    }
    yield { _tag: 'Done', result }
  } finally {
    home.close()
  }
}
