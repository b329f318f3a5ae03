import type { Tensor } from '../tensor/index.ts'
import type { BatchnormCache } from './batchnorm.ts'
import { cachesOf } from './cache.ts'
import { type ConvCache, type ConvParams, convBackward, convForward } from './conv.ts'
import { type MaxPoolCache, maxPoolBackward, maxPoolForward } from './maxPool.ts'
import type { PoolParams } from './pool.ts'
import { type ReluCache, reluBackward, reluForward } from './relu.ts'
import { spatialBatchnormBackward, spatialBatchnormForward } from './spatialBatchnorm.ts'

/** What `convReluForward` tells `convReluBackward`. */
export type ConvReluCache = readonly [conv: ConvCache, relu: ReluCache]
/** What `convBnReluForward` tells `convBnReluBackward`. */
export type ConvBnReluCache = readonly [conv: ConvCache, norm: BatchnormCache, relu: ReluCache]
/** What `convReluPoolForward` tells `convReluPoolBackward`. */
export type ConvReluPoolCache = readonly [conv: ConvCache, relu: ReluCache, pool: MaxPoolCache]

/**
 * out = max(0, conv(x, w) + b)
 *
 * @param x       images, shape (N, C, H, W)
 * @param w       filters, shape (F, C, HH, WW)
 * @param b       bias, shape (F)
 * @param params  `stride` and `pad`
 * @returns       out, shape (N, F, H′, W′), and what `convReluBackward` needs
 * @throws        as `convForward`
 * @example       convReluForward(ones([1, 1, 2, 2]), ones([1, 1, 2, 2]), full([1], -5))[0].data   // Float32Array [0]
 * @see           `convForward`, `reluForward`
 */
export const convReluForward = (
  x: Tensor,
  w: Tensor,
  b: Tensor,
  params: ConvParams = {},
): readonly [out: Tensor, cache: ConvReluCache] => {
  const [a, convCache] = convForward(x, w, b, params)
  const [out, reluCache] = reluForward(a)
  return [out, [convCache, reluCache]]
}

/**
 * dx, dw, db of max(0, conv(x, w) + b)
 *
 * @param dout   upstream gradient, shape (N, F, H′, W′)
 * @param cache  from `convReluForward`
 * @returns      gradients in the shapes of x, w and b
 * @throws       ShapeError when dout has another shape
 * @example      convReluBackward(ones([1, 1, 1, 1]), convReluForward(ones([1, 1, 2, 2]), ones([1, 1, 2, 2]), zeros([1]))[1])[2].data   // Float32Array [1]
 * @see          `convBackward`, `reluBackward`
 */
export const convReluBackward = (dout: Tensor, cache: ConvReluCache): readonly [dx: Tensor, dw: Tensor, db: Tensor] => {
  const [convCache, reluCache] = cachesOf('convReluBackward', cache, 2)
  return convBackward(reluBackward(dout, reluCache), convCache)
}

/**
 * out = max(0, batchnorm(conv(x, w) + b)), normalized per channel
 *
 * @param x       images, shape (N, C, H, W)
 * @param w       filters, shape (F, C, HH, WW)
 * @param b       bias, shape (F)
 * @param gamma   scale, shape (F)
 * @param beta    shift, shape (F)
 * @param params  `stride` and `pad`
 * @param eps     ≥ 0, added to the variance
 * @returns       out, shape (N, F, H′, W′), and what `convBnReluBackward` needs
 * @throws        as `convForward` and `spatialBatchnormForward`
 * @example       convBnReluForward(ones([2, 1, 3, 3]), ones([4, 1, 2, 2]), zeros([4]), ones([4]), zeros([4]))[0].shape   // [2, 4, 2, 2]
 * @see           `convForward`, `spatialBatchnormForward`, `reluForward`
 */
