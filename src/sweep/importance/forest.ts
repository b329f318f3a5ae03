import { foldIn, type Key, randomIndices } from '../../random/index.ts'

/** A dimension of the inputs: numbers in [0, 1], or the categories 0 … count − 1; all equally likely. */
export type Dimension = 'numbers' | { readonly count: number }

/** A part of a dimension: of its numbers, or of its categories. */
export type Side = { readonly low: number; readonly high: number } | readonly boolean[]

/** A piecewise constant function: each node is a box, and its children are the two parts of it. */
export interface Node {
  readonly box: readonly Side[]
  /** Mean of the outputs in the box. */
  readonly value: number
  /** Undefined at a leaf. */
  readonly split: { readonly dimension: number; readonly left: Node; readonly right: Node } | undefined
}

/** Inputs, a list a dimension, and their outputs. */
export interface Observations {
  readonly dimensions: readonly Dimension[]
  readonly columns: readonly Float64Array[]
  readonly outputs: Float64Array
}

interface Ranked extends Observations {
  readonly ranks: readonly Float64Array[]
}

export interface Forest {
  readonly trees: readonly Node[]
  /** 1 − Σ(y − ŷ)²/Σ(y − ȳ)², where a row is predicted only by trees that have not seen it; NaN where there is nothing to explain. */
  readonly explained: number
}

const TREES = 64
/** Rows that a tree sees at most: so the time does not grow with the number of rows. */
const MOST_ROWS = 512
/** Rows in a leaf at least. */
const LEAF = 2

const isCategories = (side: Side): side is readonly boolean[] => Array.isArray(side)

const whole = (dimension: Dimension): Side =>
  dimension === 'numbers' ? { low: 0, high: 1 } : new Array<boolean>(dimension.count).fill(true)

const contains = (side: Side, x: number): boolean =>
  isCategories(side) ? side[x] === true : x >= side.low && x < side.high

/** The place of each number among all, equal ones at the same place. */
const ranksOf = (numbers: ArrayLike<number>): Float64Array => {
  const places = new Map([...new Set(Array.from(numbers))].sort((a, b) => a - b).map((x, place) => [x, place]))
  return Float64Array.from(numbers, (x) => places.get(x) as number)
}

/** The mean output of each category (Fisher 1958: in the order of these the best cut is between neighbours). */
const meansOf = (column: Float64Array, count: number, rows: Int32Array, outputs: Float64Array): readonly number[] => {
  const sums = new Float64Array(count)
  const counts = new Float64Array(count)
  let total = 0
  for (const row of rows) {
    const category = column[row] as number
    sums[category] = (sums[category] as number) + (outputs[row] as number)
    counts[category] = (counts[category] as number) + 1
    total += outputs[row] as number
  }
  // A category that nobody has tried is taken for an ordinary one.
  return Array.from(sums, (sum, c) => (counts[c] === 0 ? total / rows.length : sum / (counts[c] as number)))
}

interface Cut {
  readonly dimension: number
  readonly gain: number
  readonly left: Side
  readonly right: Side
}

/** Places on the line that a cut divides: of rows, and of categories where there are some. */
interface Line {
  readonly ofRow: (row: number) => number
  readonly left: (before: number, after: number) => Side
  readonly right: (before: number, after: number) => Side
}

const lineOf = ({ columns, outputs, ranks }: Ranked, dimension: number, side: Side, rows: Int32Array): Line => {
  const column = columns[dimension] as Float64Array
  if (!isCategories(side)) {
    const rank = ranks[dimension] as Float64Array
    const middle = (a: number, b: number): number => {
      const [low, high] = [column[a] as number, column[b] as number]
      const mean = (low + high) / 2
      // Between neighbouring numbers there is none: the mean may be the lower one, which belongs to the left.
      return mean > low ? mean : high
    }
    return {
      ofRow: (row) => rank[row] as number,
      left: (a, b) => ({ low: side.low, high: middle(a, b) }),
      right: (a, b) => ({ low: middle(a, b), high: side.high }),
    }
  }
  const rank = ranksOf(meansOf(column, side.length, rows, outputs))
  const ofRow = (row: number): number => rank[column[row] as number] as number
  return {
    ofRow,
    left: (a) => side.map((has, category) => has && (rank[category] as number) <= ofRow(a)),
    right: (a) => side.map((has, category) => has && (rank[category] as number) > ofRow(a)),
  }
}

