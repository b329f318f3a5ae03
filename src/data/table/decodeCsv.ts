import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  boolean,
  either,
  fileName,
  type Given,
  isRecord,
  listOf,
  nearest,
  oneOf,
  type Resolved,
  requirement,
  shown,
  text,
  withDefault,
} from '../../errors/index.ts'
import { messageOf, quoted } from '../../files/index.ts'
import { type Column, featureNames, type Tensor } from '../../tensor/index.ts'
import { DataError } from '../errors.ts'
import { resolved } from '../options.ts'
import { type Cells, collector, MISSING, numberBy } from './cells.ts'
import { csvRows, separatorOf } from './csvRows.ts'
import { columnOf, matrixOf, targetsOf } from './encode.ts'

/** What stands for a missing cell unless told otherwise. */
const NOTHING = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', '?']

// Tables of genes have 20,000.
const MOST_COLUMNS = 2 ** 15

const place = requirement<number>('a column by its place, 0 the first, −1 the last', (v) => Number.isSafeInteger(v))

/** How a table is read. */
export const csvOptions = {
  /** The column, or columns of numbers, to be predicted: a name, a place (0 the first, -1 the last), or a list of names. */
  target: either(either(text, place), listOf(text)),
  /** Columns that are left out, e.g. an id. */
  ignore: listOf(text),
  /** Columns whose numbers are names of something, e.g. a postal code, or the classes of the target. */
  categories: listOf(text),
  /** Whether the first row holds names; unless given, it does when none of its cells is a number. */
  header: boolean,
  /** Between cells: ',', ';', '\t' or another character; the most frequent of the first line unless given. */
  separator: requirement<string>(
    "one character, e.g. ';' or '\\t'",
    (v) => typeof v === 'string' && v.length === 1 && v !== '"',
  ),
  /** '.' (the default), or ',' as in 1.234,5. */
  decimal: withDefault('.', oneOf(['.', ','])),
  /** Texts that stand for a missing cell: '', NA, N/A, NaN, null and ? unless given. */
  missing: withDefault<readonly string[]>(NOTHING, listOf(requirement<string>('a text', (v) => typeof v === 'string'))),
  /**
   * What becomes of a row with a missing cell: `'error'` (the default) names it; `'skip'` leaves it out; `'fill'` takes the column's mean,
   * and no category. A row without its target is never filled.
   */
  onMissing: withDefault('error', oneOf(['error', 'skip', 'fill'])),
  /** Columns as a net was trained on them, `table.columns` or `net.input.columns`; found in the table unless given. */
  columns: listOf(requirement<Column>('a column of loadCsv', (v) => isRecord(v) && typeof v.name === 'string')),
  /** The classes of the target in their order, as of the table that a net was trained on; those that occur, sorted, unless given. */
  classNames: listOf(text),
}

/** The options of `decodeCsv` and `loadCsv`. @interface */
export type CsvOptions = Given<typeof csvOptions>
export type ResolvedCsv = Resolved<typeof csvOptions>

/** A table as numbers. */
export interface Table {
  /** Of the file. */
  readonly name: string
  /** (N, D): numbers as they are, categories one-hot. */
  readonly x: Tensor
  /** How the columns became numbers: kept with a net (`input: { ...input, columns }`), so that it takes other tables and records. */
  readonly columns: readonly Column[]
  /** What each of the D numbers is, e.g. 'area' or 'city=Bern'. */
  readonly features: readonly string[]
  /** Rows that were left out, as a spreadsheet counts them. */
  readonly skipped: readonly number[]
}

/** A table with what is to be predicted. */
export interface TargetTable extends Table {
  /** Class indices of a target in words; numbers of one in numbers, or (N, K) of several. */
  readonly y: Int32Array | Float64Array | Tensor
  /** The classes of a target in words; what numbers of the target are called. */
  readonly classNames: readonly string[]
}

/** Throws what is wrong with the table. */
export const refuse = (why: string): never => {
  throw new DataError(why)
}