export const convBnReluForward = (
  x: Tensor,
  w: Tensor,
  b: Tensor,
  gamma: Tensor,
  beta: Tensor,
  params: ConvParams = {},
  eps?: number,
): readonly [out: Tensor, cache: ConvBnReluCache] => {
  const [a, convCache] = convForward(x, w, b, params)
  const [normalized, normCache] = spatialBatchnormForward(a, gamma, beta, eps)
  const [out, reluCache] = reluForward(normalized)
  return [out, [convCache, normCache, reluCache]]
}

/**
 * dx, dw, db, dgamma, dbeta of max(0, batchnorm(conv(x, w) + b))
 *
 * @param dout   upstream gradient, shape (N, F, H′, W′)
 * @param cache  from `convBnReluForward`
 * @returns      gradients in the shapes of x, w, b, gamma and beta
 * @throws       ShapeError when dout has another shape
 * @example      convBnReluBackward(ones([2, 1, 1, 1]), convBnReluForward(ones([2, 1, 1, 1]), ones([1, 1, 1, 1]), zeros([1]), ones([1]), ones([1]))[1])[4].data   // Float32Array [2]
 * @see          `convBackward`, `spatialBatchnormBackward`, `reluBackward`
 */
export const convBnReluBackward = (
  dout: Tensor,
  cache: ConvBnReluCache,
): readonly [dx: Tensor, dw: Tensor, db: Tensor, dgamma: Tensor, dbeta: Tensor] => {
  const [convCache, normCache, reluCache] = cachesOf('convBnReluBackward', cache, 3)
  const [da, dgamma, dbeta] = spatialBatchnormBackward(reluBackward(dout, reluCache), normCache)
  return [...convBackward(da, convCache), dgamma, dbeta]
}

/**
 * out = maxPool(max(0, conv(x, w) + b))
 *
 * @param x           images, shape (N, C, H, W)
 * @param w           filters, shape (F, C, HH, WW)
 * @param b           bias, shape (F)
 * @param convParams  `stride` and `pad`
 * @param poolParams  `poolHeight`, `poolWidth` and `stride`
 * @returns           out, shape (N, F, H′, W′), and what `convReluPoolBackward` needs
 * @throws            as `convForward` and `maxPoolForward`
 * @example           convReluPoolForward(ones([1, 1, 4, 4]), ones([2, 1, 3, 3]), zeros([2]), { pad: 1 }, { poolHeight: 2, poolWidth: 2 })[0].shape   // [1, 2, 2, 2]
 * @see               `convForward`, `reluForward`, `maxPoolForward`
 */
export const convReluPoolForward = (
  x: Tensor,
  w: Tensor,
  b: Tensor,
  convParams: ConvParams,
  poolParams: PoolParams,
): readonly [out: Tensor, cache: ConvReluPoolCache] => {
  const [a, [convCache, reluCache]] = convReluForward(x, w, b, convParams)
  const [out, poolCache] = maxPoolForward(a, poolParams)
  return [out, [convCache, reluCache, poolCache]]
}

/**
 * dx, dw, db of maxPool(max(0, conv(x, w) + b))
 *
 * @param dout   upstream gradient, shape (N, F, H′, W′)
 * @param cache  from `convReluPoolForward`
 * @returns      gradients in the shapes of x, w and b
 * @throws       ShapeError when dout has another shape
 * @example      convReluPoolBackward(ones([1, 1, 1, 1]), convReluPoolForward(ones([1, 1, 2, 2]), ones([1, 1, 1, 1]), zeros([1]), {}, { poolHeight: 2, poolWidth: 2 })[1])[2].data   // Float32Array [1]
 * @see          `convBackward`, `reluBackward`, `maxPoolBackward`
 */
export const convReluPoolBackward = (
  dout: Tensor,
  cache: ConvReluPoolCache,
): readonly [dx: Tensor, dw: Tensor, db: Tensor] => {
  const [convCache, reluCache, poolCache] = cachesOf('convReluPoolBackward', cache, 3)
  return convReluBackward(maxPoolBackward(dout, poolCache), [convCache, reluCache])
}
