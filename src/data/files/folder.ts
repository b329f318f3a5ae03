import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { recognised } from '../../files/index.ts'
import { DataError } from '../errors.ts'
import type { Source } from './cachedFiles.ts'
import { beginning, readBytes } from './readBytes.ts'

// Some archives write train-images.idx3-ubyte, and unpack it into a folder called train-images-idx3-ubyte.
const spellings = (name: string): readonly string[] =>
  [name, name.replace('-idx', '.idx')].flatMap((spelling) => [`${spelling}.gz`, spelling])

const firstFile = async (folder: string, name: string): Promise<string | undefined> => {
  for (const spelling of spellings(name)) {
    const path = join(folder, spelling)
    const info = await stat(path).catch(() => undefined)
    if (info?.isFile()) return path
  }
  return undefined
}

/** What is wrong with a file in the place of the folder, which may be one of those that are looked for. */
const fileFault = async (path: string, names: readonly string[]): Promise<string> => {
  if (names.some((name) => spellings(name).includes(basename(path)))) {
    return `this is one of the files; give the folder that holds it, ${dirname(path)}`
  }
  const what = await beginning(path).then(recognised, () => undefined)
  const is = what === undefined ? 'a file' : `a file (${what})`
  return `this is ${is}; dir is the folder that holds ${names.map((name) => `${name}.gz`).join(', ')}; without dir, they are downloaded`
}

const missing = async (folder: string, names: readonly string[]): Promise<DataError> => {
  const info = await stat(folder).catch(() => undefined)
  if (info === undefined)
    return new DataError(`${folder}: there is no such folder; give the one that holds ${names[0]}.gz`)
  if (!info.isDirectory()) return new DataError(`${folder}: ${await fileFault(folder, names)}`)
  const absent = names.map((name) => `${name}.gz`).join(', ')
  const other = spellings(names[0] ?? '')[3]
  return new DataError(
    `${folder}: there is no ${absent} here (nor unpacked, nor spelt ${other}); ` +
      'give the folder that holds all four files, or none, and they are downloaded',
  )
}

const find = (folder: string, names: readonly string[]): TE.TaskEither<DataError, readonly string[]> =>
  pipe(
    TE.fromTask(() => Promise.all(names.map((name) => firstFile(folder, name)))),
    TE.chain((paths) => {
      const absent = names.filter((_, i) => paths[i] === undefined)
      return absent.length === 0 ? TE.right(paths as readonly string[]) : TE.leftTask(() => missing(folder, absent))
    }),
  )

/**
 * The files of these names in a folder, with or without `.gz`, `-idx` or `.idx`; they are not compared with known sums.
 *
 * @returns  left(DataError) that names what is missing
 */
export const folderFiles = (folder: string, names: readonly string[]): TE.TaskEither<DataError, readonly Source[]> =>
  pipe(
    find(folder, names),
    TE.chain(
      RA.traverse(TE.ApplicativeSeq)((path) =>
        pipe(
          readBytes(path),
          TE.map((bytes) => ({ path, bytes })),
        ),
      ),
    ),
  )
