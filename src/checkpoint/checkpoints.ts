import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  ArgumentError,
  boolean,
  functionOf,
  type Given,
  isRecord,
  OptionError,
  positiveInteger,
  type Resolved,
  resolveOptions,
  shown,
  text,
  withDefault,
} from '../errors/index.ts'
import { messageOf, version } from '../files/index.ts'
import { backend } from '../kernels/index.ts'
import { type Event, isOverwritten, type RunState, train } from '../solver/index.ts'
import { type Checkpoint, layOut, seal } from './checkpoint.ts'
import { type Description, describe, differences, hashOf, type Run } from './description.ts'
import { CheckpointError } from './errors.ts'
import { openFolder, readNewest, writeCheckpoint } from './folder.ts'

const checkpointOptions = {
  /** Steps between two checkpoints, an integer ≥ 1; one after each epoch unless given. At the end of a run there is always one. */
  every: positiveInteger,
  /** How many of the newest stay, an integer ≥ 1; 2 unless given. Each holds the best weights so far too. */
  keep: withDefault(2, positiveInteger),
  /** Go on from the newest one. Without it a folder that holds checkpoints is refused, so that no run is overwritten. */
  resume: withDefault(false, boolean),
  /** Compare the data's sums too; true unless given. Where the data cannot change, false saves the time that summing takes. */
  sumData: withDefault(true, boolean),
  /** Told what does not stop the run, in one line: a damaged file, another backend, a disk that is full. */
  onWarning: withDefault(() => {}, functionOf<(message: string) => void>()),
}

/** The options of `openCheckpoints`. @interface */
export type CheckpointOptions = Given<typeof checkpointOptions>

type Known = Resolved<typeof checkpointOptions>

/** A consumer of events that writes checkpoints. */
export interface Checkpoints {
  /** Where to go on: the fourth argument of `train`. */
  readonly from: RunState | undefined
  /**
   * Takes what is to be written at once, and resolves when it is on the disk. Await it, so that the run does not overtake the disk;
   * it never rejects.
   */
  readonly see: (event: Event) => Promise<void>
  /** Resolves when all is written: a left when the last checkpoint could not be. */
  readonly close: () => Promise<E.Either<CheckpointError, void>>
}

const argumentsFault = (folder: unknown, run: unknown): string | undefined => {
  if (!text.holds(folder)) return `folder must be the path of one, but got ${shown(folder)}`
  return isRecord(run) ? undefined : `run must be { model, data, options }, but got ${shown(run)}`
}

const resolved = (folder: string, run: Run<unknown>, options: CheckpointOptions): E.Either<CheckpointError, Known> => {
  const fault = argumentsFault(folder, run)
  if (fault !== undefined) return E.left(new CheckpointError(`openCheckpoints: ${fault}`))
  return pipe(
    resolveOptions('openCheckpoints', options, checkpointOptions),
    E.mapLeft((error) => new CheckpointError(error.message, { cause: error })),
  )
}

const described = (run: Run<unknown>, sumData: boolean): E.Either<CheckpointError, Description> =>
  pipe(
    // Nothing of it runs, but it says what is wrong with data and options.
    train(run.model, run.data, run.options),
    E.mapLeft((error) => new CheckpointError(error.message, { cause: error })),
    E.chain(() =>
      E.tryCatch(
        () => describe(run, sumData),
        (reason) =>
          new CheckpointError(
            reason instanceof OptionError
              ? reason.message
              : `openCheckpoints: an option cannot be written to a checkpoint: ${messageOf(reason)}`,
          ),
      ),
    ),
  )

/** Before nets were values a description had the shapes of their weights, and not what they are made of. */
const isFormer = (description: Description): boolean =>
  Object.keys(description).some((name) => name.startsWith('weight '))

const compared = (folder: string, found: Checkpoint, now: Description): E.Either<CheckpointError, Checkpoint> => {
  if (hashOf(found.description) === hashOf(now)) return E.right(found)
  if (isFormer(found.description)) {
    return E.left(
      new CheckpointError(
        `the checkpoints in ${folder} are of an earlier version of cachegrad, which did not write down what a net is made of; to go on ` +
          'from one, take its state, const { run } = orThrow(await readCheckpoint(file)()), give it to train(model, data, options, run), ' +
          'and name another folder for its checkpoints',
      ),
    )
  }
  const what = differences(found.description, now).join('; ')
  return E.left(
    new CheckpointError(
      `the checkpoints in ${folder} are of another run: ${what}; go on with what it was begun with, or name another folder ` +
        '(readCheckpoint gives the state, if it shall go on in another way)',
    ),
  )
}

