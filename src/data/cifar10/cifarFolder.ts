import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { DataError } from '../errors.ts'
import type { Source } from '../files/cachedFiles.ts'
import { readBytes } from '../files/readBytes.ts'
import { archiveBatches, missingBatches, PYTHON } from './cifarArchive.ts'
import { cifar10Source } from './cifarFiles.ts'

const names = cifar10Source.batches.map(({ name }) => name)

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() === true

const missingIn = async (folder: string): Promise<readonly string[]> => {
  const there = await Promise.all(names.map((name) => isFile(join(folder, name))))
  return names.filter((_, i) => !there[i])
}

const read = (path: string): TE.TaskEither<DataError, Source> =>
  pipe(
    readBytes(path),
    TE.map((bytes) => ({ path, bytes })),
  )

const readAll = (folder: string): TE.TaskEither<DataError, readonly Source[]> =>
  pipe(
    names,
    RA.traverse(TE.ApplicativeSeq)((name) => read(join(folder, name))),
  )

const fromArchive = (path: string): TE.TaskEither<DataError, readonly Source[]> =>
  pipe(
    read(path),
    TE.chain((archive) => archiveBatches(cifar10Source, archive)),
  )

// The first place that holds anything is taken, so that what is missing there is told.
const choose = async (dir: string): Promise<TE.TaskEither<DataError, readonly Source[]>> => {
  const info = await stat(dir).catch(() => undefined)
  if (info === undefined) {
    return TE.left(
      new DataError(`${dir}: there is no such folder or file; give the one that holds ${names[0]}, or the archive`),
    )
  }
  if (!info.isDirectory()) {
    return dir.endsWith('.bin')
      ? TE.left(new DataError(`${dir}: this is a file; give the folder that holds all six`))
      : fromArchive(dir)
  }
  for (const folder of [dir, join(dir, cifar10Source.folder)]) {
    const missing = await missingIn(folder)
    if (missing.length === 0) return readAll(folder)
    if (missing.length < names.length) {
      return TE.left(new DataError(`${folder}: ${missingBatches(missing, false)}`))
    }
  }
  const archive = join(dir, cifar10Source.archive.name)
  if (await isFile(archive)) return fromArchive(archive)
  return TE.left(new DataError(`${dir}: ${missingBatches(names, await isFile(join(dir, PYTHON)))}`))
}

/**
 * The six batches of a folder, of the folder `cifar-10-batches-bin` in it, or of the archive in it; or those of an
 * archive.
 *
 * @returns  left(DataError) that names what is missing
 */
export const cifarFolder = (dir: string): TE.TaskEither<DataError, readonly Source[]> =>
  pipe(
    TE.fromTask(() => choose(dir)),
    TE.flatten,
  )
