import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  boolean,
  type Given,
  isRecord,
  naturalNumber,
  OptionError,
  resolveOptions,
  ShapeError,
  shown,
  withDefault,
} from '../errors/index.ts'
import { foldIn, type Key, key, permutation } from '../random/index.ts'
import { checkRows, classIndices, type Rows, rowCount, type Targets, targetsOf } from '../tensor/index.ts'
import { countOf, type Fold, rowsByClass, type Split, splitRows } from './splitRows.ts'

/** What `holdOut` may be told. */
const holdOutOptions = {
  /** Of the draw, an integer ≥ 0; 0 unless given. */
  seed: withDefault(0, naturalNumber),
  /** Each class has its share in both parts; false unless given. */
  stratify: withDefault(false, boolean),
}

/** The options of `holdOut`. @interface */
export type HoldOutOptions = Given<typeof holdOutOptions>

/** How many rows of each class are held out: their shares rounded down, and what is left to those that lost most by it. */
const shares = (sizes: readonly number[], rows: number, total: number): readonly number[] => {
  const exact = sizes.map((size) => (size * rows) / total)
  const taken = exact.map(Math.floor)
  const left = rows - taken.reduce((sum, n) => sum + n, 0)
  const byLoss = exact.map((share, i) => [share - Math.floor(share), i] as const).sort(([a], [b]) => b - a)
  for (const [, i] of byLoss.slice(0, left)) taken[i] = (taken[i] as number) + 1
  return taken
}

/** The rows that are held out, each class by its share. */
const drawnByClass = (labels: Int32Array, rows: number, drawKey: Key): Int32Array => {
  const classes = rowsByClass(labels)
  const few = [...classes].find(([, own]) => own.length < 2)
  if (few !== undefined) {
    throw new ShapeError(
      `stratify needs two rows of each class, one for each part, but class ${few[0]} has ${few[1].length}; leave that class out, or stratify: false`,
    )
  }
  const counts = shares(
    Array.from(classes, ([, own]) => own.length),
    rows,
    labels.length,
  )
  return Int32Array.from(
    [...classes].flatMap(([label, own], i) => {
      const order = permutation(foldIn(drawKey, label), own.length)
      return Array.from(order.subarray(0, counts[i]), (at) => own[at] as number)
    }),
  )
}

const rowsOf = (part: number, total: number): number =>
  part > 0 && part < 1 ? Math.max(1, Math.round(part * total)) : Number.isSafeInteger(part) && part >= 1 ? part : -1

/** Both parts: the rows that are held out, and the others in this order. */
const parts = (held: Int32Array, order: Int32Array): Fold => {
  const isHeld = new Uint8Array(order.length)
  for (const row of held) isHeld[row] = 1
  return { train: order.filter((row) => isHeld[row] === 0), val: held }
}

/**
 * Splits examples at random into those to train on and those to validate with
 *
 * @param examples  inputs, shape (N, …), and their labels or targets; bytes stay bytes, and targets keep their form
 * @param part      how much is held out: an integer ≥ 1 is so many rows, a number between 0 and 1 a share of them
 * @param options   `seed`; `stratify: true` for the same share of each class in both parts
 * @returns         { xTrain, yTrain, xVal, yVal }, in an order of their own; left(OptionError) when there are not as many rows
 * @example         orThrow(holdOut({ x: linspace(0, 9, [10, 1]), y: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1] }, 0.2)).xVal.shape   // [2, 1]
 */
export const holdOut = <X extends Rows, Y extends Targets>(
  examples: { readonly x: X; readonly y: Y },
  part: number,
  options: HoldOutOptions = {},
): E.Either<OptionError, Split<X, Y>> => {
  const known = resolveOptions('holdOut', options, holdOutOptions)
  if (E.isLeft(known)) return known
  const { seed, stratify } = known.right
  const refuse = (why: string) => E.left(new OptionError(`holdOut: ${why}`))
  if (!isRecord(examples)) return refuse(`examples are { x, y }, but got ${shown(examples)}`)
  const { x, y } = examples
  try {
    checkRows('x', x)
    if (stratify) classIndices(y)
    else targetsOf('y', y)
  } catch (reason) {
    return refuse(E.toError(reason).message)
  }
  if (typeof part !== 'number') return refuse(`part must be a number, but got ${shown(part)}`)
  const total = rowCount(x)
  const rows = rowsOf(part, total)
  if (rows < 0) {
    return refuse(`part must be an integer ≥ 1, so many rows, or a number between 0 and 1, a share, but got ${part}`)
  }
  if (rows >= total) return refuse(`${rows} rows are to be held out, but there are ${total}; hold out fewer`)
  if (countOf(y) !== total) return refuse(`x has ${total} rows, but y has ${countOf(y)} labels`)
  const drawKey = foldIn(key(seed), 'hold out')
  return pipe(
    E.tryCatch(
      () => (stratify ? drawnByClass(classIndices(y), rows, drawKey) : permutation(drawKey, total).slice(0, rows)),
      E.toError,
    ),
    E.bimap(
      ({ message }) => new OptionError(`holdOut: ${message}`),
      (held) => splitRows({ x, y }, parts(held, permutation(foldIn(drawKey, 'rest'), total))),
    ),
  )
}