/** What is another than when the checkpoint was written, and may change the last bits. */
const changes = ({ backend: then, library }: Checkpoint): string[] => {
  const now = backend().description
  return [
    ...(then === now
      ? []
      : [`the run was begun with the backend ${then}, and this is ${now}: the last bits may differ`]),
    ...(library === version
      ? []
      : [`the checkpoint is of cachegrad ${library}, and this is ${version}: the last bits may differ`]),
  ]
}

/** A listener that throws must not end the run. */
const tell = (listener: (message: string) => void, message: string): void =>
  void E.tryCatch(
    () => listener(message),
    () => undefined,
  )

const writer = (folder: string, description: Description, options: Known): Omit<Checkpoints, 'from'> => {
  const { every, keep, onWarning } = options
  let last: E.Either<CheckpointError, void> = E.right(undefined)
  let isTold = false
  let writing = Promise.resolve()
  let written = ''

  const isDue = (event: Event): boolean => {
    if (event._tag === 'Step') return every !== undefined && event.step % every === 0
    if (event._tag === 'Done') return !isOverwritten(event.result.fault)
    return event._tag === 'Epoch' && event.epoch > 0 && every === undefined
  }
  const note = (outcome: E.Either<CheckpointError, void>): void => {
    last = outcome
    if (E.isRight(outcome) || isTold) return
    isTold = true
    tell(onWarning, `${outcome.left.message}; the training goes on, and older checkpoints stay`)
  }
  const save = (run: RunState): void => {
    const step = run.lossHistory.length
    // Now, since the run's tensors change with the next step.
    const bytes = E.tryCatch(
      () => layOut({ run, description, backend: backend().description, library: version }),
      (reason) =>
        reason instanceof CheckpointError ? reason : new CheckpointError(messageOf(reason), { cause: reason }),
    )
    writing = writing.then(async () => {
      if (E.isLeft(bytes)) return note(bytes)
      await seal(bytes.right)
      note(await writeCheckpoint(folder, step, bytes.right, keep)())
    })
  }
  return {
    see: async (event) => {
      if (typeof event !== 'object' || event === null)
        throw new ArgumentError(`checkpoints: an event is no ${shown(event)}; give those of train`)
      if (!isDue(event) || !('run' in event)) return
      const { lossHistory, trainScoreHistory } = event.run
      const place = `${lossHistory.length} ${trainScoreHistory.length}`
      // The end of a run may be where the last checkpoint was.
      if (place === written && E.isRight(last)) return
      written = place
      save(event.run)
      await writing
    },
    close: async () => {
      await writing
      return last
    },
  }
}

/**
 * Checkpoints of a run in a folder: whatever happens to the process, the run can go on from the last one, bit for bit
 *
 * A file appears whole or not at all, is checked by a sum when it is read, and goes after newer ones are on the disk. A damaged
 * newest one gives way to the one before.
 *
 * @param folder   made if need be
 * @param run      what `train` is called with: `model`, `data`, `options`
 * @param options  see `CheckpointOptions`
 * @returns        left(CheckpointError) when the folder cannot be used, holds another run, or holds one and `resume` is not given
 * @example        const model = orThrow(twoLayerNet({ inputDim: 2 }))
 *                 const data = { xTrain: ones([4, 2]), yTrain: [3, 3, 3, 3] }
 *                 openCheckpoints('run', { model, data }, { resume: true })()   // Promise of right({ from, see })
 * @see            Mohan, Phanishayee & Chidambaram, "CheckFreq: Frequent, Fine-Grained DNN Checkpointing", FAST 2021
 */
export const openCheckpoints = <Y>(
  folder: string,
  run: Run<Y>,
  options: CheckpointOptions = {},
): TE.TaskEither<CheckpointError, Checkpoints> =>
  pipe(
    TE.fromEither(resolved(folder, run as Run<unknown>, options)),
    TE.bindTo('known'),
    TE.bind('description', ({ known }) => TE.fromEither(described(run as Run<unknown>, known.sumData))),
    TE.bind('names', () => openFolder(folder)),
    TE.filterOrElse(
      ({ known, names }) => known.resume || names.length === 0,
      () =>
        new CheckpointError(
          `the folder ${folder} holds checkpoints of a run: resume it (resume: true, --resume), or name another folder`,
        ),
    ),
    TE.bind('found', ({ known: { onWarning }, names, description }) =>
      pipe(
        readNewest(folder, names, (message) => tell(onWarning, message)),
        TE.chainEitherK((found) => (found === undefined ? E.right(undefined) : compared(folder, found, description))),
        TE.chainFirstIOK((found) => () => {
          for (const message of found === undefined ? [] : changes(found)) tell(onWarning, message)
        }),
      ),
    ),
    TE.map(({ found, description, known }) => ({ from: found?.run, ...writer(folder, description, known) })),
  )
