import { ArgumentError, isRecord, ShapeError, shown } from '../errors/index.ts'
import { areRecords, type Column, type Records, recordRows } from './columns.ts'
import { type Bytes, checkRows, isBytes, type Rows } from './rows.ts'
import { dtypeOf, empty, formatShape, isShape, type Shape, sizeOf, type Tensor } from './tensor.ts'

/** What a net sees of an image of bytes: element j is (byte[j] − mean[j])·scale[j]. */
export interface BytesInput {
  /** Discriminant of the inputs. */
  readonly type: 'bytes'
  /** Of one example, e.g. [1, 28, 28]. */
  readonly shape: Shape
  /** Subtracted, one number an element. */
  readonly mean: Float32Array
  /** Multiplied, one number an element. */
  readonly scale: Float32Array
}

/** What a net sees of an example of numbers: element j is (x[j] − mean[j])·scale[j]. */
export interface NumbersInput {
  /** Discriminant of the inputs. */
  readonly type: 'numbers'
  /** Of one example, e.g. [4]. */
  readonly shape: Shape
  /** Subtracted, one number an element. */
  readonly mean: Float64Array
  /** Multiplied, one number an element. */
  readonly scale: Float64Array
  /** Of a table, how its columns became numbers: then `predict` takes records too. */
  readonly columns?: readonly Column[]
}

/** How raw examples become what a net was trained on. */
export type Input = BytesInput | NumbersInput

/**
 * The preprocessing that rows of bytes carry, and the shape of one of them
 *
 * @param rows  what a net was trained on, e.g. `data.xTrain`; numbers that are no bytes are taken as they are
 * @returns     what `saveNet` keeps, so that `predict` takes bare bytes; mean and scale are shared, not copied
 * @throws      ShapeError for what is no rows
 * @example     inputOf(bytes([1, 2], new Uint8Array(2), 0, 0.5))   // { type: 'bytes', shape: [2], mean: Float32Array [0, 0], scale: Float32Array [0.5, 0.5] }
 */
export const inputOf = (rows: Rows): BytesInput => {
  checkRows('inputOf', rows)
  const shape = rows.shape.slice(1)
  if (isBytes(rows)) return { type: 'bytes', shape, mean: rows.mean, scale: rows.scale }
  const size = sizeOf(shape)
  return { type: 'bytes', shape, mean: new Float32Array(size), scale: new Float32Array(size).fill(1) }
}

/** Of the means and scales of an input, by its kind. */
export const inputArrays = { bytes: Float32Array, numbers: Float64Array } as const

/** Throws an ArgumentError for an input that was made by hand and is none. */
const checkInput = (where: string, input: Input): void => {
  const { type, shape, mean, scale } = isRecord(input) ? input : ({} as Partial<Input>)
  const OwnArray = type !== undefined && Object.hasOwn(inputArrays, type) ? inputArrays[type] : undefined
  const size = isShape(shape) ? sizeOf(shape) : -1
  const suits = (numbers: unknown): boolean =>
    OwnArray !== undefined && numbers instanceof OwnArray && numbers.length === size
  if (size >= 1 && suits(mean) && suits(scale)) return
  throw new ArgumentError(
    `${where}: input must say the shape of an example, and a mean and a scale for each of its numbers, but got ${shown(input)}; inputOf(data.xTrain) and standardize(xTrain) make it`,
  )
}

/** (x − mean)·scale of each element of a row, computed in float64; in the precision that x has. */
export const standardizedBy = (where: string, { shape, mean, scale }: NumbersInput, x: Tensor): Tensor => {
  checkRows(where, x)
  const size = sizeOf(shape)
  if (x.shape.length === 0 || sizeOf(x.shape.slice(1)) !== size) {
    throw new ShapeError(
      `${where}: an example has ${size} numbers, but rows of shape ${formatShape(x.shape)} came; give shape (N, ${shape.join(', ')})`,
    )
  }
  const out = empty(x.shape, dtypeOf(x))
  for (let i = 0; i < x.data.length; i++) {
    const j = i % size
    out.data[i] = ((x.data[i] as number) - (mean[j] as number)) * (scale[j] as number)
  }
  return out
}

/** Bytes as a data set preprocessed as the net saw it. */
const bytesOf = (where: string, pixels: Uint8Array, { shape, mean, scale }: BytesInput): Bytes => {
  const size = sizeOf(shape)
  if (pixels.length % size !== 0) {
    throw new ShapeError(
      `${where}: an example has ${size} bytes, but ${pixels.length} bytes came, which is no multiple of it; give whole examples of shape ${formatShape(shape)}`,
    )
  }
  return { shape: [pixels.length / size, ...shape], mean, scale, data: pixels }
}

/** Records of a table as its rows of numbers. */
const rowsOfRecords = (where: string, input: Input | undefined, records: Records): Tensor => {
  if (input?.type === 'numbers' && input.columns !== undefined) return recordRows(where, input.columns, records)
  throw new ArgumentError(
    `${where}: records are of a net that keeps the columns of its table; save it with input: { ...input, columns: table.columns }, or give a tensor`,
  )
}

/**
 * Raw examples as the net takes them: bare bytes where the input is one of bytes, numbers where it is one of numbers; other rows are
 * taken as they are
 *
 * @throws  ArgumentError and ShapeError for what is not raw in the input's way
 */
export const preprocessed = (where: string, input: Input | undefined, given: Rows | Uint8Array | Records): Rows => {
  const rows = areRecords(given) ? rowsOfRecords(where, input, given) : given
  if (input !== undefined) checkInput(where, input)
  if (input?.type === 'numbers') {
    if (!(rows instanceof Uint8Array) && !isBytes(rows)) return standardizedBy(where, input, rows)
    throw new ArgumentError(
      `${where}: the net takes raw numbers, a tensor of shape (N, ${input.shape.join(', ')}), but got ${shown(rows)}; tensor(shape, values) makes one`,
    )
  }
  if (!(rows instanceof Uint8Array)) return rows
  if (input !== undefined) return bytesOf(where, rows, input)
  throw new ArgumentError(
    `${where}: the net does not say how bytes are preprocessed; give rows, or save it with its input`,
  )
}
