import { ShapeError, shown } from '../errors/index.ts'
import { kernelsFor, pickRows, temporary } from '../kernels/index.ts'
import { checkTensor } from './checkTensor.ts'
import {
  checkDtype,
  checkShape,
  type Dtype,
  dtypeOf,
  empty,
  formatShape,
  type Shape,
  sizeOf,
  type Tensor,
} from './tensor.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { max } = Math

/**
 * Examples kept as bytes, a quarter of their float32 size: row i stands for (bytes[i, j] − mean[j])·scale[j]. Decoding is part of
 * gathering a batch.
 */
export interface Bytes {
  /** (N, …): examples first. */
  readonly shape: Shape
  /** A byte each element, row after row. */
  readonly data: Uint8Array
  /** One number an element of a row. */
  readonly mean: Float32Array
  /** One number an element of a row. */
  readonly scale: Float32Array
}

/** A data set's inputs, one example a row: shape (N, …). */
export type Rows = Tensor | Bytes

/** Whether rows are kept as bytes. */
export const isBytes = (rows: Rows): rows is Bytes => rows.data instanceof Uint8Array

/**
 * Bytes with one mean and scale for all elements.
 *
 * @param shape  (N, d₁, …)
 * @param mean   subtracted, in units of a byte (0 … 255)
 * @param scale  multiplies afterwards; 1/255 maps to [0, 1]
 * @throws       ShapeError when the shape has another number of elements
 * @example      decode(bytes([1, 2], new Uint8Array([0, 255]), 0, 1 / 255)).data   // Float32Array [0, 1]
 */
export const bytes = (shape: Shape, data: Uint8Array, mean = 0, scale = 1): Bytes => {
  checkShape('bytes', shape)
  if (!(data instanceof Uint8Array)) throw new ShapeError(`bytes: data must be a Uint8Array, but got ${shown(data)}`)
  for (const [name, value] of [
    ['mean', mean],
    ['scale', scale],
  ] as const) {
    if (!Number.isFinite(value)) throw new ShapeError(`bytes: ${name} must be a finite number, but got ${shown(value)}`)
  }
  if (sizeOf(shape) !== data.length) {
    throw new ShapeError(
      `bytes: shape ${formatShape(shape)} has ${sizeOf(shape)} elements, but ${data.length} bytes came`,
    )
  }
  const columns = sizeOf(shape.slice(1))
  return { shape, data, mean: new Float32Array(columns).fill(mean), scale: new Float32Array(columns).fill(scale) }
}

/** Number of examples. */
export const rowCount = (rows: Rows): number => rows.shape[0] ?? 0

/** Throws a ShapeError when rows that were made by hand hold another number of elements than their shape says. */
export const checkRows = (where: string, rows: Rows): void => {
  if (typeof rows !== 'object' || rows === null || !Array.isArray(rows.shape) || !ArrayBuffer.isView(rows.data)) {
    throw new ShapeError(
      `${where}: rows must be a tensor or bytes of shape (N, …), but got ${shown(rows)}; tensor(shape, values) makes one`,
    )
  }
  checkShape(where, rows.shape)
  const elements = sizeOf(rows.shape)
  if (rows.data.length !== elements) {
    throw new ShapeError(
      `${where}: rows of shape ${formatShape(rows.shape)} have ${elements} elements, but their data hold ${rows.data.length}; ` +
        'bytes(shape, data) or tensor(shape, values) makes rows that fit',
    )
  }
  if (!isBytes(rows)) {
    checkTensor(where, 'rows', rows)
    return
  }
  const columns = sizeOf(rows.shape.slice(1))
  for (const name of ['mean', 'scale'] as const) {
    const numbers = rows[name]
    if (numbers instanceof Float32Array && numbers.length === columns) continue
    throw new ShapeError(
      `${where}: ${name} must be a Float32Array of one number an element of a row, so ${columns} for rows of shape ` +
        `${formatShape(rows.shape)}, but got ${numbers instanceof Float32Array ? numbers.length : shown(numbers)}; ` +
        'bytes(shape, data, mean, scale) makes rows that fit',
    )
  }
}

