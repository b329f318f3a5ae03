import { pipe } from 'fp-ts/lib/function.js'
import type { Tensor } from '../tensor/index.ts'
import { type AffineCache, affine, affineBackward, affineForward, type WeightScale } from './affine.ts'
import { type LayernormCache, layernorm, layernormBackward, layernormForward } from './layernorm.ts'
import { type ReluCache, relu, reluBackward, reluForward } from './relu.ts'
import { andThen } from './sequence.ts'

export type AffineLnReluCache = readonly [affine: AffineCache, layernorm: LayernormCache, relu: ReluCache]

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
export const affineLnReluForward = (
  x: Tensor,
  w: Tensor,
  b: Tensor,
  gamma: Tensor,
  beta: Tensor,
  eps?: number,
): readonly [out: Tensor, cache: AffineLnReluCache] => {
  const [a, fcCache] = affineForward(x, w, b)
  const [normalized, normCache] = layernormForward(a, gamma, beta, eps)
  const [out, reluCache] = reluForward(normalized)
  return [out, [fcCache, normCache, reluCache]]
}

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
export const affineLnReluBackward = (
  dout: Tensor,
  [fcCache, normCache, reluCache]: AffineLnReluCache,
): readonly [dx: Tensor, dw: Tensor, db: Tensor, dgamma: Tensor, dbeta: Tensor] => {
  const [da, dgamma, dbeta] = layernormBackward(reluBackward(dout, reluCache), normCache)
  const [dx, dw, db] = affineBackward(da, fcCache)
  return [dx, dw, db, dgamma, dbeta]
}

/**
 * The layer of `affineLnReluForward`.
 *
 * @param numOut       number of outputs, an integer ≥ 1
 * @param weightScale  standard deviation of the initial weights
 * @throws             ArgumentError when one of them is out of range
 * @example            affineLnRelu(10).init(key(0), [28, 28]).outShape   // [10]
 */
export const affineLnRelu = (numOut: number, weightScale: WeightScale = 'he') =>
  pipe(affine(numOut, weightScale), andThen(layernorm), andThen(relu))
