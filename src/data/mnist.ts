import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { oneOf } from '../tensor/index.ts'
import { cacheRoot } from './cache.ts'
import { cachedFiles, type Source } from './cachedFiles.ts'
import { assemble, type LabelsOf, type Mnist, type MnistForm, type NamedIdx } from './digits.ts'
import { type Progress, STALL } from './download.ts'
import type { DataError } from './errors.ts'
import { folderFiles } from './folder.ts'
import { decodeIdx } from './idx.ts'
import { MNIST_NAMES, mnistSources } from './mnistFiles.ts'
import { checked, form, sourcing } from './options.ts'

export interface MnistOptions<H extends boolean = boolean> extends MnistForm<H> {
  /** Only this folder is looked in. It may hold any files of this format and these names. */
  readonly dir?: string
  /** Which files the cache and the mirrors hold: 'mnist' (the default) or 'fashion'. */
  readonly dataset?: 'mnist' | 'fashion'
  /** Instead of CACHEGRAD_CACHE: `mnist/` or `fashion-mnist/` in it holds the files. */
  readonly cacheDir?: string
  /** Whether files that are missing are downloaded; true unless given. */
  readonly download?: boolean
  readonly onProgress?: (progress: Progress) => void
  /** Addresses of folders that hold the four .gz files, instead of the known ones; sums are checked all the same. */
  readonly mirrors?: readonly string[]
  /** Milliseconds without a byte after which a mirror is given up; 20,000 unless given. */
  readonly timeout?: number
}

const requirements = { ...form, ...sourcing, dataset: oneOf(['mnist', 'fashion']) }

const sources = (options: MnistOptions): TE.TaskEither<DataError, readonly Source[]> => {
  const { dir, dataset = 'mnist', cacheDir = cacheRoot(), mirrors, onProgress = () => {} } = options
  if (dir !== undefined) return folderFiles(dir, MNIST_NAMES)
  const known = mnistSources[dataset]
  return cachedFiles(
    { files: known.files, folder: join(cacheDir, known.folder), mirrors: mirrors ?? known.mirrors },
    { download: options.download ?? true, timeout: options.timeout ?? STALL, onProgress },
  )
}

const decode = ({ path, bytes }: Source): TE.TaskEither<DataError, NamedIdx> =>
  pipe(
    decodeIdx(path, bytes),
    TE.map((idx) => ({ ...idx, file: path })),
  )

type Four = readonly [NamedIdx, NamedIdx, NamedIdx, NamedIdx]

/**
 * MNIST's 60,000 training and 10,000 test images: from the given folder; without one from the cache folder, and what is
 * not there is downloaded into it and checked by sha256.
 *
 * @param options  all optional: see `MnistOptions` and `MnistForm`
 * @returns        left(DataError), one line that says what to do: a wrong option; a file that is missing, damaged or of
 *                 another kind; counts that differ; a label above 9; no network; a cache folder that cannot be written
 * @example        loadMnist({ dir: 'data/mnist', oneHot: true })()   // Promise of right({ train: { x, y }, test, … })
 * @see            Saito, "Deep Learning from Scratch", section 3.6: load_mnist, with the same defaults
 */
export const loadMnist = <H extends boolean = false>(
  options: MnistOptions<H> = {},
): TE.TaskEither<DataError, Mnist<LabelsOf<H>>> =>
  pipe(
    TE.fromEither(checked('loadMnist', options, requirements)),
    TE.chain(sources),
    TE.chain(RA.traverse(TE.ApplicativeSeq)(decode)),
    TE.chainEitherK((files) => assemble(options.dataset ?? 'mnist', files as Four, options)),
  )
