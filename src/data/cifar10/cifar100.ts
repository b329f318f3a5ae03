import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Given, oneOf, withDefault } from '../../errors/index.ts'
import type { DataError } from '../errors.ts'
import { resolved } from '../options.ts'
import { COARSE_NAMES, cifar100Source, FINE_NAMES } from './cifarFiles.ts'
import type { CifarParts } from './cifarSplits.ts'
import { type Cifar10Options, cifarOptions, loadCifar } from './loadCifar.ts'

/** CIFAR-100, split as CIFAR-10 is in cs231n. */
export interface Cifar100 extends CifarParts {
  /** The data set's. */
  readonly name: 'cifar100'
  /** 100, or 20 of the coarse labels. */
  readonly numClasses: number
  /** In the order of the labels, e.g. 'apple', …, or 'aquatic_mammals', …. */
  readonly classNames: readonly string[]
}

const cifar100Options = {
  ...cifarOptions,
  /** Which labels are taken: `'fine'`, 100 classes (the default), or `'coarse'`, 20 of five fine ones each. */
  labels: withDefault('fine', oneOf(['fine', 'coarse'])),
}

/** The options of `loadCifar100`. @interface */
export type Cifar100Options = Cifar10Options & Pick<Given<typeof cifar100Options>, 'labels'>

/**
 * CIFAR-100's 50,000 training and 10,000 test images, 32×32 in colour, from where and in the form that `loadCifar10` has: 49,000 for
 * training, the next 1,000 for validation and the first 1,000 of the test images unless asked otherwise.
 *
 * @param options  all optional: those of `loadCifar10`, and `labels`, `'fine'` or `'coarse'`
 * @returns        left(DataError), one line that says what to do, as of `loadCifar10`
 * @example        loadCifar100({ dir: 'data/cifar-100-python', labels: 'coarse' })()   // Promise of right({ train: { x, y }, val, test, … })
 * @see            Krizhevsky, "Learning multiple layers of features from tiny images", 2009
 */
export const loadCifar100 = (options: Cifar100Options = {}): TE.TaskEither<DataError, Cifar100> =>
  pipe(
    TE.fromEither(resolved('loadCifar100', options, cifar100Options)),
    TE.chain(({ labels, ...known }) =>
      pipe(
        loadCifar('loadCifar100', cifar100Source, `${labels}_labels`, known),
        TE.map((parts): Cifar100 => {
          const classNames = labels === 'fine' ? FINE_NAMES : COARSE_NAMES
          return { name: 'cifar100', numClasses: classNames.length, classNames, ...parts }
        }),
      ),
    ),
  )
