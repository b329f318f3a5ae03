import type { Tensor } from '../tensor/index.ts'
import { type AffineCache, affineBackward, affineThenRelu } from './affine.ts'
import { cachesOf } from './cache.ts'
import { type ReluCache, reluBackward } from './relu.ts'

/** What `affineReluForward` tells `affineReluBackward`. */
export type AffineReluCache = readonly [affine: AffineCache, relu: ReluCache]

/**
 * out = max(0, x·w + b)
 *
 * @param x  input, shape (N, d₁, …, d_k); trailing axes are flattened to D
 * @param w  weights, shape (D, M)
 * @param b  bias, shape (M)
 * @returns  out, shape (N, M), and what `affineReluBackward` needs
 * @throws   ShapeError when D or M disagree
 * @example  affineReluForward(ones([1, 2]), ones([2, 1]), full([1], -3))[0].data   // Float32Array [0]
 * @see      https://cs231n.github.io/neural-networks-1/
 */
export const affineReluForward = (x: Tensor, w: Tensor, b: Tensor): readonly [out: Tensor, cache: AffineReluCache] => {
  const out = affineThenRelu(x, w, b)
  // relu's output is positive where its input is, so it serves as relu's cache and the input need not be kept.
  return [out, [{ x, w }, { x: out }]]
}

/**
 * dx, dw, db of max(0, x·w + b)
 *
 * @param dout   upstream gradient, shape (N, M)
 * @param cache  from `affineReluForward`
 * @returns      gradients in the shapes of x, w and b
 * @throws       ShapeError when dout is not (N, M)
 * @example      affineReluBackward(ones([1, 1]), affineReluForward(ones([1, 2]), ones([2, 1]), zeros([1]))[1])[0].data   // Float32Array [1, 1]
 * @see          https://cs231n.github.io/optimization-2/
 */
export const affineReluBackward = (
  dout: Tensor,
  cache: AffineReluCache,
): readonly [dx: Tensor, dw: Tensor, db: Tensor] => {
  const [fcCache, reluCache] = cachesOf('affineReluBackward', cache, 2)
  return affineBackward(reluBackward(dout, reluCache), fcCache)
}
