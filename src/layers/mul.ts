import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, shapes, type Tensor } from '../tensor/index.ts'
import { cacheOf } from './cache.ts'

/** What `mulForward` tells `mulBackward`: two numbers, or two tensors of one size. */
export interface MulCache<T extends number | Tensor> {
  /** The first factor. */
  readonly x: T
  /** The second factor. */
  readonly y: T
}

const contract = shapes('mulForward', 'x: ...D, y: ...D')
const backwardContract = shapes('mulBackward', 'dout: ...D, x: ...D, y: ...D')

const product = (a: Tensor, b: Tensor): Tensor => {
  const out = emptyLike(a)
  kernelsFor(a.data).multiply(a.data, b.data, out.data)
  return out
}

/**
 * out = x·y, element by element
 *
 * @param x  a number or a tensor
 * @param y  the same kind; a tensor as large as x
 * @returns  out and what `mulBackward` needs
 * @throws   ShapeError when the sizes differ
 * @example  mulForward(100, 2)[0]   // 200
 * @see      K. Saito, "Deep Learning from Scratch", chapter 5
 */
export function mulForward(x: number, y: number): readonly [out: number, cache: MulCache<number>]
export function mulForward(x: Tensor, y: Tensor): readonly [out: Tensor, cache: MulCache<Tensor>]
export function mulForward(x: number | Tensor, y: number | Tensor): readonly [out: never, cache: MulCache<never>] {
  if (typeof x === 'number' && typeof y === 'number') return [(x * y) as never, { x, y } as MulCache<never>]
  contract(x as Tensor, y as Tensor)
  return [product(x as Tensor, y as Tensor) as never, { x, y } as MulCache<never>]
}

/**
 * dx = dout·y, dy = dout·x
 *
 * @param dout   upstream gradient, like out
 * @param cache  from `mulForward`
 * @returns      gradients like x and y
 * @throws       ShapeError when dout has another size
 * @example      mulBackward(1, mulForward(100, 2)[1])   // [2, 100]
 * @see          K. Saito, "Deep Learning from Scratch", chapter 5
 */
export function mulBackward(dout: number, cache: MulCache<number>): readonly [dx: number, dy: number]
export function mulBackward(dout: Tensor, cache: MulCache<Tensor>): readonly [dx: Tensor, dy: Tensor]
export function mulBackward(
  dout: number | Tensor,
  cache: MulCache<number> | MulCache<Tensor>,
): readonly [never, never] {
  const { x, y } = cacheOf<MulCache<number> | MulCache<Tensor>>('mulBackward', cache)
  if (typeof dout === 'number' && typeof x === 'number' && typeof y === 'number')
    return [(dout * y) as never, (dout * x) as never]
  backwardContract(dout as Tensor, x as Tensor, y as Tensor)
  return [product(dout as Tensor, y as Tensor) as never, product(dout as Tensor, x as Tensor) as never]
}
