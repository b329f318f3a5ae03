import { kernelsFor } from '../kernels/index.ts'
import { checkTensor, emptyLike, shapes, type Tensor } from '../tensor/index.ts'
import { activation } from './activation.ts'
import { cacheOf } from './cache.ts'

/** What `tanhForward` tells `tanhBackward`. */
export interface TanhCache {
  /** The output. */
  readonly out: Tensor
}

const contract = shapes('tanhBackward', 'dout: ...D, out: ...D')

/**
 * out = tanh(x)
 *
 * @param x  input, any shape
 * @returns  out, the shape of x, and what `tanhBackward` needs
 * @throws   ShapeError for what is no tensor
 * @example  tanhForward(zeros([1]))[0].data   // Float32Array [0]
 * @see      https://cs231n.github.io/neural-networks-1/
 */
export const tanhForward = (x: Tensor): readonly [out: Tensor, cache: TanhCache] => {
  checkTensor('tanhForward', 'x', x)
  const out = emptyLike(x)
  kernelsFor(x.data).tanhForward(x.data, out.data)
  return [out, { out }]
}

/**
 * dx = dout·(1 − out²)
 *
 * @param dout   upstream gradient, as large as x
 * @param cache  from `tanhForward`
 * @returns      dx, the shape of x
 * @throws       ShapeError when dout has another size
 * @example      tanhBackward(ones([1]), tanhForward(zeros([1]))[1]).data   // Float32Array [1]
 * @see          https://cs231n.github.io/neural-networks-1/
 */
export const tanhBackward = (dout: Tensor, cache: TanhCache): Tensor => {
  contract(dout, cacheOf('tanhBackward', cache).out)
  const dx = emptyLike(cache.out)
  kernelsFor(dout.data).tanhBackward(dout.data, cache.out.data, dx.data)
  return dx
}

export const tanhLayer = activation('tanh', tanhForward, tanhBackward)

/** The layer of `tanhForward`, no weights. */
export const tanh = tanhLayer()
