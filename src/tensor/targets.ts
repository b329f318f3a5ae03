import { ShapeError, shown } from '../errors/index.ts'
import { checkTensor } from './checkTensor.ts'
import { firstBadRow } from './finite.ts'
import { isNumberArray, type Numbers } from './numbers.ts'
import { formatShape, type Shape, sizeOf, type Tensor } from './tensor.ts'

/** Numbers to be predicted: a list or a typed array with one an example, or a tensor (N,) or (N, …) with several. */
export type Targets = Numbers | Tensor

/** What makes targets of what people have in their place. */
const remedyFor = (target: unknown): string => {
  if (typeof target === 'number') return 'repair or remove that row'
  if (typeof target === 'bigint' || typeof target === 'boolean') return 'give numbers, e.g. Array.from(y, Number)'
  if (target === undefined || target === null || target === '') return 'leave rows without a target out'
  if (Array.isArray(target) || isNumberArray(target))
    return 'several targets an example are a tensor, e.g. tensor(rows)'
  return typeof target === 'string' && Number.isFinite(Number(target))
    ? 'give numbers, e.g. y.map(Number)'
    : 'names are classes: encodeLabels(names) and classification()'
}

const fromList = (where: string, list: Numbers, what: string): Tensor => {
  const data = new Float64Array(list.length)
  for (let i = 0; i < data.length; i++) {
    const target: unknown = list[i]
    if (!Number.isFinite(target)) {
      throw new ShapeError(
        `${where}: ${what} are finite numbers, but row ${i} has ${shown(target)}; ${remedyFor(target)}`,
      )
    }
    data[i] = target as number
  }
  return { shape: [data.length], data }
}

/**
 * Targets in any form as a tensor, of the precision that holds them; a list becomes (N,)
 *
 * @param what  what they are, for the message
 * @throws      ShapeError that names the first row whose target is no finite number
 */
export const targetsOf = (where: string, y: Targets, what = 'targets'): Tensor => {
  if (Array.isArray(y) || isNumberArray(y)) return fromList(where, y, what)
  if (typeof y !== 'object' || y === null || !('data' in y)) {
    throw new ShapeError(
      `${where}: ${what} are a list or a typed array of numbers, or a tensor, but got ${shown(y)}; give an array, e.g. Array.from(y)`,
    )
  }
  checkTensor(where, what, y)
  if (y.shape.length === 0)
    throw new ShapeError(`${where}: ${what} have shape (N,) or (N, …), but these are one number`)
  const row = firstBadRow(y)
  if (row < 0) return y
  const size = sizeOf(y.shape.slice(1))
  const bad = y.data.subarray(row * size, (row + 1) * size).find((v) => !Number.isFinite(v))
  throw new ShapeError(`${where}: ${what} are finite numbers, but row ${row} has ${bad}; ${remedyFor(bad)}`)
}

/**
 * Targets as a tensor of one row an example, each of the given shape; (N,) is taken for (N, 1).
 *
 * @param because  why a row has that shape, for the message
 * @throws         ShapeError that names what does not fit
 */
export const targetRows = (where: string, y: Targets, rows: number, rowShape: Shape, because: string): Tensor => {
  const { shape, data } = targetsOf(where, y)
  const [n = 0, ...own] = shape
  if (sizeOf(own) !== sizeOf(rowShape)) {
    throw new ShapeError(
      `${where}: a row of targets has ${sizeOf(rowShape)} numbers because ${because}, but these have shape ${formatShape(shape)}; give shape (N, ${rowShape.join(', ')})`,
    )
  }
  if (n !== rows) throw new ShapeError(`${where} has ${n} targets for ${rows} rows; each example needs one`)
  return { shape: [n, ...rowShape], data }
}
