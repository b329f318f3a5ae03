import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { explain, readReasons, recognised } from '../../files/index.ts'
import { decodeNpzRows } from '../../formats/index.ts'
import { basename, dirname, stat } from '../../system/index.ts'
import { isBytes, type Rows } from '../../tensor/index.ts'
import { DataError } from '../errors.ts'
import type { Source } from '../files/cachedFiles.ts'
import { beginning, readBytes } from '../files/readBytes.ts'
import { decodeIdx, type NamedIdx } from './idx.ts'
import { MNIST_NAMES } from './mnistFiles.ts'
import { type FoundFile, type FoundFiles, searchMnist } from './mnistSearch.ts'
import { fileNameOf, type MnistSet, named, PARTS, type Part, QMNIST, setOf } from './mnistSet.ts'

/** The four arrays of a set: training images and labels, test images and labels. */
export type Four = readonly [NamedIdx, NamedIdx, NamedIdx, NamedIdx]

/** What was found, and its arrays. */
export interface FoundSet {
  readonly set: MnistSet
  readonly files: Four
}

/** Whole numbers from 0 to 255, whatever kind of number they were saved as. */
const asBytes = (rows: Rows): Uint8Array | undefined => {
  if (isBytes(rows)) return rows.data
  return rows.data.every((v) => Number.isInteger(v) && v >= 0 && v <= 255) ? Uint8Array.from(rows.data) : undefined
}

const arrayOf = (path: string, name: string, rows: Rows): E.Either<DataError, NamedIdx> => {
  const data = asBytes(rows)
  return data === undefined
    ? E.left(new DataError(`${path}: ${name} holds other numbers than 0 … 255; save it as array.astype('uint8')`))
    : E.right({ file: `${path}, ${name}`, shape: rows.shape, data })
}

/** Arrays of an .npz file by their names. */
const npzArrays = (path: string, names: readonly string[]): TE.TaskEither<DataError, readonly NamedIdx[]> =>
  pipe(
    readBytes(path),
    TE.chainEitherK((bytes) =>
      pipe(
        decodeNpzRows(path, bytes, { names }),
        E.mapLeft((error) => new DataError(error.message, { cause: error })),
      ),
    ),
    TE.chainEitherK((rows) => E.traverseArray((name: string) => arrayOf(path, name, rows[name] as Rows))(names)),
  )

/** What Keras's mnist.npz calls its arrays, in the order of PARTS. */
const KERAS = ['x_train', 'y_train', 'x_test', 'y_test']

const fromArchive = (path: string): TE.TaskEither<DataError, Four> =>
  npzArrays(path, KERAS) as TE.TaskEither<DataError, Four>

/** What an IDX file holds, packed or not, with its path. */
export const namedIdx = ({ path, bytes }: Source): TE.TaskEither<DataError, NamedIdx> =>
  pipe(
    decodeIdx(path, bytes),
    TE.map((idx) => ({ ...idx, file: path })),
  )

const readPart = ({ path }: FoundFile): TE.TaskEither<DataError, NamedIdx> =>
  path.endsWith('.npz')
    ? pipe(
        npzArrays(path, ['arr_0']),
        TE.map(([array]) => array as NamedIdx),
      )
    : pipe(
        readBytes(path),
        TE.chain((bytes) => namedIdx({ path, bytes })),
      )

/** The file of a part; packed by gzip before plain, where both are there. */
const fileOf = ({ files }: FoundFiles, part: Part): FoundFile | undefined => {
  const own = files.filter((file) => file.part === part)
  return own.find(({ path }) => path.endsWith('.gz')) ?? own[0]
}

const missing = ({ set, home }: FoundFiles, absent: readonly Part[]): DataError => {
  const names = absent.map((part) => fileNameOf(set, part))
  const dotted = set === '' ? `, nor spelt ${names[0]?.slice(0, -'.gz'.length).replace('-idx', '.idx')}` : ''
  return new DataError(
    `${home}: there is no ${names.join(', ')} here (nor unpacked${dotted}); ` +
      'give the folder that holds all four files, or none, and they are downloaded',
  )
}

const readFiles = (group: FoundFiles): TE.TaskEither<DataError, Four> => {
  if (group.set === QMNIST) {
    return TE.left(
      new DataError(
        `${group.home}: this is QMNIST, whose labels have eight columns, the first of which is the class; ` +
          "in Python, numpy.savez('mnist.npz', x_train=…, y_train=labels[:, 0].astype('uint8'), x_test=…, y_test=…) writes what can be read",
      ),
    )
  }
  const whole = group.files.find(({ part }) => part === undefined)
  if (whole !== undefined) return fromArchive(whole.path)
  const files = PARTS.map((part) => fileOf(group, part))
  const absent = PARTS.filter((_, i) => files[i] === undefined)
  if (absent.length > 0) return TE.left(missing(group, absent))
  return pipe(files as FoundFile[], RA.traverse(TE.ApplicativeSeq)(readPart)) as TE.TaskEither<DataError, Four>
}

type Read = readonly [set: string, files: Four]

const fromFolder = (dir: string, split: string | undefined): TE.TaskEither<DataError, Read> =>
  pipe(
    TE.fromTask(() => searchMnist(dir, split)),
    TE.chainEitherK((found) => found),
    TE.chain((group) =>
      pipe(
        readFiles(group),
        TE.map((files): Read => [group.set, files]),
      ),
    ),
  )

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b

/** An .npz archive of any name; what is wrong with any other file in the place of the folder. */
const fromFile = async (path: string): Promise<TE.TaskEither<DataError, Read>> => {
  const start = await beginning(path)
  const what = recognised(start)
  const isPart = named(basename(path))?.part !== undefined
  if (isZip(start) && !isPart) {
    return pipe(
      fromArchive(path),
      TE.map((files): Read => ['', files]),
    )
  }
  const is = what === undefined ? 'a file' : `a file (${what})`
  return TE.left(
    new DataError(
      isPart
        ? `${path}: this is one of the files; give the folder that holds it, ${dirname(path)}`
        : `${path}: this is ${is}; dir is the folder that holds ${PARTS.map((part) => fileNameOf('', part)).join(', ')}, or Keras's mnist.npz; without dir, they are downloaded`,
    ),
  )
}

const reasons = {
  ...readReasons,
  ENOENT: `there is no such folder; give the one that holds ${MNIST_NAMES[0]}.gz`,
}

/**
 * The set in a folder, in `MNIST/raw`, `gzip` or other folders in it, or in a file such as Keras's mnist.npz: MNIST's own names
 * (with a dash or a dot, packed by gzip or not, each perhaps in a folder of its name), EMNIST's, KMNIST's .npz files.
 *
 * @param own    what MNIST's own names stand for
 * @param split  of EMNIST, where several are there
 * @returns      left(DataError) that names what is missing, or the sets among which to choose
 */
export const mnistFolder = (
  dir: string,
  own: 'mnist' | 'fashion',
  split: string | undefined,
): TE.TaskEither<DataError, FoundSet> =>
  pipe(
    TE.tryCatch(
      async () => ((await stat(dir)).isDirectory() ? fromFolder(dir, split) : await fromFile(dir)),
      (error) => new DataError(`${dir}: ${explain(reasons, error)}`, { cause: error }),
    ),
    TE.flatten,
    TE.map(([set, files]) => ({ set: setOf(set, own), files })),
  )
