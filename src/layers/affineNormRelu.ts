import type { Tensor } from '../tensor/index.ts'
import { type AffineCache, affineBackward, affineForward } from './affine.ts'
import { type BatchnormCache, batchnormBackward, batchnormForward } from './batchnorm.ts'
import { cachesOf } from './cache.ts'
import { type LayernormCache, layernormBackward, layernormForward } from './layernorm.ts'
import { type ReluCache, reluBackward, reluForward } from './relu.ts'

/** @inline */
type NormCache<C> = readonly [affine: AffineCache, norm: C, relu: ReluCache]

/** What `affineBnReluForward` tells `affineBnReluBackward`. */
export type AffineBnReluCache = readonly [affine: AffineCache, norm: BatchnormCache, relu: ReluCache]
/** What `affineLnReluForward` tells `affineLnReluBackward`. */
export type AffineLnReluCache = readonly [affine: AffineCache, norm: LayernormCache, relu: ReluCache]

/** @inline */
type BlockForward<C> = (
  x: Tensor,
  w: Tensor,
  b: Tensor,
  gamma: Tensor,
  beta: Tensor,
  eps?: number,
) => readonly [out: Tensor, cache: NormCache<C>]

/** @inline */
type BlockBackward<C> = (
  dout: Tensor,
  cache: NormCache<C>,
) => readonly [dx: Tensor, dw: Tensor, db: Tensor, dgamma: Tensor, dbeta: Tensor]

const forwardOf =
  <C>(
    norm: (x: Tensor, gamma: Tensor, beta: Tensor, eps?: number) => readonly [out: Tensor, cache: C],
  ): BlockForward<C> =>
  (x, w, b, gamma, beta, eps) => {
    const [a, fcCache] = affineForward(x, w, b)
    const [normalized, normCache] = norm(a, gamma, beta, eps)
    const [out, reluCache] = reluForward(normalized)
    return [out, [fcCache, normCache, reluCache]]
  }

const backwardOf =
  <C>(
    where: string,
    norm: (dout: Tensor, cache: C) => readonly [dx: Tensor, dgamma: Tensor, dbeta: Tensor],
  ): BlockBackward<C> =>
  (dout, caches) => {
    const [fcCache, normCache, reluCache] = cachesOf(where, caches, 3)
    const [da, dgamma, dbeta] = norm(reluBackward(dout, reluCache), normCache)
    const [dx, dw, db] = affineBackward(da, fcCache)
    return [dx, dw, db, dgamma, dbeta]
  }

/**
 * out = max(0, batchnorm(x·w + b))
 *
 * @param x      input, shape (N, d₁, …, d_k); trailing axes are flattened to D
 * @param w      weights, shape (D, M)
 * @param b      bias, shape (M)
 * @param gamma  scale, shape (M)
 * @param beta   shift, shape (M)
 * @param eps    > 0, added to the variance
 * @returns      out, shape (N, M), and what `affineBnReluBackward` needs
 * @throws       ShapeError when shapes disagree
 * @example      affineBnReluForward(ones([2, 3]), ones([3, 4]), zeros([4]), ones([4]), zeros([4]))[0].shape   // [2, 4]
 * @see          `affineForward`, `batchnormForward`, `reluForward`
 */
export const affineBnReluForward = forwardOf<BatchnormCache>(batchnormForward)

/**
 * dx, dw, db, dgamma, dbeta of max(0, batchnorm(x·w + b))
 *
 * @param dout   upstream gradient, shape (N, M)
 * @param cache  from `affineBnReluForward`
 * @returns      gradients in the shapes of x, w, b, gamma and beta
 * @throws       ShapeError when dout is not (N, M)
 * @example      affineBnReluBackward(ones([2, 4]), affineBnReluForward(ones([2, 3]), ones([3, 4]), zeros([4]), ones([4]), ones([4]))[1])[4].data   // Float32Array [2, 2, 2, 2]
 * @see          `affineBackward`, `batchnormBackward`, `reluBackward`
 */
export const affineBnReluBackward = backwardOf<BatchnormCache>('affineBnReluBackward', batchnormBackward)

/**
 * out = max(0, layernorm(x·w + b))
 *
 * @param x      input, shape (N, d₁, …, d_k); trailing axes are flattened to D
 * @param w      weights, shape (D, M)
 * @param b      bias, shape (M)
 * @param gamma  scale, shape (M)
 * @param beta   shift, shape (M)
 * @param eps    > 0, added to the variance
 * @returns      out, shape (N, M), and what `affineLnReluBackward` needs
 * @throws       ShapeError when shapes disagree
 * @example      affineLnReluForward(ones([2, 3]), ones([3, 4]), zeros([4]), ones([4]), zeros([4]))[0].shape   // [2, 4]
 * @see          `affineForward`, `layernormForward`, `reluForward`
 */
export const affineLnReluForward = forwardOf<LayernormCache>(layernormForward)

/**
 * dx, dw, db, dgamma, dbeta of max(0, layernorm(x·w + b))
 *
 * @param dout   upstream gradient, shape (N, M)
 * @param cache  from `affineLnReluForward`
 * @returns      gradients in the shapes of x, w, b, gamma and beta
 * @throws       ShapeError when dout is not (N, M)
 * @example      affineLnReluBackward(ones([2, 4]), affineLnReluForward(ones([2, 3]), ones([3, 4]), zeros([4]), ones([4]), ones([4]))[1])[4].data   // Float32Array [2, 2, 2, 2]
 * @see          `affineBackward`, `layernormBackward`, `reluBackward`
 */
export const affineLnReluBackward = backwardOf<LayernormCache>('affineLnReluBackward', layernormBackward)
