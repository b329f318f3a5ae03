import { kernelsFor } from '../kernels/index.ts'
import { checkTensor, emptyLike, shapes, type Tensor } from '../tensor/index.ts'

const contract = shapes('addForward', 'x: ...D, y: ...D')

/**
 * out = x + y, element by element
 *
 * @param x  a number or a tensor
 * @param y  the same kind; a tensor as large as x
 * @returns  out and the cache of `addBackward`, which needs nothing
 * @throws   ShapeError when the sizes differ
 * @example  addForward(200, 450)[0]   // 650
 * @see      K. Saito, "Deep Learning from Scratch", chapter 5
 */
export function addForward(x: number, y: number): readonly [out: number, cache: null]
export function addForward(x: Tensor, y: Tensor): readonly [out: Tensor, cache: null]
export function addForward(x: number | Tensor, y: number | Tensor): readonly [out: never, cache: null] {
  if (typeof x === 'number' && typeof y === 'number') return [(x + y) as never, null]
  contract(x as Tensor, y as Tensor)
  const out = emptyLike(x as Tensor)
  kernelsFor(out.data).add((x as Tensor).data, (y as Tensor).data, out.data)
  return [out as never, null]
}

/**
 * dx = dout, dy = dout
 *
 * @param dout  upstream gradient, like out
 * @returns     gradients like x and y
 * @example     addBackward(1.1)   // [1.1, 1.1]
 * @see         K. Saito, "Deep Learning from Scratch", chapter 5
 */
export const addBackward = <T extends number | Tensor>(dout: T, _cache: null = null): readonly [dx: T, dy: T] => {
  if (typeof dout !== 'number') checkTensor('addBackward', 'dout', dout)
  return [dout, dout]
}