/** `checkRows`, and a ShapeError that names the first index that is no row. */
export const checkIndices = (where: string, rows: Rows, indices: Int32Array): void => {
  checkRows(where, rows)
  if (!(indices instanceof Int32Array)) {
    throw new ShapeError(
      `${where}: indices must be an Int32Array, but got ${shown(indices)}; Int32Array.from(list) makes one`,
    )
  }
  const n = rowCount(rows)
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number
    if (!(index >= 0 && index < n)) {
      throw new ShapeError(`${where}: index ${index} is not a row of ${formatShape(rows.shape)}`)
    }
  }
}

/**
 * The rows at the given indices, decoded: shape (indices.length, …)
 *
 * @param indices  integers from 0 to N − 1
 * @param dtype    of the result; that of the rows unless given, float32 for bytes
 * @throws         ShapeError for an index out of range, or rows whose numbers do not fit their shape; ArgumentError for another dtype
 * @example        gather(linspace(0, 5, [3, 2]), new Int32Array([2, 0])).data   // Float32Array [4, 5, 0, 1]
 */
export const gather = (rows: Rows, indices: Int32Array, dtype?: Dtype): Tensor => {
  checkIndices('gather', rows, indices)
  if (dtype !== undefined) checkDtype('gather', dtype)
  const shape = [indices.length, ...rows.shape.slice(1)]
  if (isBytes(rows)) {
    const out = empty(shape, dtype ?? 'float32')
    kernelsFor(out.data).gatherBytes(rows.data, indices, rows.mean, rows.scale, out.data)
    return out
  }
  const own = dtypeOf(rows)
  const out = empty(shape, own)
  kernelsFor(out.data).gatherFloats(rows.data, indices, out.data)
  if (dtype === undefined || dtype === own) return out
  const converted = empty(shape, dtype)
  converted.data.set(out.data)
  return converted
}

/**
 * The rows at the given indices in their own form: bytes stay bytes, and nothing is decoded
 *
 * @param indices  integers from 0 to N − 1
 * @throws         ShapeError for an index out of range
 * @example        selectRows(bytes([3, 1], new Uint8Array([7, 8, 9])), new Int32Array([2])).data   // Uint8Array [9]
 */
export const selectRows = (rows: Rows, indices: Int32Array): Rows => {
  checkIndices('selectRows', rows, indices)
  if (!isBytes(rows)) return gather(rows, indices)
  const data = pickRows(rows.data, indices, rows.mean.length)
  return { ...rows, shape: [indices.length, ...rows.shape.slice(1)], data }
}

/**
 * Rows start … stop − 1, without a copy
 *
 * @param start  from 0
 * @param stop   up to N
 * @throws       ShapeError when they are no such range
 * @example      sliceRows(linspace(0, 5, [3, 2]), 1, 3).data   // Float32Array [2, 3, 4, 5]
 */
export const sliceRows = <R extends Rows>(rows: R, start: number, stop: number): R => {
  checkRows('sliceRows', rows)
  if (!(Number.isInteger(start) && Number.isInteger(stop) && start >= 0 && start <= stop && stop <= rowCount(rows))) {
    throw new ShapeError(
      `sliceRows: rows ${shown(start)} to ${shown(stop)} are no range of the rows of ${formatShape(rows.shape)}`,
    )
  }
  const columns = sizeOf(rows.shape.slice(1))
  const shape = [stop - start, ...rows.shape.slice(1)]
  return { ...rows, shape, data: rows.data.subarray(start * columns, stop * columns) }
}

/** start, start + 1, …, stop − 1 */
export const range = (start: number, stop: number): Int32Array => {
  const out = temporary('int32', max(0, stop - start))
  for (let i = 0; i < out.length; i++) out[i] = start + i
  return out
}

/**
 * All rows as one tensor.
 *
 * @param dtype  as for `gather`
 * @throws       ShapeError when the rows' numbers do not fit their shape; ArgumentError for another dtype
 * @example      decode(bytes([1, 1], new Uint8Array([255]), 0, 1 / 255)).data[0]   // 1
 */
export const decode = (rows: Rows, dtype?: Dtype): Tensor => {
  checkRows('decode', rows)
  return gather(rows, range(0, rowCount(rows)), dtype)
}
