import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { codeOf } from '../../files/index.ts'
import { join } from '../../system/index.ts'
import { DataError } from '../errors.ts'
import { prepareFolder, writeWhole } from './cache.ts'
import { addressOf, type DownloadOptions, download, type KnownFile, sha256 } from './download.ts'
import { readBytes } from './readBytes.ts'

/** Files that are known by their sums, where they are kept, and from where they can be had. */
export interface FileSet {
  readonly files: readonly KnownFile[]
  readonly folder: string
  /** Addresses of folders that hold the files, in the order in which they are tried. */
  readonly mirrors: readonly string[]
  /** What else can be done without the files, for messages. */
  readonly otherwise?: string
}

/** A file's path and content. */
export interface Source {
  readonly path: string
  readonly bytes: Uint8Array
}

export interface CachedFilesOptions extends DownloadOptions {
  /** Whether what is missing may be downloaded. */
  readonly download: boolean
}

/** The file if it is there; left('') when it is not, and left(why) when it is there with another sum. */
export const fromCache = ({ name, sha256: expected }: KnownFile, path: string): TE.TaskEither<string, Uint8Array> =>
  pipe(
    readBytes(path),
    TE.mapLeft((error) => (['ENOENT', 'ENOTDIR'].includes(codeOf(error.cause)) ? '' : error.message)),
    TE.chainEitherK((bytes) =>
      sha256(bytes) === expected
        ? E.right(bytes)
        : E.left(`the cached file ${path} is damaged or another one, its sha256 is not that of ${name}`),
    ),
  )

const STROKES = 'the data set strokes (--data strokes in the experiments) needs no files'

const byHand = ({ files, folder, mirrors, otherwise = STROKES }: FileSet): string => {
  const [first = '', ...others] = files.map(({ name }) => name)
  const beside = others.length === 0 ? '' : ` and beside it ${others.join(', ')}`
  const address = mirrors[0] === undefined ? first : addressOf(mirrors[0], first)
  const these = others.length === 0 ? 'it' : 'them'
  return `to get the files by hand, download ${address}${beside} and put ${these} into ${folder}; ${otherwise}`
}

interface Fetched {
  readonly bytes: Uint8Array
  /** The mirrors for the next file: one that failed comes last. */
  readonly mirrors: readonly string[]
}

const fromMirrors = (
  file: KnownFile,
  mirrors: readonly string[],
  options: DownloadOptions,
  failures: readonly string[] = [],
  tried: readonly string[] = [],
): TE.TaskEither<string, Fetched> => {
  const [mirror, ...others] = mirrors
  if (mirror === undefined) return TE.left(failures.join('; ') || 'there is no mirror')
  return pipe(
    download(mirror, file, options),
    TE.matchE(
      (why) => fromMirrors(file, others, options, [...failures, `${mirror}: ${why}`], [...tried, mirror]),
      (bytes) => TE.right({ bytes, mirrors: [mirror, ...others, ...tried] }),
    ),
  )
}

const obtain = (
  set: FileSet,
  file: KnownFile,
  mirrors: readonly string[],
  options: CachedFilesOptions,
): TE.TaskEither<DataError, Fetched> => {
  const path = join(set.folder, file.name)
  const failed = (damage: string, why: string): DataError =>
    new DataError(`${[damage, why].filter((text) => text !== '').join('; ')}; ${byHand(set)}`)
  const fetched = (damage: string): TE.TaskEither<DataError, Fetched> =>
    pipe(
      prepareFolder(set.folder),
      TE.chain(() =>
        pipe(
          fromMirrors(file, mirrors, { ...options, folder: set.folder }),
          TE.mapLeft((why) => failed(damage, `${file.name} cannot be downloaded (${why})`)),
        ),
      ),
      TE.chainFirst(({ bytes }) => writeWhole(set.folder, file.name, bytes)),
    )
  return pipe(
    fromCache(file, path),
    TE.map((bytes) => ({ bytes, mirrors })),
    TE.orElse((damage) =>
      options.download
        ? fetched(damage)
        : TE.left(failed(damage, damage === '' ? `there is no ${path}, and downloads are off` : 'downloads are off')),
    ),
  )
}

const obtainAll = (
  set: FileSet,
  options: CachedFilesOptions,
  mirrors: readonly string[],
  done: readonly Source[],
): TE.TaskEither<DataError, readonly Source[]> => {
  const file = set.files[done.length]
  if (file === undefined) return TE.right(done)
  return pipe(
    obtain(set, file, mirrors, options),
    TE.chain(({ bytes, mirrors: next }) =>
      obtainAll(set, options, next, [...done, { path: join(set.folder, file.name), bytes }]),
    ),
  )
}

/**
 * The files of a set: each from its folder if its sum is right there, else from the first mirror that gives it, and
 * then it is kept.
 *
 * @returns  left(DataError) that names each mirror's reason and how to get the files by hand, or why the folder cannot
 *           be written
 */
export const cachedFiles = (set: FileSet, options: CachedFilesOptions): TE.TaskEither<DataError, readonly Source[]> =>
  obtainAll(set, options, set.mirrors, [])
