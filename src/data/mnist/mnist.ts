import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { oneOf, type Resolved, withDefault } from '../../errors/index.ts'
import { join } from '../../system/index.ts'
import { assemble, type LabelsOf, type Mnist } from '../digits.ts'
import { DataError } from '../errors.ts'
import { cachedFiles } from '../files/cachedFiles.ts'
import { type FormOptions, form, type LoaderOptions, resolved, sourceOf, sourcing } from '../options.ts'
import { mnistSources } from './mnistFiles.ts'
import { type FoundSet, type Four, mnistFolder, namedIdx } from './mnistFolder.ts'
import { ownSet, splits } from './mnistSet.ts'

/** From where `loadMnist` takes its files, and in which form it gives them. */
const mnistOptions = {
  ...form,
  ...sourcing,
  /**
   * Only this folder is looked in, and the folders in it: MNIST's four files or others of their names (also in `MNIST/raw`, with a
   * dot, or unpacked), EMNIST's, KMNIST's .npz files; or the path of Keras's mnist.npz.
   */
  dir: sourcing.dir,
  /** Which files the cache and the mirrors hold: 'mnist' (the default) or 'fashion'. */
  dataset: withDefault('mnist', oneOf(['mnist', 'fashion'])),
  /** Which split of EMNIST is read, where `dir` holds several. */
  split: oneOf(splits),
  /** Instead of CACHEGRAD_CACHE: `mnist/` or `fashion-mnist/` in it holds the files. */
  cacheDir: sourcing.cacheDir,
}

/** The options of `loadMnist`. @interface */
export type MnistOptions<H extends boolean = boolean> = FormOptions<H> &
  LoaderOptions<typeof mnistOptions, 'dir' | 'dataset' | 'split' | 'cacheDir'>

const found = (options: Resolved<typeof mnistOptions>): TE.TaskEither<DataError, FoundSet> => {
  const { dir, dataset, split } = options
  if (dir !== undefined) return mnistFolder(dir, dataset, split)
  if (split !== undefined) {
    return TE.left(
      new DataError('loadMnist: split is of EMNIST, which is not downloaded; give dir, the folder of its files'),
    )
  }
  const known = mnistSources[dataset]
  const { cacheDir, mirrors, fetching } = sourceOf(options, known.mirrors)
  return pipe(
    cachedFiles({ files: known.files, folder: join(cacheDir, known.folder), mirrors }, fetching),
    TE.chain(RA.traverse(TE.ApplicativeSeq)(namedIdx)),
    TE.map((files) => ({ set: ownSet(dataset), files: files as unknown as Four })),
  )
}

/**
 * MNIST's 60,000 training and 10,000 test images: from the given folder; without one from the cache folder, and what is
 * not there is downloaded into it and checked by sha256.
 *
 * @param options  all optional: see `MnistOptions`
 * @returns        left(DataError), one line that says what to do: a wrong option; a file that is missing, damaged or of
 *                 another kind; counts that differ; a label above 9; no network; a cache folder that cannot be written
 * @example        loadMnist({ dir: 'data/mnist', oneHot: true })()   // Promise of right({ train: { x, y }, test, … })
 * @see            Saito, "Deep Learning from Scratch", section 3.6: load_mnist, with the same defaults
 */
export const loadMnist = <H extends boolean = false>(
  options: MnistOptions<H> = {},
): TE.TaskEither<DataError, Mnist<LabelsOf<H>>> =>
  pipe(
    TE.fromEither(resolved('loadMnist', options, mnistOptions)),
    TE.chain((known) =>
      pipe(
        found(known),
        TE.chainEitherK(({ set, files }) => assemble(set, files, known)),
      ),
    ),
    TE.map((mnist) => mnist as Mnist<LabelsOf<H>>),
  )
