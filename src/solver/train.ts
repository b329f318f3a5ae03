import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { ArgumentError, OptionError, shown } from '../errors/index.ts'
import { isWeights, type Model, type Weights } from '../models/index.ts'
import { parameterGroups } from '../optim/index.ts'
import { foldIn, key, permutation } from '../random/index.ts'
import { gather, rowCount } from '../tensor/index.ts'
import { type CheckedData, checkBatch, checkData, checkImages, checkModel, type Data, type Examples } from './data.ts'
import type { Event, RunState } from './events.ts'
import { type SolverOptions, settingsFrom } from './options.ts'
import { planOf } from './plan.ts'
import { checkState, startOfRun } from './resume.ts'
import { run } from './run.ts'

/** Fresh weights, unless the net is one that no memory holds. */
const initial = ({ init }: Model<unknown>, seed: number): E.Either<OptionError, Weights> =>
  pipe(
    E.tryCatch(
      () => init(foldIn(key(seed), 'init')),
      (reason) => {
        if (reason instanceof OptionError) return reason
        throw reason
      },
    ),
    E.filterOrElse(
      isWeights,
      (made) => new OptionError(`model: its init must give { params, state }, but gave ${shown(made)}`),
    ),
  )

/** The model with what its task takes of the training targets. */
const fittedTo = (model: Model<unknown>, { train: { y } }: CheckedData): Model<unknown> => model.fitted?.(y) ?? model

const PREPARED = 5000 // examples that layers see before the first step

/** The weights that a run begins with: layers that look at the data have seen some of it. */
const prepared = (
  model: Model<unknown>,
  fresh: Weights,
  { x }: Examples,
  seed: number,
): E.Either<OptionError, Weights> => {
  if (model.prepare === undefined) return E.right(fresh)
  const prepareKey = foldIn(key(seed), 'prepare')
  const rows = permutation(prepareKey, rowCount(x)).subarray(0, PREPARED)
  return E.tryCatch(
    () => (model as Required<typeof model>).prepare(fresh, gather(x, rows.sort(), model.dtype), prepareKey),
    (reason) => {
      if (reason instanceof ArgumentError) return new OptionError(reason.message)
      throw reason
    },
  )
}

/**
 * Training as a lazy sequence of events: `Epoch` 0, then a `Step` for each update and an `Epoch` after each pass, at last `Done`; in long
 * evaluations an `Evaluation` after each batch
 *
 * It prints nothing and writes nothing; who consumes it prints, saves, draws or stops. Weights in an event are valid until the
 * generator is resumed. The same model, data, options and backend give the same bits (blas: with the same number of threads and
 * the same library; relaxed wasm: on the same kind of machine), also when the run goes on from a state it was once in.
 *
 * @param model    e.g. from `fullyConnectedNet`
 * @param data     `xTrain`, `yTrain`, and `xVal`, `yVal` if there are any
 * @param options  see `SolverOptions`
 * @param from     the `run` of an event of a former run with the same model, data and options; from the start unless given
 * @returns        the events, or what is wrong with options, data or state
 * @throws         (the generator) ArgumentError when a schedule gives no finite number
 * @example        const data = { xTrain: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), yTrain: [0, 1, 1, 0] }
 *                 const events = orThrow(train(orThrow(twoLayerNet({ inputDim: 2, numClasses: 2 })), data, { numEpochs: 2 }))
 *                 Array.from(events, (event) => event._tag)   // ['Epoch', 'Step', 'Epoch', 'Step', 'Epoch', 'Done']
 * @see            cs231n, assignment 2, `Solver`
 */
export const train = <Y>(
  model: Model<Y>,
  data: Data<NoInfer<Y>>,
  options: SolverOptions = {},
  from?: RunState,
): E.Either<OptionError, Generator<Event, void, undefined>> =>
  pipe(
    checkModel(model),
    E.bindTo('is'),
    E.bind('settings', () => settingsFrom(options)),
    E.bind('checked', () => checkData(model as Model<unknown>, data as Data<unknown>)),
    E.chainFirst(({ settings, checked }) => checkImages(settings.augment, checked.train.x)),
    E.let('plan', ({ settings, checked }) => planOf(rowCount(checked.train.x), settings)),
    E.chainFirst(({ plan }) => checkBatch(model as Model<unknown>, plan)),
    E.bind('fresh', ({ settings }) => initial(model as Model<unknown>, settings.seed)),
    E.bind('groupsAt', ({ settings, fresh }) => parameterGroups(settings.groups ?? [], Object.keys(fresh.params))),
    E.chain(({ settings, checked, plan, fresh, groupsAt }) =>
      pipe(
        from === undefined
          ? pipe(
              prepared(model as Model<unknown>, fresh, checked.train, settings.seed),
              E.map((weights) => startOfRun(weights, plan)),
            )
          : checkState(fresh, plan, settings, groupsAt, from),
        E.map((state) => run(fittedTo(model as Model<unknown>, checked), checked, settings, plan, groupsAt, state)),
      ),
    ),
  )
