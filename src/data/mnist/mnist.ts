import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { oneOf, type Resolved, withDefault } from '../../errors/index.ts'
import { assemble, type LabelsOf, type Mnist, type NamedIdx } from '../digits.ts'
import type { DataError } from '../errors.ts'
import { cachedFiles, type Source } from '../files/cachedFiles.ts'
import { folderFiles } from '../files/folder.ts'
import { type FormOptions, form, type LoaderOptions, resolved, sourceOf, sourcing } from '../options.ts'
import { decodeIdx } from './idx.ts'
import { MNIST_NAMES, mnistSources } from './mnistFiles.ts'

/** From where `loadMnist` takes its files, and in which form it gives them. */
const mnistOptions = {
  ...form,
  ...sourcing,
  /** Only this folder is looked in. It may hold any files of this format and these names. */
  dir: sourcing.dir,
  /** Which files the cache and the mirrors hold: 'mnist' (the default) or 'fashion'. */
  dataset: withDefault('mnist', oneOf(['mnist', 'fashion'])),
  /** Instead of CACHEGRAD_CACHE: `mnist/` or `fashion-mnist/` in it holds the files. */
  cacheDir: sourcing.cacheDir,
}

/** The options of `loadMnist`. @interface */
export type MnistOptions<H extends boolean = boolean> = FormOptions<H> &
  LoaderOptions<typeof mnistOptions, 'dir' | 'dataset' | 'cacheDir'>

const sources = (options: Resolved<typeof mnistOptions>): TE.TaskEither<DataError, readonly Source[]> => {
  if (options.dir !== undefined) return folderFiles(options.dir, MNIST_NAMES)
  const known = mnistSources[options.dataset]
  const { cacheDir, mirrors, fetching } = sourceOf(options, known.mirrors)
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
        sources(known),
        TE.chain(RA.traverse(TE.ApplicativeSeq)(decode)),
        TE.chainEitherK((files) => assemble(known.dataset, files as Four, known)),
      ),
    ),
    TE.map((mnist) => mnist as Mnist<LabelsOf<H>>),
  )