/** Names of the columns, and whether the first row holds them. */
const headerOf = (
  name: string,
  first: readonly string[],
  { header, decimal }: ResolvedCsv,
): readonly [readonly string[], boolean] => {
  const isNumber = (cell: string): boolean => !Number.isNaN(numberBy[decimal](cell))
  const isHeader = header ?? !first.some(isNumber)
  if (!isHeader) return [first.map((_, i) => `column${i + 1}`), false]
  const names = first.map((cell, i) => (cell.trim() === '' ? `column${i + 1}` : cell.trim()))
  const seen = new Set<string>()
  const twice = names.find((each) => seen.size === seen.add(each).size)
  if (twice !== undefined) {
    const remedy = 'rename one of them, or give { header: false } if the first row is data'
    refuse(`${name}: two columns are called ${quoted(twice)}; ${remedy}`)
  }
  return [names, true]
}

/** Throws for a name that is no column. */
const checkNames = (name: string, option: string, asked: readonly string[], names: readonly string[]): void => {
  const unknown = asked.find((each) => !names.includes(each))
  if (unknown === undefined) return
  const near = nearest(unknown, names)
  const known = names
    .slice(0, 8)
    .map((each) => quoted(each))
    .join(', ')
  const hint =
    near === undefined ? `there are ${known}${names.length > 8 ? ', …' : ''}` : `did you mean ${quoted(near)}?`
  refuse(`${name}: ${option}: there is no column ${quoted(unknown)}; ${hint}`)
}

/** Names of the target columns. */
const targetNames = (name: string, { target }: ResolvedCsv, names: readonly string[]): readonly string[] => {
  if (target === undefined) return []
  if (typeof target !== 'number') return [target].flat() as readonly string[]
  return [
    names.at(target) ??
      refuse(`${name}: target is column ${target}, but there are ${names.length}, from 0 to ${names.length - 1}`),
  ]
}

/** The cells of all columns, and the number of each row. */
interface Read {
  readonly names: readonly string[]
  readonly cells: readonly Cells[]
  readonly rows: readonly number[]
}

const readCells = (name: string, content: string, options: ResolvedCsv): Read => {
  const separator = options.separator ?? separatorOf(content)
  const missing = new Set(options.missing)
  const texts = new Set([
    ...(options.categories ?? []),
    ...(options.columns ?? []).filter(({ kind }) => kind === 'category').map((known) => known.name),
  ])
  const isText = (column: string): boolean => texts.has(column)
  let names: readonly string[] = []
  let columns: ReturnType<typeof collector>[] = []
  const rows: number[] = []
  csvRows(name, content, separator, (cells, row) => {
    if (names.length === 0) {
      if (cells.length > MOST_COLUMNS)
        refuse(
          `${name}: row ${row} has ${cells.length} cells, but at most ${MOST_COLUMNS} columns are read; is the separator ${quoted(separator)}?`,
        )
      const [own, isHeader] = headerOf(name, cells, options)
      names = own
      columns = names.map((each) => collector(each, isText(each), missing, options.decimal))
      if (isHeader) return
    }
    if (cells.length !== names.length) {
      const remedy = 'is a cell with the separator in it not in quotes?'
      refuse(
        `${name}: row ${row} has ${cells.length} cells, but there are ${names.length} columns (separator ${quoted(separator)}); ${remedy}`,
      )
    }
    for (let i = 0; i < cells.length; i++) columns[i]?.add(cells[i] as string)
    rows.push(row)
  })
  if (rows.length === 0)
    refuse(`${name}: the table has no rows${names.length > 0 ? ' below its header' : ''}; is it the right file?`)
  return { names, cells: columns.map(({ cells }) => cells()), rows }
}

/** Places of the rows that are kept; throws for a missing cell that nothing stands for. */
const keptRows = (
  name: string,
  { rows }: Read,
  used: readonly Cells[],
  targets: readonly Cells[],
  { onMissing, columns }: ResolvedCsv,
) => {
  const kept: number[] = []
  const skipped: number[] = []
  const mayMiss = (cells: Cells): boolean => {
    const known = columns?.find((column) => column.name === cells.name)
    return known === undefined ? onMissing === 'fill' : 'fill' in known || 'mayMiss' in known
  }
  const strict = [...used.filter((cells) => !mayMiss(cells)), ...targets].filter(({ missing }) => missing > 0)
  rows.forEach((row, i) => {
    const lacking = strict.find(({ codes }) => codes[i] === MISSING)
    if (lacking === undefined) kept.push(i)
    else if (onMissing === 'skip') skipped.push(row)
    else {
      const fill = targets.includes(lacking) ? '' : " or 'fill'"
      refuse(
        `${name}: row ${row}, column ${quoted(lacking.name)}: the cell is missing; write it, or give { onMissing: 'skip' }${fill}`,
      )
    }
  })
  if (kept.length === 0)
    refuse(`${name}: in each row a cell is missing; leave the column that is empty out with ignore`)
  return { kept: Int32Array.from(kept), skipped }
}

