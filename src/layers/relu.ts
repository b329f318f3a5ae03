import { kernelsFor } from '../kernels/index.ts'
import { checkTensor, emptyLike, shapes, type Tensor } from '../tensor/index.ts'
import { activation } from './activation.ts'
import { cacheOf } from './cache.ts'

/** What `reluForward` tells `reluBackward`. */
export interface ReluCache {
  /** The input; its sign is all that is used. */
  readonly x: Tensor
}

const contract = shapes('reluBackward', 'dout: ...D, x: ...D')

/**
 * out = max(0, x)
 *
 * @param x  input, any shape
 * @returns  out, the shape of x, and what `reluBackward` needs
 * @throws   ShapeError for what is no tensor
 * @example  reluForward(tensor([2], [-1, 2]))[0].data   // Float32Array [0, 2]
 * @see      https://cs231n.github.io/neural-networks-1/
 */
export const reluForward = (x: Tensor): readonly [out: Tensor, cache: ReluCache] => {
  checkTensor('reluForward', 'x', x)
  const out = emptyLike(x)
  kernelsFor(x.data).reluForward(x.data, out.data)
  return [out, { x }]
}

/**
 * dx = dout where x > 0, else 0; at x = 0 the gradient is 0
 *
 * @param dout   upstream gradient, as large as x
 * @param cache  from `reluForward`
 * @returns      dx, the shape of x
 * @throws       ShapeError when dout has another size
 * @example      reluBackward(ones([2]), reluForward(tensor([2], [-1, 2]))[1]).data   // Float32Array [0, 1]
 * @see          https://cs231n.github.io/neural-networks-1/
 */
export const reluBackward = (dout: Tensor, cache: ReluCache): Tensor => {
  contract(dout, cacheOf('reluBackward', cache).x)
  const dx = emptyLike(cache.x)
  kernelsFor(dout.data).reluBackward(dout.data, cache.x.data, dx.data)
  return dx
}

export const reluLayer = activation('relu', reluForward, reluBackward)

/** The layer of `reluForward`, no weights. */
export const relu = reluLayer()
