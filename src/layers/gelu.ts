import { kernelsFor } from '../kernels/index.ts'
import { checkTensor, emptyLike, shapes, type Tensor } from '../tensor/index.ts'
import { activation } from './activation.ts'
import { cacheOf } from './cache.ts'

/** What `geluForward` tells `geluBackward`. */
export interface GeluCache {
  /** The input. */
  readonly x: Tensor
}

const contract = shapes('geluBackward', 'dout: ...D, x: ...D')

/**
 * out = x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))), the tanh form of x·Φ(x)
 *
 * @param x  input, any shape
 * @returns  out, the shape of x, and what `geluBackward` needs
 * @throws   ShapeError for what is no tensor
 * @example  geluForward(zeros([1]))[0].data   // Float32Array [0]
 * @see      Hendrycks & Gimpel, "Gaussian Error Linear Units", 2016
 */
export const geluForward = (x: Tensor): readonly [out: Tensor, cache: GeluCache] => {
  checkTensor('geluForward', 'x', x)
  const out = emptyLike(x)
  kernelsFor(x.data).geluForward(x.data, out.data)
  return [out, { x }]
}

/**
 * dx = dout·d/dx[x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³)))]
 *
 * @param dout   upstream gradient, as large as x
 * @param cache  from `geluForward`
 * @returns      dx, the shape of x
 * @throws       ShapeError when dout has another size
 * @example      geluBackward(ones([1]), geluForward(zeros([1]))[1]).data   // Float32Array [0.5]
 * @see          Hendrycks & Gimpel, "Gaussian Error Linear Units", 2016
 */
export const geluBackward = (dout: Tensor, cache: GeluCache): Tensor => {
  contract(dout, cacheOf('geluBackward', cache).x)
  const dx = emptyLike(cache.x)
  kernelsFor(dout.data).geluBackward(dout.data, cache.x.data, dx.data)
  return dx
}

export const geluLayer = activation('gelu', geluForward, geluBackward)

/** The layer of `geluForward`, no weights. */
export const gelu = geluLayer()
