import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { oneOf } from '../tensor/index.ts'
import { cachedFiles, type Source } from './cachedFiles.ts'
import { assemble, type LabelsOf, type Mnist, type MnistForm, type NamedIdx } from './digits.ts'
import type { DataError } from './errors.ts'
import { folderFiles } from './folder.ts'
import { decodeIdx } from './idx.ts'
import { MNIST_NAMES, mnistSources } from './mnistFiles.ts'
import { checked, form, type Sourcing, sourcing, withDefaults } from './options.ts'

/** From where `loadMnist` takes its files, and in which form it gives them. */
export interface MnistOptions<H extends boolean = boolean> extends MnistForm<H>, Sourcing {
  /** Only this folder is looked in. It may hold any files of this format and these names. */
  readonly dir?: string
  /** Which files the cache and the mirrors hold: 'mnist' (the default) or 'fashion'. */
  readonly dataset?: 'mnist' | 'fashion'
  /** Instead of CACHEGRAD_CACHE: `mnist/` or `fashion-mnist/` in it holds the files. */
  readonly cacheDir?: string
}

const requirements = { ...form, ...sourcing, dataset: oneOf(['mnist', 'fashion']) }

const sources = (options: MnistOptions): TE.TaskEither<DataError, readonly Source[]> => {
  if (options.dir !== undefined) return folderFiles(options.dir, MNIST_NAMES)
  const known = mnistSources[options.dataset ?? 'mnist']
  const { cacheDir, mirrors, fetching } = withDefaults(options, known.mirrors)
  return cachedFiles({ files: known.files, folder: join(cacheDir, known.folder), mirrors }, fetching)
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
