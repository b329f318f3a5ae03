import { nearest } from '../../errors/index.ts'
import { quoted } from '../../files/index.ts'
import { allocate } from '../../kernels/index.ts'
import { type CategoryColumn, type Column, type Tensor, unknownValue, widthOf } from '../../tensor/index.ts'
import { DataError } from '../errors.ts'
import { type Cells, MISSING, NUMBER } from './cells.ts'

/** A table's name, the number of each of its rows, and which are kept. */
export interface Place {
  readonly name: string
  readonly rows: readonly number[]
  readonly kept: Int32Array
}

// More are hardly categories but names of single rows.
const MOST_VALUES = 256

const refuse = (why: string): never => {
  throw new DataError(why)
}

/** 'houses.csv: row 7, column "price"' */
const cellAt = ({ name, rows }: Place, cells: Cells, i: number): string =>
  `${name}: row ${rows[i]}, column ${quoted(cells.name)}`

/** What a cell says. */
const textOf = ({ codes, texts, numbers }: Cells, i: number): string =>
  (codes[i] as number) >= 0 ? (texts[codes[i] as number] as string) : String(numbers[i])

/** By number where all are numbers, else by the codes of letters: the same on every machine. */
const sorted = (texts: Iterable<string>): readonly string[] => {
  const all = [...texts]
  const isNumeric = all.every((text) => text !== '' && Number.isFinite(Number(text)))
  return all.sort(isNumeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1))
}

/** The texts of a column in the rows that are kept. */
const valuesOf = ({ kept }: Place, cells: Cells): readonly string[] => {
  const found = new Set<string>()
  for (const i of kept) if (cells.codes[i] !== MISSING) found.add(textOf(cells, i))
  return sorted(found)
}

/** The first row whose cell is a text; −1 where all are numbers. */
const firstText = ({ kept }: Place, { codes }: Cells): number => kept.find((i) => (codes[i] as number) >= 0) ?? -1

const share = ({ kept }: Place, { codes }: Cells, code: number): number => {
  let count = 0
  for (let k = 0; k < kept.length; k++) if (codes[kept[k] as number] === code) count++
  return count
}

/** Whether a column is one of numbers: most of its cells are. Throws for a text among them. */
const isOfNumbers = (place: Place, cells: Cells): boolean => {
  const [numbers, missing] = [share(place, cells, NUMBER), share(place, cells, MISSING)]
  if (numbers === 0 || 2 * numbers < place.kept.length - missing) return false
  const odd = firstText(place, cells)
  if (odd < 0) return true
  const remedy = `correct it, name what is missing with { missing: [${quoted(textOf(cells, odd))}] }, or take all as categories with { categories: [${quoted(cells.name)}] }`
  return refuse(`${cellAt(place, cells, odd)}: a number is expected, but got ${quoted(textOf(cells, odd))}; ${remedy}`)
}

const meanOf = ({ kept }: Place, { numbers, codes }: Cells): number => {
  let [sum, count] = [0, 0]
  for (const i of kept) {
    if (codes[i] === MISSING) continue
    sum += numbers[i] as number
    count++
  }
  return sum / count
}

/** How a column becomes numbers. */
export const columnOf = (place: Place, cells: Cells, { onMissing }: { readonly onMissing: string }): Column => {
  const { name } = cells
  const isFilled = onMissing === 'fill' && share(place, cells, MISSING) > 0
  if (isOfNumbers(place, cells)) return { name, kind: 'number', ...(isFilled && { fill: meanOf(place, cells) }) }
  const values = valuesOf(place, cells)
  if (values.length > MOST_VALUES) {
    refuse(
      `${place.name}: column ${quoted(name)} has ${values.length} different texts, e.g. ${quoted(values[0] as string)}, but at most ` +
        `${MOST_VALUES} become categories; leave it out with { ignore: [${quoted(name)}] }`,
    )
  }
  return { name, kind: 'category', values, ...(isFilled && { mayMiss: true }) }
}

