import { kernelsFor } from '../kernels/index.ts'
import { ArgumentError, emptyLike, shapes, type Tensor } from '../tensor/index.ts'
import { type Layer, type None, stateless } from './layer.ts'

export interface LeakyReluCache {
  /** The input; its sign is all that is used. */
  readonly x: Tensor
  readonly alpha: number
}

const checkAlpha = (where: string, alpha: number): void => {
  if (!(alpha >= 0 && alpha < 1)) throw new ArgumentError(`${where}: alpha must be in [0, 1), but got ${alpha}`)
}

const contract = shapes('leakyReluBackward', 'dout: ...D, x: ...D')

/**
 * out = x where x > 0, else alpha·x
 *
 * @param x      input, any shape
 * @param alpha  slope left of 0, in [0, 1)
 * @returns  out, the shape of x, and what `leakyReluBackward` needs
 * @throws   ArgumentError when alpha is outside [0, 1)
 * @example  leakyReluForward(tensor([2], [-1, 2]), 0.5)[0].data   // Float32Array [-0.5, 2]
 * @see      Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013
 */
export const leakyReluForward = (x: Tensor, alpha = 0.01): readonly [out: Tensor, cache: LeakyReluCache] => {
  checkAlpha('leakyReluForward', alpha)
  const out = emptyLike(x)
  kernelsFor(x.data).leakyReluForward(x.data, alpha, out.data)
  return [out, { x, alpha }]
}

/**
 * dx = dout where x > 0, else alpha·dout
 *
 * @param dout   upstream gradient, as large as x
 * @param cache  from `leakyReluForward`
 * @returns      dx, the shape of x
 * @throws       ShapeError when dout has another size
 * @example      leakyReluBackward(ones([2]), leakyReluForward(tensor([2], [-1, 2]), 0.5)[1]).data   // Float32Array [0.5, 1]
 * @see          Maas, Hannun & Ng, "Rectifier nonlinearities improve neural network acoustic models", 2013
 */
export const leakyReluBackward = (dout: Tensor, cache: LeakyReluCache): Tensor => {
  contract(dout, cache.x)
  const dx = emptyLike(cache.x)
  kernelsFor(dout.data).leakyReluBackward(dout.data, cache.x.data, cache.alpha, dx.data)
  return dx
}

/**
 * The layer of `leakyReluForward`, no weights.
 *
 * @param alpha  slope left of 0, in [0, 1)
 * @throws       ArgumentError when alpha is outside
 * @example      leakyRelu(0.2).predict(full([1], -1), {}, {}).data   // Float32Array [-0.2]
 */
export const leakyRelu = (alpha = 0.01): Layer<None, None, LeakyReluCache> => {
  checkAlpha('leakyRelu', alpha)
  return {
    ...stateless,
    forward: (x) => leakyReluForward(x, alpha),
    backward: (dy, cache) => [leakyReluBackward(dy, cache), {}],
    predict: (x) => leakyReluForward(x, alpha)[0],
  }
}
