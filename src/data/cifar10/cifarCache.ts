import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { basename, join, rm } from '../../system/index.ts'
import { DataError } from '../errors.ts'
import { writeWhole } from '../files/cache.ts'
import { type CachedFilesOptions, cachedFiles, fromCache, type Source } from '../files/cachedFiles.ts'
import { archiveBatches } from './cifarArchive.ts'
import type { CifarFiles } from './cifarFiles.ts'

const kept = ({ batches }: CifarFiles, folder: string): TE.TaskEither<string, readonly Source[]> =>
  pipe(
    batches,
    RA.traverse(TE.ApplicativeSeq)((file) => {
      const path = join(folder, file.name)
      return pipe(
        fromCache(file, path),
        TE.map((bytes) => ({ path, bytes })),
      )
    }),
  )

const fetched = (
  source: CifarFiles,
  folder: string,
  options: CachedFilesOptions,
): TE.TaskEither<DataError, readonly Source[]> => {
  const { archive, batches, mirrors } = source
  const otherwise = 'or unpack it anywhere and give that folder as the option dir'
  return pipe(
    cachedFiles({ files: [archive], folder, mirrors, otherwise }, options),
    TE.chain(([file]) =>
      archiveBatches([batches.map(({ name }) => name)], `get ${archive.name} again`, file as Source),
    ),
    TE.map(({ files }) => files),
    TE.chainFirst(RA.traverse(TE.ApplicativeSeq)(({ path, bytes }) => writeWhole(folder, basename(path), bytes))),
    TE.chainFirstTaskK(() => () => rm(join(folder, archive.name), { force: true }).catch(() => undefined)),
  )
}

/**
 * The batches in their folder of the cache, if their sums are right; else they are unpacked into it from the archive,
 * which is downloaded unless it is there, and deleted when all are written.
 *
 * @returns  left(DataError) as `cachedFiles` says
 */
export const cifarCache = (
  source: CifarFiles,
  cacheDir: string,
  options: CachedFilesOptions,
): TE.TaskEither<DataError, readonly Source[]> => {
  const folder = join(cacheDir, source.folder)
  return pipe(
    kept(source, folder),
    TE.orElse((damage) =>
      pipe(
        fetched(source, folder, options),
        TE.mapLeft((error) => (damage === '' ? error : new DataError(`${damage}; ${error.message}`, { cause: error }))),
      ),
    ),
  )
}
