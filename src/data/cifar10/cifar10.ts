import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError } from '../errors.ts'
import { resolved } from '../options.ts'
import { CLASS_NAMES, cifar10Source } from './cifarFiles.ts'
import type { CifarParts } from './cifarSplits.ts'
import { type Cifar10Options, cifarOptions, loadCifar } from './loadCifar.ts'

/** CIFAR-10, split as in cs231n. */
export interface Cifar10 extends CifarParts {
  /** The data set's. */
  readonly name: 'cifar10'
  /** How many classes there are. */
  readonly numClasses: 10
  /** 'airplane', 'automobile', …, in the order of the labels. */
  readonly classNames: typeof CLASS_NAMES
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
    TE.fromEither(resolved('loadCifar10', options, cifarOptions)),
    TE.chain((known) => loadCifar('loadCifar10', cifar10Source, 'labels', known)),
    TE.map((parts) => ({ name: 'cifar10', numClasses: 10, classNames: CLASS_NAMES, ...parts })),
  )
