import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { DataError } from '../errors.ts'
import type { Source } from '../files/cachedFiles.ts'
import { unpack } from '../files/gzip.ts'
import { tarFiles } from '../files/tar.ts'
import { type CifarSource, cifar10Source } from './cifarFiles.ts'

// The genuine one unpacks to 184 MB.
const MOST = 2 ** 28

/** A file of the Python version, whose names have no ending. */
export const PYTHON = 'data_batch_1'

/** What is wrong where batches are missing and the Python version may be there, with the remedy. */
export const missingBatches = (missing: readonly string[], python: boolean): string =>
  `there is no ${missing.join(', ')} here` +
  (python
    ? `, but a ${PYTHON}: this is the Python version; get the binary one, ${cifar10Source.archive.name}`
    : `; give the folder that holds all six files of the binary version, or ${cifar10Source.archive.name}`)

/**
 * The batches in an archive, packed by gzip or not. What else it holds is not looked at, but for its paths: see
 * `tarFiles`.
 *
 * @returns  left(DataError) for a damaged or hostile archive, or one that lacks a batch
 */
export const archiveBatches = (
  { batches }: CifarSource,
  { path, bytes }: Source,
): TE.TaskEither<DataError, readonly Source[]> =>
  pipe(
    unpack(path, bytes, MOST),
    TE.chainEitherK((plain) =>
      tarFiles(path, plain, (name) => name === PYTHON || batches.some((batch) => batch.name === name)),
    ),
    TE.chain((files) => {
      const missing = batches.map(({ name }) => name).filter((name) => !files.has(name))
      return missing.length === 0
        ? TE.right(batches.map(({ name }) => ({ path: join(path, name), bytes: files.get(name) as Uint8Array })))
        : TE.left(new DataError(`${path}: ${missingBatches(missing, files.has(PYTHON))}`))
    }),
  )
