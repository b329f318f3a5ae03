import { ArgumentError, isListOf, oneOf, type Requirement, ShapeError, shown } from '../errors/index.ts'
import { isOnHeap, ordinary, temporary } from '../kernels/index.ts'
import { checkTensor, checkTensors } from './checkTensor.ts'
import { isNumberArray, type Numbers } from './numbers.ts'

const isFiniteNumber = Number.isFinite
const MOST_AXES = 32

/** The precision of a tensor. */
export type Dtype = 'float32' | 'float64'
/** Sizes of the axes, the outermost first: a matrix of 2 rows and 3 columns has [2, 3]; [] is that of a single number. */
export type Shape = readonly number[]

export const dtypes: Requirement<Dtype> = oneOf(['float32', 'float64'])

/** Numbers in row-major order and their shape. float32 trains, float64 checks gradients. */
export interface Tensor {
  /** Sizes of the axes; their product is the number of elements. */
  readonly shape: Shape
  /** The elements, the last axis running fastest. */
  readonly data: Float32Array | Float64Array
}

/** Tensors by name: weights, gradients, running statistics. */
export type Tensors = Readonly<Record<string, Tensor>>

/** Number of elements of a shape; 1 for the shape [] of a scalar. */
export const sizeOf = (shape: Shape): number => {
  let size = 1
  for (let i = 0; i < shape.length; i++) size *= shape[i] as number
  return size
}

/**
 * The precision of a tensor.
 *
 * @throws  ShapeError for what is no tensor
 * @example dtypeOf(ones([2]))   // 'float32'
 */
export const dtypeOf = (t: Tensor): Dtype => {
  if (t?.data instanceof Float32Array) return 'float32'
  if (t?.data instanceof Float64Array) return 'float64'
  throw new ShapeError(`dtypeOf: a tensor has a Float32Array or Float64Array as its data, but got ${shown(t)}`)
}

/** As NumPy writes it; what is no shape as any value. */
export const formatShape = (shape: Shape): string =>
  isShape(shape) ? `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})` : shown(shape)

export const isShape = (value: unknown): value is Shape =>
  isListOf(value, (d) => Number.isInteger(d) && (d as number) >= 0)

/** Throws a ShapeError for what is no shape. */
export const checkShape = (where: string, shape: Shape): void => {
  if (!isShape(shape)) {
    throw new ShapeError(`${where}: shape is a list of integers ≥ 0, but got ${shown(shape)}`)
  }
}

/** Throws an ArgumentError for what is no precision. */
export const checkDtype = (where: string, dtype: Dtype): void => {
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw new ArgumentError(`${where}: dtype is 'float32' or 'float64', but got ${shown(dtype)}`)
  }
}

/**
 * A result to be filled: from the arena inside a training step, an ordinary array outside. Not cleared.
 *
 * @internal
 */
export const empty = (shape: Shape, dtype: Dtype): Tensor => {
  try {
    return { shape, data: temporary(dtype, sizeOf(shape)) }
  } catch (reason) {
    if (!(reason instanceof RangeError)) throw reason
    const bytes = sizeOf(shape) * (dtype === 'float32' ? 4 : 8)
    throw new RangeError(
      `a ${dtype} tensor of shape ${formatShape(shape)} takes ${bytes} bytes, which cannot be had: ${reason.message}`,
      { cause: reason },
    )
  }
}

/** @internal */
export const emptyLike = (t: Tensor): Tensor => ({ shape: t.shape, data: temporary(dtypeOf(t), t.data.length) })

const remedyFor = (value: unknown): string => {
  if (typeof value === 'bigint' || typeof value === 'boolean') return 'give numbers, e.g. Array.from(values, Number)'
  if (value === null || value === undefined || value === '')
    return 'a missing value is no 0; leave its row out, or say what stands for it'
  return typeof value === 'string' && Number.isFinite(Number(value))
    ? 'give numbers, e.g. values.map(Number)'
    : 'every value must be a number'
}

