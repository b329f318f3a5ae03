import { isOnHeap, ordinary, temporary } from '../kernels/index.ts'
import { ArgumentError, ShapeError } from './errors.ts'
import { oneOf, type Requirement } from './options.ts'

export type Dtype = 'float32' | 'float64'
export type Shape = readonly number[]

export const dtypes: Requirement<Dtype> = oneOf(['float32', 'float64'])

/** Numbers in row-major order and their shape. float32 trains, float64 checks gradients. */
export interface Tensor {
  readonly shape: Shape
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
 * @example dtypeOf(ones([2]))   // 'float32'
 */
export const dtypeOf = (t: Tensor): Dtype => (t.data instanceof Float32Array ? 'float32' : 'float64')

export const formatShape = (shape: Shape): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`

/** Throws a ShapeError for what is no shape. */
export const checkShape = (where: string, shape: Shape): void => {
  if (!Array.isArray(shape) || !shape.every((d) => Number.isInteger(d) && d >= 0)) {
    throw new ShapeError(`${where}: shape is a list of integers ≥ 0, but got ${JSON.stringify(shape)}`)
  }
}

/** Throws an ArgumentError for what is no precision. */
export const checkDtype = (where: string, dtype: Dtype): void => {
  if (dtype !== 'float32' && dtype !== 'float64') {
    throw new ArgumentError(`${where}: dtype is 'float32' or 'float64', but got '${String(dtype)}'`)
  }
}

/**
 * A result to be filled: from the arena inside a training step, an ordinary array outside. Not cleared.
 *
 * @internal
 */
export const empty = (shape: Shape, dtype: Dtype): Tensor => ({ shape, data: temporary(dtype, sizeOf(shape)) })

/** @internal */
export const emptyLike = (t: Tensor): Tensor => ({ shape: t.shape, data: temporary(dtypeOf(t), t.data.length) })

/**
 * A tensor from its values in row-major order.
 *
 * @param shape   sizes of the axes, integers ≥ 0; [] is a scalar
 * @param values  as many numbers as the shape has elements; they are copied
 * @param dtype   'float32' unless given
 * @throws        ShapeError when the count is another, ArgumentError for another dtype
 * @example       tensor([2, 2], [1, 2, 3, 4]).data[3]   // 4
 */
export const tensor = (shape: Shape, values: ArrayLike<number>, dtype: Dtype = 'float32'): Tensor => {
  checkShape('tensor', shape)
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError(
      `tensor: shape ${formatShape(shape)} has ${sizeOf(shape)} elements, but ${values.length} values came; give as many values, row by row`,
    )
  }
  checkDtype('tensor', dtype)
  return { shape, data: dtype === 'float32' ? Float32Array.from(values) : Float64Array.from(values) }
}

const filled = (where: string, shape: Shape, value: number, dtype: Dtype): Tensor => {
  checkShape(where, shape)
  checkDtype(where, dtype)
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
 * @example snapshot(ones([2])).data[0]   // 1
 */
export const snapshot = (t: Tensor): Tensor => {
  const data = ordinary(dtypeOf(t), t.data.length)
  data.set(t.data)
  return { shape: t.shape, data }
}

/**
 * `snapshot` of each tensor of a record.
 *
 * @example snapshotAll({ W1: ones([2]) }).W1.data   // Float32Array [1, 1]
 */
export const snapshotAll = <P extends Tensors>(tensors: P): P => {
  const copies: Record<string, Tensor> = {}
  for (const name of Object.keys(tensors)) copies[name] = snapshot(tensors[name] as Tensor)
  return copies as P
}

/** @internal */
export const copyInto = (from: Tensor, to: Tensor): void => to.data.set(from.data)

/** Whether the tensor lies in the shared heap, where a later step may write over it. */
export const isTransient = (t: Tensor): boolean => isOnHeap(t.data)
