import type { Floats } from './kernels.ts'
import type { ArgumentsOf, Pool } from './pool.ts'
import type { Role, Sharing } from './signatures.ts'
import { discard, done, input, output } from './staging.ts'

type Numbers = Floats | Int32Array | Uint8Array
type Argument = Numbers | number
export type BoundKernel = (...values: Argument[]) => number

// Parts with fewer elements cost more to hand over than they save.
const ELEMENTS = 24_000

/** What is never cut apart: a cache line of elements or columns, or what a loop takes at once. */
const units = { elements: 32, rows: 1, columns: 16, whole: 1 } as const

/** Runs what works on staged arrays; when it throws, the heap gets back what was staged. */
export const staged = (run: () => number): number => {
  try {
    return done(run())
  } catch (reason) {
    discard()
    throw reason
  }
}

/** Whether an array's address moves from one part to the next: by elements, by columns, by rows, or not at all. */
const movement = (sharing: Sharing, role: Role): 'element' | 'column' | 'row' | 'none' => {
  if (['number', 'columns', 'inner', 'table', 'bytes'].includes(role)) return 'none'
  if (sharing === 'elements') return 'element'
  if (sharing === 'columns') return role === 'in' || role === 'out' ? 'column' : 'element'
  return role === 'columnIn' || role === 'columnOut' ? 'none' : 'row'
}

/**
 * The kernel with that line of the table. It allocates nothing when all arrays are on the heap: the arguments of a part are written
 * into the same array each time.
 *
 * @param kernel  its number in the pool
 * @param workOf  the address of the working memory of a part
 */
export const bindKernel = (
  pool: Pool,
  kernel: number,
  [sharing, ...roles]: readonly [Sharing, ...Role[]],
  workOf: (part: number) => number,
): BoundKernel => {
  const indexOf = (...wanted: Role[]): number => roles.findIndex((role) => wanted.includes(role))
  const anyArray = indexOf('in', 'out')
  const rowArray = indexOf('rowIn', 'rowOut', 'labels', 'indices')
  const columnArray = indexOf('columnIn', 'columnOut')
  const columnNumbers = roles.flatMap((role, i) => (role === 'columns' ? [i] : []))
  const innerNumber = indexOf('inner')
  const written = roles.map((role) => ['out', 'otherOut', 'rowOut', 'columnOut'].includes(role))
  const movements = roles.map((role) => movement(sharing, role))

  const n = roles.length
  const begins = new Float64Array(n)
  const steps = new Float64Array(n)
  const part = new Float64Array(n + 4)
  let rows = 0
  let columns = 0
  let inner = 1

  const lengthOf = (value: Argument | undefined): number => (value as Numbers).length

  const measure = (values: readonly Argument[]): void => {
    const length = lengthOf(values[anyArray])
    if (rowArray >= 0) rows = lengthOf(values[rowArray])
    if (innerNumber >= 0) inner = values[innerNumber] as number
    if (columnArray >= 0) columns = lengthOf(values[columnArray])
    else if (columnNumbers.length > 0) {
      columns = 1
      for (let i = 0; i < columnNumbers.length; i++) columns *= values[columnNumbers[i] as number] as number
    } else columns = rowArray >= 0 ? length / rows : 1
    if (rowArray < 0) rows = length / (columns * inner)
  }

  const address = (values: readonly Argument[]): void => {
    for (let i = 0; i < n; i++) {
      const value = values[i] as Argument
      if (typeof value === 'number') begins[i] = value
      else {
        begins[i] = written[i] ? output(value) : input(value)
        if (movements[i] === 'element') steps[i] = 4
        else if (movements[i] === 'column') steps[i] = 4 * inner
        else if (movements[i] === 'row') steps[i] = rows > 0 ? value.byteLength / rows : 0
      }
    }
  }

  const partOf: ArgumentsOf = (from, count, number) => {
    for (let i = 0; i < n; i++) {
      // A number stays as it is: −0 + 0 would be 0.
      part[i] = steps[i] === 0 ? (begins[i] as number) : (begins[i] as number) + (steps[i] as number) * from
    }
    if (sharing === 'elements') {
      part[n] = count
      part[n + 1] = from
    } else if (sharing === 'columns') {
      part[n] = rows
      part[n + 1] = count
      part[n + 2] = 4 * columns * inner
      part[n + 3] = workOf(number)
    } else {
      part[n] = count
      part[n + 1] = columns
      part[n + 2] = workOf(number)
    }
    return part
  }

  const run = (): number => {
    const [size, across] = sharing === 'columns' ? [columns, rows] : [rows, columns]
    const grain = sharing === 'whole' ? Number.POSITIVE_INFINITY : ELEMENTS / (across * inner)
    return pool.share(kernel, size, Math.ceil(units[sharing] / inner), grain, partOf)
  }

  return (...values) => {
    measure(values)
    address(values)
    return staged(run)
  }
}
