import Papa from 'papaparse'
import { DataError } from '../errors.ts'

// A piece is parsed at a time, so that the cells of a large file are never all there as texts.
const PIECE = 2 ** 18

const quotesIn = (text: string): number => {
  let count = 0
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++
  return count
}

/** Where a piece may end: the first line of about its length that ends outside of quotes. */
const cut = (text: string, from: number): number => {
  let [quotes, seen] = [0, from]
  for (let at = from + PIECE; at < text.length; ) {
    const end = text.indexOf('\n', at)
    if (end < 0) return text.length
    quotes += quotesIn(text.slice(seen, end))
    if (quotes % 2 === 0) return end + 1
    seen = end
    at = end + PIECE
  }
  return text.length
}

const reasons: Readonly<Record<string, string>> = {
  MissingQuotes: 'a quote (") is opened and never closed',
  InvalidQuotes: 'text stands behind a closing quote ("); a quote in a quoted cell is doubled ("")',
}

/**
 * The rows of a table as texts, blank lines left out, each with its number as a spreadsheet counts
 *
 * @param see  called with each row
 * @throws     DataError for quotes that do not fit
 */
export const csvRows = (
  name: string,
  text: string,
  separator: string,
  see: (cells: readonly string[], row: number) => void,
): void => {
  let row = 0
  for (let from = 0; from < text.length; ) {
    const to = cut(text, from)
    const { data, errors } = Papa.parse<string[]>(text.slice(from, to), { delimiter: separator, newline: '\n' })
    const [wrong] = errors.filter(({ type }) => type === 'Quotes')
    if (wrong !== undefined) {
      const why = reasons[wrong.code] ?? 'its quotes do not fit'
      throw new DataError(`${name}: row ${row + (wrong.row ?? 0) + 1}: ${why}`)
    }
    // What ends with a line break has an empty row behind it.
    const last = text[to - 1] === '\n' ? data.length - 1 : data.length
    for (let i = 0; i < last; i++) {
      const cells = data[i] as readonly string[]
      row++
      if (cells.length > 1 || (cells[0] as string).trim() !== '') see(cells, row)
    }
    from = to
  }
}

const SEPARATORS = [',', ';', '\t', '|']

/** The separator that is most often in the first line, outside of quotes. */
export const separatorOf = (text: string): string => {
  const line = (/^[^\n]*\S[^\n]*/m.exec(text.slice(0, 2 ** 16))?.[0] ?? '').replace(/"(?:[^"]|"")*"/g, '')
  const counts = SEPARATORS.map((separator) => line.split(separator).length)
  return SEPARATORS[counts.indexOf(Math.max(...counts))] as string
}