/** The numbers themselves: anything else, and what the precision cannot hold, is an error that names its place. */
const numbersFrom = (values: Numbers, dtype: Dtype): Tensor['data'] => {
  const data = dtype === 'float32' ? new Float32Array(values.length) : new Float64Array(values.length)
  for (let i = 0; i < data.length; i++) {
    const value: unknown = values[i]
    if (typeof value !== 'number') {
      throw new ArgumentError(`tensor: values are numbers, but index ${i} has ${shown(value)}; ${remedyFor(value)}`)
    }
    data[i] = value
    if (!isFiniteNumber(data[i]) && isFiniteNumber(value)) {
      throw new ArgumentError(
        `tensor: index ${i} has ${value}, but float32 holds numbers up to 3.4e38; make it a tensor of 'float64', or scale the values`,
      )
    }
  }
  return data
}

/** The shape of lists of lists, and all their numbers in one list. */
const flattened = (nested: Nested): readonly [shape: Shape, values: Numbers] => {
  const shape: number[] = []
  let level: readonly unknown[] = [nested]
  while (level.length > 0 && level.every((each) => Array.isArray(each) || isNumberArray(each))) {
    const lists = level as readonly (readonly unknown[])[]
    const size = lists[0]?.length as number
    const odd = lists.findIndex(({ length }) => length !== size)
    if (odd >= 0) {
      throw new ShapeError(
        `tensor: lists side by side are of one length, but on axis ${shape.length} the first has ${size} and number ${odd} has ${lists[odd]?.length}`,
      )
    }
    shape.push(size)
    if (shape.length > MOST_AXES)
      throw new ShapeError(`tensor: lists in lists make at most ${MOST_AXES} axes; is one of them in itself?`)
    level = lists.flatMap((list) => Array.from(list))
  }
  return [shape, level as readonly number[]]
}

/** Numbers in lists, which may be in lists in turn. */
export type Nested = number | Numbers | readonly Nested[]

/**
 * A tensor from its values: in row-major order with their shape, or as lists of lists
 *
 * @param shape   sizes of the axes, integers ≥ 0; [] is a scalar
 * @param values  as many numbers as the shape has elements; they are copied. NaN and infinities are numbers, a text is none
 * @param dtype   'float32' unless given
 * @throws        ShapeError when the count is another, or lists side by side differ in length; ArgumentError for what is no number, for
 *                one that is more than the precision holds, or another dtype
 * @example       tensor([2, 2], [1, 2, 3, 4]).data[3]   // 4
 * @example       tensor([[1, 2, 3], [4, 5, 6]]).shape   // [2, 3]
 */
export function tensor(shape: Shape, values: Numbers, dtype?: Dtype): Tensor
export function tensor(nested: Nested, dtype?: Dtype): Tensor
export function tensor(first: Shape | Nested, ...rest: readonly (Numbers | Dtype | undefined)[]): Tensor {
  if (rest.length === 0 || typeof rest[0] === 'string') {
    const [dtype = 'float32'] = rest as readonly [Dtype?]
    checkDtype('tensor', dtype)
    const [shape, values] = flattened(first)
    return { shape, data: numbersFrom(values, dtype) }
  }
  const [values, dtype = 'float32'] = rest as readonly [Numbers, Dtype?]
  const shape = first as Shape
  checkShape('tensor', shape)
  if (!(Array.isArray(values) || isNumberArray(values))) {
    throw new ArgumentError(
      `tensor: values are a list or a typed array of numbers, but got ${shown(values)}; give an array, e.g. Array.from(values)`,
    )
  }
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError(
      `tensor: shape ${formatShape(shape)} has ${sizeOf(shape)} elements, but ${values.length} values came; give as many values, row by row`,
    )
  }
  checkDtype('tensor', dtype)
  return { shape, data: numbersFrom(values, dtype) }
}

/** Throws an ArgumentError for a number that is none. */
const checkNumber = (where: string, name: string, value: number): void => {
  if (typeof value !== 'number') throw new ArgumentError(`${where}: ${name} is a number, but got ${shown(value)}`)
}

const filled = (where: string, shape: Shape, value: number, dtype: Dtype): Tensor => {
  checkShape(where, shape)
  checkDtype(where, dtype)
  checkNumber(where, 'value', value)
  const out = empty(shape, dtype)
  out.data.fill(value)
  return out
}

/**
 * value everywhere
 *
 * @param shape  sizes of the axes, integers ≥ 0
 * @param value  any number
 * @param dtype  'float32' unless given
 * @throws       ShapeError when the shape is no list of integers ≥ 0, ArgumentError for another dtype
 * @example      full([2], 7).data[1]   // 7
 */
export const full = (shape: Shape, value: number, dtype: Dtype = 'float32'): Tensor =>
  filled('full', shape, value, dtype)