const writeNumbers = (
  place: Place,
  cells: Cells,
  fill: number | undefined,
  out: Float64Array,
  at: number,
  width: number,
): void => {
  const odd = firstText(place, cells)
  if (odd >= 0) refuse(`${cellAt(place, cells, odd)}: a number is expected, but got ${quoted(textOf(cells, odd))}`)
  const { kept } = place
  const { codes, numbers } = cells
  for (let row = 0; row < kept.length; row++) {
    const i = kept[row] as number
    out[row * width + at] = codes[i] === MISSING ? (fill as number) : (numbers[i] as number)
  }
}

const writeCategories = (
  place: Place,
  cells: Cells,
  column: CategoryColumn,
  out: Float64Array,
  at: number,
  width: number,
): void => {
  const places = new Map(column.values.map((value, i) => [value, i]))
  place.kept.forEach((i, row) => {
    if (cells.codes[i] === MISSING) return
    const text = textOf(cells, i)
    const value = places.get(text)
    if (value === undefined) {
      refuse(
        `${cellAt(place, cells, i)}: ${quoted(text)} is none of the values that are known; ${unknownValue(column, text)}`,
      )
    }
    out[row * width + at + (value as number)] = 1
  })
}

/** The numbers of all columns, row by row. Data sets lie on the shared heap, where workers read them without a copy. */
export const matrixOf = (place: Place, used: readonly Cells[], columns: readonly Column[]): Tensor => {
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0)
  // What the heap gives was another's before.
  const data = allocate('float64', place.kept.length * width).fill(0)
  let at = 0
  used.forEach((cells, i) => {
    const column = columns[i] as Column
    if (column.kind === 'number') writeNumbers(place, cells, column.fill, data, at, width)
    else writeCategories(place, cells, column, data, at, width)
    at += widthOf(column)
  })
  return { shape: [place.kept.length, width], data }
}

/** Class indices of texts. */
const classesOf = (place: Place, cells: Cells, classNames: readonly string[]): Int32Array => {
  const places = new Map(classNames.map((name, i) => [name, i]))
  const y = allocate('int32', place.kept.length)
  place.kept.forEach((i, row) => {
    const text = textOf(cells, i)
    const label = places.get(text)
    if (label === undefined) {
      const near = nearest(text, classNames)
      const hint =
        near === undefined
          ? `known are ${classNames
              .slice(0, 8)
              .map((name) => quoted(name))
              .join(', ')}`
          : `did you mean ${quoted(near)}?`
      refuse(`${cellAt(place, cells, i)}: ${quoted(text)} is none of the classes; ${hint}`)
    }
    y[row] = label as number
  })
  return y
}

interface Targets {
  readonly y: Int32Array | Float64Array | Tensor
  readonly classNames: readonly string[]
}

/** What is to be predicted: classes of words, or numbers. */
export const targetsOf = (
  place: Place,
  aimed: readonly Cells[],
  { classNames }: { readonly classNames?: readonly string[] | undefined },
): Targets => {
  const names = aimed.map(({ name }) => name)
  const [first] = aimed as readonly [Cells, ...Cells[]]
  const isNumeric = aimed.map((cells) => isOfNumbers(place, cells))
  const words = isNumeric.indexOf(false)
  if (aimed.length > 1 && words >= 0) {
    const cells = aimed[words] as Cells
    const odd = firstText(place, cells)
    refuse(
      `${cellAt(place, cells, odd)}: several targets are numbers, but got ${quoted(textOf(cells, odd))}; predict classes one at a time`,
    )
  }
  if (words >= 0) {
    const known = classNames ?? valuesOf(place, first)
    return { y: classesOf(place, first, known), classNames: known }
  }
  const data = allocate('float64', place.kept.length * aimed.length)
  aimed.forEach((cells, i) => {
    writeNumbers(place, cells, undefined, data, i, aimed.length)
  })
  return { y: aimed.length === 1 ? data : { shape: [place.kept.length, aimed.length], data }, classNames: names }
}
