import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Given, Resolved } from '../../errors/index.ts'
import { DataError } from '../errors.ts'
import { type LoaderOptions, sourceOf, sourcing } from '../options.ts'
import { type Batch, genuineBatch, parseBatch } from './cifarBatch.ts'
import { cifarCache } from './cifarCache.ts'
import type { CifarSource, LabelColumn } from './cifarFiles.ts'
import { cifarFolder } from './cifarFolder.ts'
import { assembleCifar, type CifarParts, cifarForm, countFault } from './cifarSplits.ts'

/** From where files are taken, and what is given of them. */
export const cifarOptions = {
  ...sourcing,
  ...cifarForm,
  /**
   * Only this is looked in: a folder that holds the files of the binary or of the Python version, or the folder of the archive with
   * them (e.g. `cifar-10-batches-bin`, `cifar-10-batches-py`), or the archive; or the path of an archive, which is unpacked in memory at
   * each start.
   */
  dir: sourcing.dir,
  /** Instead of CACHEGRAD_CACHE: `cifar-10-batches-bin/` or `cifar-100-binary/` in it holds the files. */
  cacheDir: sourcing.cacheDir,
  /** Whether files that are missing are downloaded, 170 MB; true unless given. */
  download: sourcing.download,
}

/** The options of `loadCifar10`, and of `loadCifar100` beside its own. @interface */
export type Cifar10Options = Given<typeof cifarForm> &
  LoaderOptions<typeof cifarOptions, 'dir' | 'cacheDir' | 'download'>

// Files of the cache come with their sums checked, files of the user do not.
const batches = (
  set: CifarSource,
  options: Resolved<typeof cifarOptions>,
): TE.TaskEither<DataError, readonly Batch[]> => {
  if (options.dir !== undefined) {
    return pipe(
      cifarFolder(set, options.dir),
      TE.chainEitherK(({ isPython, files }) =>
        pipe(
          files,
          E.traverseReadonlyArrayWithIndex((i, file) => genuineBatch(set, i, file, isPython)),
        ),
      ),
    )
  }
  const { cacheDir, mirrors, fetching } = sourceOf(options, set.mirrors)
  return pipe(
    cifarCache({ ...set, mirrors }, cacheDir, fetching),
    TE.chainEitherK(
      E.traverseReadonlyArrayWithIndex((i, { path, bytes }) =>
        parseBatch(path, bytes, { count: set.counts[i] as number, columns: set.columns }),
      ),
    ),
  )
}

/** A data set's images, split; the last file is the test batch. */
export const loadCifar = (
  where: string,
  set: CifarSource,
  key: LabelColumn['key'],
  options: Resolved<typeof cifarOptions>,
): TE.TaskEither<DataError, CifarParts> => {
  const testing = set.counts.at(-1) as number
  const training = set.counts.reduce((sum, count) => sum + count, -testing)
  const fault = countFault(where, options, training, testing)
  if (fault !== undefined) return TE.left(new DataError(fault))
  const column = set.columns.findIndex((one) => one.key === key)
  return pipe(
    batches(set, options),
    TE.map((all) => assembleCifar(all.slice(0, -1), all.slice(-1), column, options)),
  )
}