/**
 * 0 everywhere
 *
 * @param shape  sizes of the axes, integers ≥ 0
 * @param dtype  'float32' unless given
 * @throws       ShapeError when the shape is no list of integers ≥ 0, ArgumentError for another dtype
 * @example      zeros([2, 3]).data.length   // 6
 */
export const zeros = (shape: Shape, dtype: Dtype = 'float32'): Tensor => filled('zeros', shape, 0, dtype)

/**
 * 1 everywhere
 *
 * @param shape  sizes of the axes, integers ≥ 0
 * @param dtype  'float32' unless given
 * @throws       ShapeError when the shape is no list of integers ≥ 0, ArgumentError for another dtype
 * @example      ones([2]).data[0]   // 1
 */
export const ones = (shape: Shape, dtype: Dtype = 'float32'): Tensor => filled('ones', shape, 1, dtype)

/**
 * value i = start + i·(stop − start)/(n − 1), in row-major order; both ends are hit exactly
 *
 * @param start  the first value
 * @param stop   the last value
 * @param shape  how the n values are laid out
 * @param dtype  'float32' unless given
 * @throws       ShapeError when the shape is no list of integers ≥ 0, ArgumentError for another dtype
 * @example      linspace(-0.5, 0.5, [3], 'float64').data[1]   // 0
 * @see          numpy.linspace(start, stop, n).reshape(shape)
 */
export const linspace = (start: number, stop: number, shape: Shape, dtype: Dtype = 'float32'): Tensor => {
  checkShape('linspace', shape)
  checkDtype('linspace', dtype)
  checkNumber('linspace', 'start', start)
  checkNumber('linspace', 'stop', stop)
  const out = empty(shape, dtype)
  const n = out.data.length
  const step = n > 1 ? (stop - start) / (n - 1) : 0
  for (let i = 0; i < n; i++) out.data[i] = i === n - 1 && n > 1 ? stop : start + i * step
  return out
}

/**
 * The same numbers in another precision; a copy also when the precision is the same.
 *
 * @param dtype  'float32' or 'float64'
 * @throws       ArgumentError for another dtype
 * @example      cast(ones([1]), 'float64').data   // Float64Array [1]
 */
export const cast = (t: Tensor, dtype: Dtype): Tensor => {
  checkTensor('cast', 't', t)
  checkDtype('cast', dtype)
  const out = empty(t.shape, dtype)
  out.data.set(t.data)
  return out
}

/**
 * The same numbers under another shape; they are shared, not copied.
 *
 * @throws  ShapeError when the number of elements differs
 * @example reshape(linspace(0, 5, [6]), [2, 3]).shape   // [2, 3]
 */
export const reshape = (t: Tensor, shape: Shape): Tensor => {
  checkTensor('reshape', 't', t)
  checkShape('reshape', shape)
  if (sizeOf(shape) !== t.data.length) {
    throw new ShapeError(
      `reshape: ${formatShape(t.shape)} has ${t.data.length} elements, but ${formatShape(shape)} has ${sizeOf(shape)}`,
    )
  }
  return { shape, data: t.data }
}

/**
 * A copy in ordinary memory, which stays valid when the training goes on.
 *
 * @throws  ShapeError for what is no tensor
 * @example snapshot(ones([2])).data[0]   // 1
 */
export const snapshot = (t: Tensor): Tensor => {
  checkTensor('snapshot', 't', t)
  const data = ordinary(dtypeOf(t), t.data.length)
  data.set(t.data)
  return { shape: t.shape, data }
}

/**
 * `snapshot` of each tensor of a record.
 *
 * @throws  ShapeError for what is no record of tensors
 * @example snapshotAll({ W1: ones([2]) }).W1.data   // Float32Array [1, 1]
 */
export const snapshotAll = <P extends Tensors>(tensors: P): P => {
  checkTensors('snapshotAll', 'tensors', tensors)
  const copies: Record<string, Tensor> = {}
  for (const name of Object.keys(tensors)) copies[name] = snapshot(tensors[name] as Tensor)
  return copies as P
}

/** @internal */
export const copyInto = (from: Tensor, to: Tensor): void => to.data.set(from.data)

/** Whether the tensor lies in the shared heap, where a later step may write over it. */
export const isTransient = (t: Tensor): boolean => isOnHeap(t.data)
