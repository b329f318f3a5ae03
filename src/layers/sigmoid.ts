import { kernelsFor } from '../kernels/index.ts'
import { checkTensor, emptyLike, shapes, type Tensor } from '../tensor/index.ts'
import { activation } from './activation.ts'
import { cacheOf } from './cache.ts'

/** What `sigmoidForward` tells `sigmoidBackward`. */
export interface SigmoidCache {
  /** The output. */
  readonly out: Tensor
}

const contract = shapes('sigmoidBackward', 'dout: ...D, out: ...D')

/**
 * out = 1 / (1 + e⁻ˣ)
 *
 * @param x  input, any shape
 * @returns  out, the shape of x, and what `sigmoidBackward` needs
 * @throws   ShapeError for what is no tensor
 * @example  sigmoidForward(zeros([1]))[0].data   // Float32Array [0.5]
 * @see      https://cs231n.github.io/neural-networks-1/
 */
export const sigmoidForward = (x: Tensor): readonly [out: Tensor, cache: SigmoidCache] => {
  checkTensor('sigmoidForward', 'x', x)
  const out = emptyLike(x)
  kernelsFor(x.data).sigmoidForward(x.data, out.data)
  return [out, { out }]
}

/**
 * dx = dout·out·(1 − out)
 *
 * @param dout   upstream gradient, as large as x
 * @param cache  from `sigmoidForward`
 * @returns      dx, the shape of x
 * @throws       ShapeError when dout has another size
 * @example      sigmoidBackward(ones([1]), sigmoidForward(zeros([1]))[1]).data   // Float32Array [0.25]
 * @see          https://cs231n.github.io/neural-networks-1/
 */
export const sigmoidBackward = (dout: Tensor, cache: SigmoidCache): Tensor => {
  contract(dout, cacheOf('sigmoidBackward', cache).out)
  const dx = emptyLike(cache.out)
  kernelsFor(dout.data).sigmoidBackward(dout.data, cache.out.data, dx.data)
  return dx
}

export const sigmoidLayer = activation('sigmoid', sigmoidForward, sigmoidBackward)

/** The layer of `sigmoidForward`, no weights. */
export const sigmoid = sigmoidLayer()