/** The cut of one dimension that leaves the least variance in its two parts. */
const bestCut = (seen: Ranked, dimension: number, side: Side, rows: Int32Array): Cut | undefined => {
  const { outputs } = seen
  const { ofRow, left, right } = lineOf(seen, dimension, side, rows)
  const n = rows.length
  // Numbers alone are sorted many times faster than by a comparison: the place first, then the row.
  const keys = new Float64Array(n)
  for (let i = 0; i < n; i++) keys[i] = ofRow(rows[i] as number) * outputs.length + (rows[i] as number)
  keys.sort()
  const rowAt = (i: number): number => (keys[i] as number) % outputs.length
  const total = rows.reduce((sum, row) => sum + (outputs[row] as number), 0)
  let [gain, at, sum] = [0, 0, 0]
  for (let i = 1, before = rowAt(0); i < n; i++) {
    const row = rowAt(i)
    const isTie = ofRow(row) === ofRow(before)
    sum += outputs[before] as number
    before = row
    if (i < LEAF || n - i < LEAF || isTie) continue
    const here = (sum * sum) / i + (total - sum) ** 2 / (n - i) - (total * total) / n
    if (here > gain) [gain, at] = [here, i]
  }
  const [a, b] = [rowAt(at - 1), rowAt(at)]
  return at === 0 ? undefined : { dimension, gain, left: left(a, b), right: right(a, b) }
}

const withSide = (box: readonly Side[], dimension: number, side: Side): readonly Side[] =>
  box.map((old, i) => (i === dimension ? side : old))

const grow = (seen: Ranked, rows: Int32Array, box: readonly Side[]): Node => {
  const { columns, outputs } = seen
  const value = rows.reduce((sum, row) => sum + (outputs[row] as number), 0) / rows.length
  let cut: Cut | undefined
  for (const [dimension, side] of box.entries()) {
    const other = rows.length < 2 * LEAF ? undefined : bestCut(seen, dimension, side, rows)
    if (other !== undefined && other.gain > (cut?.gain ?? 0)) cut = other
  }
  if (cut === undefined) return { box, value, split: undefined }
  const { dimension, left, right } = cut
  const column = columns[dimension] as Float64Array
  const part = (side: Side, isIn: boolean): Node =>
    grow(
      seen,
      rows.filter((row) => contains(left, column[row] as number) === isIn),
      withSide(box, dimension, side),
    )
  return { box, value, split: { dimension, left: part(left, true), right: part(right, false) } }
}

const predict = (tree: Node, columns: readonly Float64Array[], row: number): number => {
  let node = tree
  while (node.split !== undefined) {
    const { dimension, left, right } = node.split
    node = contains(left.box[dimension] as Side, columns[dimension]?.[row] as number) ? left : right
  }
  return node.value
}

/** A tree's leaves: boxes that do not overlap and cover everything. */
export const leaves = (node: Node): readonly Node[] =>
  node.split === undefined ? [node] : [...leaves(node.split.left), ...leaves(node.split.right)]

/**
 * A random forest for regression: trees on bootstrap samples, each cut the one that leaves the least variance
 *
 * @param key  equal keys give equal forests
 * @see        Breiman, "Random forests", 2001
 */
export const growForest = (seen: Observations, key: Key): Forest => {
  const { columns, dimensions, outputs } = seen
  const ranked = { ...seen, ranks: columns.map(ranksOf) }
  const n = outputs.length
  const sums = new Float64Array(n)
  const votes = new Float64Array(n)
  const trees = Array.from({ length: TREES }, (_, i) => {
    const rows = randomIndices(foldIn(key, i), Math.min(n, MOST_ROWS), n)
    const tree = grow(ranked, rows, dimensions.map(whole))
    const inBag = new Set(rows)
    for (let row = 0; row < n; row++) {
      if (inBag.has(row)) continue
      sums[row] = (sums[row] as number) + predict(tree, columns, row)
      votes[row] = (votes[row] as number) + 1
    }
    return tree
  })
  const mean = outputs.reduce((sum, y) => sum + y, 0) / n
  let [left, all] = [0, 0]
  for (let row = 0; row < n; row++) {
    if (votes[row] === 0) continue
    left += ((outputs[row] as number) - (sums[row] as number) / (votes[row] as number)) ** 2
    all += ((outputs[row] as number) - mean) ** 2
  }
  return { trees, explained: all > 0 ? 1 - left / all : Number.NaN }
}
