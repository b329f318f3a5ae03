/** The cells of one column: a number each, or the place of a text. */
export interface Cells {
  readonly name: string
  /** NaN where a cell is no number. */
  readonly numbers: Float64Array
  /** −1 of a number, −2 of a missing cell, else a place among `texts`. */
  readonly codes: Int32Array
  readonly texts: readonly string[]
  readonly count: number
  /** How many cells are missing. */
  readonly missing: number
}

export const NUMBER = -1
export const MISSING = -2

const DECIMAL_COMMA = /^[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?(?:[eE][+-]?\d+)?$/

const ZERO = 48
const LOWER = 32

/** A text as a number with a point; NaN for any other text. */
const withPoint = (text: string): number => {
  const value = Number(text)
  if (!Number.isFinite(value)) return Number.NaN
  // Number takes blanks and 0x1F too.
  const first = text.charCodeAt(0)
  if (first === ZERO && text.length > 1)
    return 'xob'.includes(String.fromCharCode(text.charCodeAt(1) | LOWER)) ? Number.NaN : value
  return first > LOWER || text.trim() !== '' ? value : Number.NaN
}

/** The same with a comma, where points may stand between thousands. */
const withComma = (text: string): number =>
  DECIMAL_COMMA.test(text.trim()) && /\d/.test(text) ? Number(text.replaceAll('.', '').replace(',', '.')) : Number.NaN

export type Decimal = '.' | ','

export const numberBy: Readonly<Record<Decimal, (text: string) => number>> = { '.': withPoint, ',': withComma }

const FEW = 8

/** Collects the cells of a column, one after the other. */
export interface Collector {
  readonly add: (cell: string) => void
  readonly cells: () => Cells
}

/**
 * @param isText    whether numbers are taken as the texts that they are
 * @param missing   texts that stand for nothing
 */
export const collector = (name: string, isText: boolean, missing: ReadonlySet<string>, decimal: Decimal): Collector => {
  const read = numberBy[decimal]
  const places = new Map<string, number>()
  let numbers = new Float64Array(FEW)
  let codes = new Int32Array(FEW)
  let count = 0
  let lacking = 0
  const grow = (): void => {
    const [more, moreCodes] = [new Float64Array(2 * count), new Int32Array(2 * count)]
    more.set(numbers)
    moreCodes.set(codes)
    numbers = more
    codes = moreCodes
  }
  const placeOf = (text: string): number => {
    const known = places.get(text)
    if (known !== undefined) return known
    places.set(text, places.size)
    return places.size - 1
  }
  return {
    add: (cell) => {
      if (count === numbers.length) grow()
      const value = isText ? Number.NaN : read(cell)
      if (!Number.isNaN(value)) {
        numbers[count] = value
        codes[count] = NUMBER
      } else {
        const text = cell.trim()
        numbers[count] = Number.NaN
        const isMissing = missing.has(text)
        if (isMissing) lacking++
        codes[count] = isMissing ? MISSING : placeOf(text)
      }
      count++
    },
    cells: () => ({
      name,
      // Arrays as small as these lie on V8's heap, where a view would give each a buffer of its own.
      numbers: count <= FEW ? numbers.slice(0, count) : numbers.subarray(0, count),
      codes: count <= FEW ? codes.slice(0, count) : codes.subarray(0, count),
      texts: [...places.keys()],
      count,
      missing: lacking,
    }),
  }
}
