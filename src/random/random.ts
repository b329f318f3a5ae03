import { ArgumentError, shown } from '../errors/index.ts'
import { philox4x32, temporary } from '../kernels/index.ts'
import { checkDtype, checkShape, type Dtype, empty, type Shape, type Tensor } from '../tensor/index.ts'
import { checkKey, type Key } from './key.ts'
import { normalQuantile } from './normalQuantile.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { floor } = Math

// Element i takes words 2·(i mod 2) and the next of Philox block i div 2: 53 bits a number.
const words = new Uint32Array(4)
const drawBlock = (key: Key, block: number): void =>
  philox4x32(block >>> 0, floor(block / 2 ** 32), 0, 0, key[0], key[1], words)

const unit = (i: number): number => {
  const at = 2 * (i % 2)
  return (((words[at] as number) >>> 5) * 67108864 + ((words[at + 1] as number) >>> 6)) / 9007199254740992
}

/** uᵢ by itself. */
export const unitAt = (key: Key, i: number): number => {
  drawBlock(key, floor(i / 2))
  return unit(i)
}

/**
 * low + uᵢ·(high − low), where uᵢ in [0, 1) is a pure function of (key, i)
 *
 * In float32 uᵢ is the float64 number rounded down to 24 bits, so [0, 1) stays half open. The result is rounded to nearest as in
 * NumPy, so where high − low is small beside high (float32 and [100, 101)) it may be high itself.
 *
 * @param key    from `key` or `foldIn`; equal keys give equal numbers
 * @param shape  sizes of the axes, integers ≥ 0
 * @param low    the lower end, finite; 0 unless given
 * @param high   the upper end, finite; 1 unless given
 * @param dtype  'float32' unless given
 * @throws       ShapeError when the shape is no list of integers ≥ 0; ArgumentError for an end that is not finite or another dtype
 * @example      uniform(key(0), [3]).shape   // [3]
 * @see          Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011, for Philox4x32-10
 */
export const uniform = (key: Key, shape: Shape, low = 0, high = 1, dtype: Dtype = 'float32'): Tensor => {
  checkKey('uniform', key)
  checkShape('uniform', shape)
  checkDtype('uniform', dtype)
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    throw new ArgumentError(`uniform: low and high are finite numbers, but got ${shown(low)} and ${shown(high)}`)
  }
  const out = empty(shape, dtype)
  const single = dtype === 'float32'
  for (let i = 0; i < out.data.length; i++) {
    if (i % 2 === 0) drawBlock(key, i / 2)
    const u = single ? floor(unit(i) * 16777216) / 16777216 : unit(i)
    out.data[i] = low + u * (high - low)
  }
  return out
}

/**
 * zᵢ = Φ⁻¹(uᵢ): mean 0, standard deviation 1, a pure function of (key, i)
 *
 * @param key    from `key` or `foldIn`; equal keys give equal numbers
 * @param shape  sizes of the axes, integers ≥ 0
 * @param std    multiplies the numbers, finite and ≥ 0; 1 unless given
 * @param dtype  'float32' unless given: the float64 numbers rounded
 * @throws       ShapeError when the shape is no list of integers ≥ 0; ArgumentError for a std that is no number ≥ 0 or another dtype
 * @example      normal(key(0), [2, 2], 0.01)
 * @see          Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011, for Philox4x32-10; `normalQuantile`
 */
export const normal = (key: Key, shape: Shape, std = 1, dtype: Dtype = 'float32'): Tensor => {
  checkKey('normal', key)
  checkShape('normal', shape)
  checkDtype('normal', dtype)
  if (!(Number.isFinite(std) && std >= 0)) {
    throw new ArgumentError(`normal: std is a number ≥ 0, but got ${shown(std)}`)
  }
  const out = empty(shape, dtype)
  for (let i = 0; i < out.data.length; i++) {
    if (i % 2 === 0) drawBlock(key, i / 2)
    // Half a step up: never 0, whose quantile is −∞.
    out.data[i] = std * normalQuantile(unit(i) + 2 ** -54)
  }
  return out
}

// Indices are Int32Arrays.
const checkCount = (where: string, name: string, least: number, count: number): void => {
  if (!(Number.isInteger(count) && count >= least && count < 2 ** 31)) {
    throw new ArgumentError(`${where}: ${name} is an integer from ${least} to 2^31 − 1, but got ${shown(count)}`)
  }
}

/**
 * 0 … n − 1 in random order (Fisher–Yates), a pure function of (key, n)
 *
 * @param key  from `key` or `foldIn`; equal keys give equal orders
 * @param n    how many, an integer from 0 to 2³¹ − 1
 * @throws     ArgumentError for another n
 * @example    permutation(key(0), 5).length   // 5
 * @see        Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011, for Philox4x32-10
 */
export const permutation = (key: Key, n: number): Int32Array => {
  checkKey('permutation', key)
  checkCount('permutation', 'n', 0, n)
  const order = new Int32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  for (let i = n - 1, draw = 0; i > 0; i--, draw++) {
    if (draw % 2 === 0) drawBlock(key, draw / 2)
    const j = floor(unit(draw) * (i + 1))
    const swapped = order[i] as number
    order[i] = order[j] as number
    order[j] = swapped
  }
  return order
}

/**
 * count integers from 0 to n − 1, drawn with replacement, a pure function of (key, n)
 *
 * @param key    from `key` or `foldIn`; equal keys give equal indices
 * @param count  how many are drawn, an integer from 0 to 2³¹ − 1
 * @param n      how many there are, an integer from 1 to 2³¹ − 1
 * @throws       ArgumentError for another count or n
 * @example      randomIndices(key(0), 3, 10).length   // 3
 * @see          Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011, for Philox4x32-10
 */
export const randomIndices = (key: Key, count: number, n: number): Int32Array => {
  checkKey('randomIndices', key)
  checkCount('randomIndices', 'count', 0, count)
  checkCount('randomIndices', 'n', 1, n)
  const out = temporary('int32', count)
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) drawBlock(key, i / 2)
    out[i] = floor(unit(i) * n)
  }
  return out
}
