import { checkTensor, type Shape, type Tensor } from '../tensor/index.ts'

/**
 * out[j, …, i] = t[i, …, j]: the axes in the opposite order
 *
 * PyTorch's nn.Linear keeps its weight as (M, D), cachegrad as (D, M).
 *
 * @param t  any shape, e.g. (M, D); it is copied
 * @returns  the axes reversed, e.g. (D, M)
 * @example  transpose(linspace(1, 4, [2, 2])).data   // Float32Array [1, 3, 2, 4]
 * @see      numpy.transpose
 */
export const transpose = (t: Tensor): Tensor => {
  checkTensor('transpose', 't', t)
  return { shape: [...t.shape].reverse(), data: reversed(t.shape, t.data) }
}

/** The numbers of an array of this shape with its axes in the opposite order. */
export const reversed = <A extends Tensor['data'] | Uint8Array>(shape: Shape, data: A): A => {
  const sizes = [...shape].reverse()
  const out = data.slice() as A
  const index = new Array<number>(sizes.length).fill(0)
  for (let i = 0; i < out.length; i++) {
    let place = 0
    for (let axis = sizes.length - 1; axis >= 0; axis--)
      place = place * (sizes[axis] as number) + (index[axis] as number)
    out[i] = data[place] as number
    // The next index in row-major order.
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      index[axis] = ((index[axis] as number) + 1) % (sizes[axis] as number)
      if (index[axis] !== 0) break
    }
  }
  return out
}
