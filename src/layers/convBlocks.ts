import { pipe } from 'fp-ts/lib/function.js'
import { batchnorm } from './batchnormLayer.ts'
import { type ConvOptions, conv } from './conv.ts'
import { maxPool } from './maxPool.ts'
import type { PoolOptions } from './pool.ts'
import { relu } from './relu.ts'
import { andThen } from './sequence.ts'
import type { Pair } from './window.ts'

/**
 * The layer of `convReluForward`: conv, then relu.
 *
 * @param numFilters  an integer ≥ 1
 * @param options     those of `conv`
 * @throws            ArgumentError when one of them is out of range
 * @example           convRelu(8).init(key(0), [3, 5, 5]).outShape   // [8, 3, 3]
 */
export const convRelu = (numFilters: number, options: ConvOptions = {}) =>
  pipe(conv(numFilters, options), andThen(relu))

/**
 * The layer of `convBnReluForward`: conv, then batchnorm per channel, then relu.
 *
 * @param numFilters  an integer ≥ 1
 * @param options     those of `conv`; beta makes its bias needless, so that `bias: false` changes nothing
 * @throws            ArgumentError when one of them is out of range
 * @example           convBnRelu(8, { pad: 'same' }).init(key(0), [3, 5, 5]).outShape   // [8, 5, 5]
 */
export const convBnRelu = (numFilters: number, options: ConvOptions = {}) =>
  pipe(conv(numFilters, options), andThen(batchnorm()), andThen(relu))

/**
 * The layer of `convReluPoolForward`: conv, then relu, then maxPool.
 *
 * @param numFilters  an integer ≥ 1
 * @param options     those of `conv`
 * @param size        of the pool's windows, 2 unless given
 * @param pool        options of `maxPool`
 * @throws            ArgumentError when one of them is out of range
 * @example           convReluPool(8, { pad: 'same' }).init(key(0), [3, 6, 6]).outShape   // [8, 3, 3]
 */
export const convReluPool = (numFilters: number, options: ConvOptions = {}, size: Pair = 2, pool: PoolOptions = {}) =>
  pipe(conv(numFilters, options), andThen(relu), andThen(maxPool(size, pool)))
