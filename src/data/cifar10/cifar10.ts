import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Given, Resolved } from '../../errors/index.ts'
import { DataError } from '../errors.ts'
import type { KnownFile } from '../files/download.ts'
import { type LoaderOptions, resolved, sourceOf, sourcing } from '../options.ts'
import { type Batch, genuineBatch, parseBatch } from './cifarBatch.ts'
import { cifarCache } from './cifarCache.ts'
import { BATCH, cifar10Source } from './cifarFiles.ts'
import { cifarFolder } from './cifarFolder.ts'
import { assembleCifar10, type Cifar10, cifar10Form, countFault } from './cifarSplits.ts'

/** From where `loadCifar10` takes its files, and what it gives of them. */
const cifar10Options = {
  ...sourcing,
  ...cifar10Form,
  /**
   * Only this is looked in: a folder that holds the six .bin files, or a folder `cifar-10-batches-bin` with them, or
   * cifar-10-binary.tar.gz; or the path of that archive, which is unpacked in memory at each start.
   */
  dir: sourcing.dir,
  /** Instead of CACHEGRAD_CACHE: `cifar-10-batches-bin/` in it holds the files. */
  cacheDir: sourcing.cacheDir,
  /** Whether files that are missing are downloaded, 170 MB; true unless given. */
  download: sourcing.download,
}

/** The options of `loadCifar10`. @interface */
export type Cifar10Options = Given<typeof cifar10Form> &
  LoaderOptions<typeof cifar10Options, 'dir' | 'cacheDir' | 'download'>

// Files of the cache come with their sums checked, files of the user do not.
const batches = (options: Resolved<typeof cifar10Options>): TE.TaskEither<DataError, readonly Batch[]> => {
  if (options.dir !== undefined) {
    return pipe(
      cifarFolder(options.dir),
      TE.chainEitherK(
        E.traverseReadonlyArrayWithIndex((i, file) => genuineBatch(file, cifar10Source.batches[i] as KnownFile)),
      ),
    )
  }
  const { cacheDir, mirrors, fetching } = sourceOf(options, cifar10Source.mirrors)
  return pipe(
    cifarCache({ ...cifar10Source, mirrors }, cacheDir, fetching),
    TE.chainEitherK(E.traverseReadonlyArrayWithIndex((_, { path, bytes }) => parseBatch(path, bytes))),
  )
}

/**
 * CIFAR-10's 50,000 training and 10,000 test images, 32×32 in colour, split as in cs231n into 49,000 for training, the
 * next 1,000 for validation and the first 1,000 of the test images: from the given folder or archive; without one from
 * the cache folder, and what is not there is downloaded (170 MB), checked by sha256 and unpacked into it (184 MB). A
 * download that broke off is gone on with the next time.
 *
 * An image is (3, 32, 32), the red, green and blue plane, as in the files and from cs231n's get_CIFAR10_data; the
 * (32, 32, 3) of its load_CIFAR10 are the same pixels transposed by (1, 2, 0). Bytes stay bytes in shared memory;
 * `x.mean` and `x.scale`, one number a pixel, hold the preprocessing, which is the training images' for all three parts.
 *
 * @param options  all optional: see `Cifar10Options`
 * @returns        left(DataError), one line that says what to do: a wrong option; a file that is missing, truncated,
 *                 damaged or another one; a hostile archive; no network; a cache folder that cannot be written
 * @example        loadCifar10({ dir: 'data/cifar-10-batches-bin' })()   // Promise of right({ train: { x, y }, val, test, … })
 * @see            cs231n, assignment 2, data_utils.py: get_CIFAR10_data, with the same defaults
 */
export const loadCifar10 = (options: Cifar10Options = {}): TE.TaskEither<DataError, Cifar10> =>
  pipe(
    TE.fromEither(resolved('loadCifar10', options, cifar10Options)),
    TE.chain((known) => {
      const fault = countFault(known, 5 * BATCH, BATCH)
      return fault === undefined
        ? pipe(
            batches(known),
            TE.map((six) => assembleCifar10(six.slice(0, 5), six.slice(5), known)),
          )
        : TE.left(new DataError(fault))
    }),
  )
