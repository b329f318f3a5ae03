import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Given,
  naturalNumber,
  OptionError,
  positiveInteger,
  requirement,
  resolveOptions,
  shown,
  withDefault,
} from '../errors/index.ts'
import { foldIn, type Key, key, permutation } from '../random/index.ts'
import { classIndices, type Labels, range } from '../tensor/index.ts'
import { type Fold, rowsByClass } from './splitRows.ts'

/** What `folds` may be told. */
const foldsOptions = {
  /** Of the draw, an integer ≥ 0; 0 unless given. */
  seed: withDefault(0, naturalNumber),
  /** The labels of the rows: each class has its share in each fold. */
  stratify: requirement<Labels>('the labels of the rows', (v) => typeof v === 'object' && v !== null),
}

/** The options of `folds`. @interface */
export type FoldsOptions = Given<typeof foldsOptions>

const oneClass = (label: number, own: readonly number[], k: number): string =>
  `stratify needs a row of each class in each of ${k} folds, but class ${label} has ${own.length}; ` +
  `${own.length > 1 ? `make ${own.length} folds or fewer, or ` : ''}leave that class out`

/** All rows in random order, those of a class one after the other. */
const byClass = (labels: Int32Array, k: number, drawKey: Key): E.Either<string, Int32Array> => {
  const classes = rowsByClass(labels)
  const few = [...classes].find(([, own]) => own.length < k)
  if (few !== undefined) return E.left(oneClass(...few, k))
  const rows = [...classes].flatMap(([label, own]) =>
    Array.from(permutation(foldIn(drawKey, label), own.length), (at) => own[at] as number),
  )
  return E.right(Int32Array.from(rows))
}

const ordered = (n: number, k: number, { seed, stratify }: { seed: number; stratify?: Labels | undefined }) => {
  const drawKey = foldIn(key(seed), 'folds')
  if (stratify === undefined) return E.right(permutation(drawKey, n))
  return pipe(
    E.tryCatch(
      () => classIndices(stratify),
      (reason) => `stratify: ${E.toError(reason).message}`,
    ),
    E.filterOrElse(
      (labels) => labels.length === n,
      (labels) => `there are ${n} rows, but stratify has ${labels.length} labels; give one for each`,
    ),
    E.chain((labels) => byClass(labels, k, drawKey)),
  )
}

/**
 * k ways to split n rows, so that each row is validated with once (cross-validation)
 *
 * @param n        number of rows
 * @param k        number of folds, an integer from 2 to n
 * @param options  `stratify`, the rows' labels, for the same share of each class in each fold; `seed`
 * @returns        for each fold { train, val }, row numbers for `splitRows`, whose sizes differ by 1 at most; left(OptionError) for folds
 *                 that cannot be made
 * @example        orThrow(folds(10, 5)).map(({ val }) => val.length)   // [2, 2, 2, 2, 2]
 * @see            scikit-learn's KFold and StratifiedKFold
 */
export const folds = (n: number, k: number, options: FoldsOptions = {}): E.Either<OptionError, readonly Fold[]> => {
  const refuse = (why: string) => new OptionError(`folds: ${why}`)
  if (!positiveInteger.holds(n))
    return E.left(refuse(`n must be an integer ≥ 1, the number of rows, but got ${shown(n)}`))
  if (!(positiveInteger.holds(k) && k >= 2 && k <= n)) {
    return E.left(refuse(`k must be an integer from 2 to the number of rows, ${n}, but got ${shown(k)}`))
  }
  return pipe(
    resolveOptions('folds', options, foldsOptions),
    E.chain((known) => pipe(ordered(n, k, known), E.mapLeft(refuse))),
    E.map((order) =>
      Array.from({ length: k }, (_, fold) => {
        // Dealt like cards: so each class is spread too.
        const val = order.filter((_, place) => place % k === fold).sort()
        const isHeld = new Uint8Array(n)
        for (const row of val) isHeld[row] = 1
        return { train: range(0, n).filter((row) => isHeld[row] === 0), val }
      }),
    ),
  )
}
