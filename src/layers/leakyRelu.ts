import { checkArgument, fraction } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { checkTensor, emptyLike, shapes, type Tensor } from '../tensor/index.ts'
import { activationOf } from './activation.ts'
import { cacheOf } from './cache.ts'
import { type Complete, checked, defineLayer } from './defineLayer.ts'
import type { Layer, None } from './layer.ts'

/** What `leakyReluForward` tells `leakyReluBackward`. */
export interface LeakyReluCache {
  /** The input; its sign is all that is used. */
  readonly x: Tensor
  /** The slope below 0. */
  readonly alpha: number
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
  checkTensor('leakyReluForward', 'x', x)
  checkArgument('leakyReluForward', 'alpha', alpha, fraction)
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
  contract(dout, cacheOf('leakyReluBackward', cache).x)
  checkArgument('leakyReluBackward', 'alpha', cache.alpha, fraction)
  const dx = emptyLike(cache.x)
  kernelsFor(dout.data).leakyReluBackward(dout.data, cache.x.data, cache.alpha, dx.data)
  return dx
}

const leakyReluOptions = { alpha: fraction }

export const leakyReluLayer = defineLayer(
  'leakyRelu',
  (options: Complete<typeof leakyReluOptions>): Layer<None, None, LeakyReluCache> => {
    const { alpha } = checked('leakyRelu', options, leakyReluOptions)
    return activationOf((x) => leakyReluForward(x, alpha), leakyReluBackward)
  },
)

/**
 * The layer of `leakyReluForward`, no weights.
 *
 * @param alpha  slope left of 0, in [0, 1)
 * @throws       ArgumentError when alpha is outside
 * @example      leakyRelu(0.2).predict(full([1], -1), {}, {}).data   // Float32Array [-0.2]
 */
export const leakyRelu = (alpha = 0.01) => leakyReluLayer({ alpha })