const tableOf = (name: string, content: string, options: ResolvedCsv): Table | TargetTable => {
  const read = readCells(name, content, options)
  const { names } = read
  const targets = targetNames(name, options, names)
  const { ignore = [], categories = [], columns: known } = options
  const asked = { target: targets, ignore, categories, columns: known?.map((column) => column.name) ?? [] }
  for (const [option, list] of Object.entries(asked)) checkNames(name, option, list, names)
  const byName = new Map(read.cells.map((cells) => [cells.name, cells]))
  const cellsOf = (column: string): Cells => byName.get(column) as Cells
  const featured =
    known?.map((column) => column.name) ?? names.filter((each) => !targets.includes(each) && !ignore.includes(each))
  if (featured.length === 0)
    refuse(`${name}: no column is left to predict from; there are ${names.map((each) => quoted(each)).join(', ')}`)
  const [used, aimed] = [featured.map(cellsOf), targets.map(cellsOf)]
  const { kept, skipped } = keptRows(name, read, used, aimed, options)
  const at = { name, rows: read.rows, kept }
  const columns = used.map((cells, i) => known?.[i] ?? columnOf(at, cells, options))
  const table = { name, x: matrixOf(at, used, columns), columns, features: featureNames(columns), skipped }
  return aimed.length === 0 ? table : { ...table, ...targetsOf(at, aimed, options) }
}

/** Line breaks of any system are one character; what marks the beginning of a text is none of it. */
const plain = (content: string): string => {
  const text = content.startsWith('\ufeff') ? content.slice(1) : content
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

/** `decodeCsv` after its options were checked. */
export const decodeTable = (
  name: string,
  content: string,
  options: ResolvedCsv,
): E.Either<DataError, Table | TargetTable> =>
  E.tryCatch(
    () => tableOf(name, plain(content), options),
    (error) =>
      error instanceof DataError ? error : new DataError(`${fileName(name)}: ${messageOf(error)}`, { cause: error }),
  )

/**
 * A table of comma-separated values as numbers for a net
 *
 * A column is one of numbers when most of its cells are, and then a text in it is an error; another one is of categories, and becomes
 * one-hot. A target in words becomes class indices. Separators, quotes, line breaks of any system and a byte order mark are known;
 * `decimal: ','` reads 1.234,5.
 *
 * @param name     of the file, for messages
 * @param content  the whole text
 * @param options  `target`, and what is not as usual: see `CsvOptions`
 * @returns        { x, y, columns, … }; left(DataError) that names row and column of a missing or odd cell, a column that is not there
 *                 with the nearest name, or a row of other length
 * @example        pipe(decodeCsv('t', 'm²,city\n80,Bern\n90,Genf'), E.map(({ features }) => features))   // right(['m²', 'city=Bern', 'city=Genf'])
 * @see            RFC 4180
 */
export function decodeCsv(
  name: string,
  content: string,
  options: CsvOptions & { readonly target: NonNullable<CsvOptions['target']> },
): E.Either<DataError, TargetTable>
export function decodeCsv(name: string, content: string, options?: CsvOptions): E.Either<DataError, Table>
export function decodeCsv(name: string, content: string, options: CsvOptions = {}): E.Either<DataError, Table> {
  return pipe(
    resolved('decodeCsv', options, csvOptions),
    E.filterOrElse(
      () => typeof content === 'string',
      () =>
        new DataError(
          `${fileName(name)}: content must be the file's text, e.g. of readFile(path, 'utf8'), but got ${shown(content)}`,
        ),
    ),
    E.chain((known) => decodeTable(name, content, known)),
  )
}
