import { ArgumentError, isListOf, isRecord, nearest, shown } from '../errors/index.ts'
import type { Tensor } from './tensor.ts'

/** A column of a table as numbers for a net. */
export interface NumberColumn {
  /** Its name. */
  readonly name: string
  /** One number a row. */
  readonly kind: 'number'
  /** What stands for a missing number; none may be missing unless given. */
  readonly fill?: number
}

/** A column of a table whose texts become one-hot numbers. */
export interface CategoryColumn {
  /** Its name. */
  readonly name: string
  /** A 1 at the place of the row's text among the values, else 0. */
  readonly kind: 'category'
  /** The texts that occur, sorted. */
  readonly values: readonly string[]
  /** Whether a text may be missing: then all numbers are 0. */
  readonly mayMiss?: boolean
}

/** How the columns of a table become numbers; JSON, so that it is kept with a net. */
export type Column = NumberColumn | CategoryColumn

/** Rows of a table, each with a value by the name of its column. */
export type Records = readonly Readonly<Record<string, unknown>>[]

/** Whether a value is a list of records. */
export const areRecords = (value: unknown): value is Records =>
  Array.isArray(value) && value.length > 0 && value.every(isRecord)

const isColumnList = (value: unknown): value is readonly Column[] =>
  Array.isArray(value) &&
  value.every(
    (column) =>
      isRecord(column) &&
      typeof column.name === 'string' &&
      (column.kind === 'number'
        ? column.fill === undefined || Number.isFinite(column.fill)
        : column.kind === 'category' &&
          Array.isArray(column.values) &&
          column.values.every((text) => typeof text === 'string')),
  )

/** Throws an ArgumentError for what is no list of columns. */
export const checkColumns = (where: string, columns: readonly Column[]): void => {
  if (isColumnList(columns)) return
  throw new ArgumentError(
    `${where}: columns must be those of loadCsv, each with a name and kind 'number' or 'category', but got ${shown(columns)}`,
  )
}

/** Whether a value, e.g. of a file, is a list of columns that become so many numbers. */
export const areColumns = (value: unknown, width: number): value is readonly Column[] =>
  isColumnList(value) && value.reduce((sum, column) => sum + widthOf(column), 0) === width

/** How many numbers a column becomes. */
export const widthOf = (column: Column): number => (column.kind === 'number' ? 1 : column.values.length)

/**
 * What each number of a row is: a column's name, or name=value
 *
 * @param columns  of `loadCsv`, or of a net's input
 * @throws         ArgumentError for what are no columns
 * @example        featureNames([{ name: 'm²', kind: 'number' }, { name: 'city', kind: 'category', values: ['Bern', 'Genf'] }])   // ['m²', 'city=Bern', 'city=Genf']
 */
export const featureNames = (columns: readonly Column[]): readonly string[] => {
  checkColumns('featureNames', columns)
  return columns.flatMap((column) =>
    column.kind === 'number' ? [column.name] : column.values.map((value) => `${column.name}=${value}`),
  )
}

/** Why a text is none of a column's values. */
export const unknownValue = ({ values }: CategoryColumn, text: string): string => {
  const near = nearest(text, values)
  const known = `${values.slice(0, 5).map(shown).join(', ')}${values.length > 5 ? ', …' : ''}`
  return near === undefined ? `known are ${known}` : `did you mean '${near}'?`
}

const fault = (where: string, row: number, column: Column, value: unknown, why: string): ArgumentError =>
  new ArgumentError(`${where}: row ${row}, column '${column.name}': ${why}, but got ${shown(value)}`)

/** Writes one cell of a record into its place. */
const encodeCell = (
  where: string,
  row: number,
  column: Column,
  value: unknown,
  out: Float64Array,
  at: number,
): void => {
  const isMissing = value === undefined || value === null || value === ''
  if (column.kind === 'number') {
    const number = isMissing ? column.fill : typeof value === 'string' ? Number(value) : value
    if (!Number.isFinite(number)) throw fault(where, row, column, value, 'a number is expected')
    out[at] = number as number
    return
  }
  if (isMissing && column.mayMiss === true) return
  const place = isMissing ? -1 : column.values.indexOf(String(value))
  if (place < 0) {
    throw fault(where, row, column, value, `one of its values is expected (${unknownValue(column, String(value))})`)
  }
  out[at + place] = 1
}

/**
 * Records as the rows of numbers that a net was trained on: numbers as they are, texts one-hot
 *
 * @param columns  of `loadCsv`, or of a net's input
 * @param records  one a row, with a value for each column; what else they hold is not looked at
 * @returns        shape (N, D), float64
 * @throws         ArgumentError that names row and column of a value that is missing, or is no number or category
 * @example        encodeRecords([{ name: 'm²', kind: 'number' }, { name: 'city', kind: 'category', values: ['Bern', 'Genf'] }], [{ 'm²': 80, city: 'Genf' }]).data   // Float64Array [80, 0, 1]
 */
export const encodeRecords = (columns: readonly Column[], records: Records): Tensor =>
  recordRows('encodeRecords', columns, records)

/** `encodeRecords` of the function of that name. */
export const recordRows = (where: string, columns: readonly Column[], records: Records): Tensor => {
  if (!isListOf(columns, isRecord)) {
    throw new ArgumentError(`${where}: columns must be a list of records, but got ${shown(columns)}`)
  }
  checkColumns(where, columns)
  if (!Array.isArray(records)) throw new ArgumentError(`${where}: records must be a list, but got ${shown(records)}`)
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0)
  const data = new Float64Array(records.length * width)
  records.forEach((record, row) => {
    if (!isRecord(record)) throw new ArgumentError(`${where}: row ${row} must be a record, but got ${shown(record)}`)
    let at = row * width
    for (const column of columns) {
      encodeCell(where, row, column, record[column.name], data, at)
      at += widthOf(column)
    }
  })
  return { shape: [records.length, width], data }
}
