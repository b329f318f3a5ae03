import { philox4x32, temporary } from '../kernels/index.ts'
import { ArgumentError } from './errors.ts'
import type { Key } from './key.ts'
import { normalQuantile } from './normalQuantile.ts'
import { type Dtype, empty, type Shape, type Tensor } from './tensor.ts'

// Element i takes words 2·(i mod 2) and the next of Philox block i div 2: 53 bits a number.
const words = new Uint32Array(4)
const drawBlock = (key: Key, block: number): void =>
  philox4x32(block >>> 0, Math.floor(block / 2 ** 32), 0, 0, key[0], key[1], words)

const unit = (i: number): number => {
  const at = 2 * (i % 2)
  return (((words[at] as number) >>> 5) * 67108864 + ((words[at + 1] as number) >>> 6)) / 9007199254740992
}

/**
 * uᵢ in [low, high), a pure function of (key, i)
 *
 * @param dtype  float32 gives the float64 number rounded down to 24 bits, so the interval stays half open
 * @example      uniform(key(0), [3]).shape   // [3]
 */
export const uniform = (key: Key, shape: Shape, low = 0, high = 1, dtype: Dtype = 'float32'): Tensor => {
  const out = empty(shape, dtype)
  const single = dtype === 'float32'
  for (let i = 0; i < out.data.length; i++) {
    if (i % 2 === 0) drawBlock(key, i / 2)
    const u = single ? Math.floor(unit(i) * 16777216) / 16777216 : unit(i)
    out.data[i] = low + u * (high - low)
  }
  return out
}

/**
 * zᵢ = Φ⁻¹(uᵢ): mean 0, standard deviation 1, a pure function of (key, i)
 *
 * @param std    multiplies the numbers
 * @param dtype  float32 gives the float64 numbers rounded
 * @example      normal(key(0), [2, 2], 0.01)
 */
export const normal = (key: Key, shape: Shape, std = 1, dtype: Dtype = 'float32'): Tensor => {
  const out = empty(shape, dtype)
  for (let i = 0; i < out.data.length; i++) {
    if (i % 2 === 0) drawBlock(key, i / 2)
    // Half a step up: never 0, whose quantile is −∞.
    out.data[i] = std * normalQuantile(unit(i) + 2 ** -54)
  }
  return out
}

/**
 * 0 … n − 1 in random order (Fisher–Yates), a pure function of (key, n)
 *
 * @throws  ArgumentError when n is no integer ≥ 0
 * @example permutation(key(0), 5).length   // 5
 */
export const permutation = (key: Key, n: number): Int32Array => {
  if (!Number.isInteger(n) || n < 0) throw new ArgumentError(`permutation: n is an integer ≥ 0, but got ${String(n)}`)
  const order = new Int32Array(n)
  for (let i = 0; i < n; i++) order[i] = i
  for (let i = n - 1, draw = 0; i > 0; i--, draw++) {
    if (draw % 2 === 0) drawBlock(key, draw / 2)
    const j = Math.floor(unit(draw) * (i + 1))
    const swapped = order[i] as number
    order[i] = order[j] as number
    order[j] = swapped
  }
  return order
}

/**
 * count integers from 0 to n − 1, drawn with replacement
 *
 * @example randomIndices(key(0), 3, 10).length   // 3
 */
export const randomIndices = (key: Key, count: number, n: number): Int32Array => {
  const out = temporary('int32', count)
  for (let i = 0; i < count; i++) {
    if (i % 2 === 0) drawBlock(key, i / 2)
    out[i] = Math.floor(unit(i) * n)
  }
  return out
}
