import { shapes } from './shapes.ts'
import type { Tensor } from './tensor.ts'

const contract = shapes('argmaxRows', 'x: N C')

/**
 * The column of each row's largest element, the first of equal ones: the predicted class of each row of scores
 *
 * @param x  shape (N, C)
 * @throws   ShapeError when x has not two axes
 * @example  argmaxRows(tensor([2, 2], [0, 1, 5, 4]))   // Int32Array [1, 0]
 */
export const argmaxRows = (x: Tensor): Int32Array => {
  const { N, C } = contract(x)
  const out = new Int32Array(N)
  for (let i = 0; i < N; i++) {
    let best = i * C
    for (let j = best + 1; j < (i + 1) * C; j++) if ((x.data[j] as number) > (x.data[best] as number)) best = j
    out[i] = best - i * C
  }
  return out
}
