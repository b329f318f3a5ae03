import { ArgumentError, ShapeError } from '../errors/index.ts'
import { shapes } from './shapes.ts'
import type { Tensor } from './tensor.ts'

const contract = shapes('argmaxRows', 'x: N C')

/**
 * The column of each row's largest element, the first of equal ones: the predicted class of each row of scores
 *
 * @param x  shape (N, C)
 * @throws   ShapeError when x has not two axes, or no columns; ArgumentError for a row with a NaN, which has no largest element
 * @example  argmaxRows(tensor([2, 2], [0, 1, 5, 4]))   // Int32Array [1, 0]
 */
export const argmaxRows = (x: Tensor): Int32Array => {
  const { N, C } = contract(x)
  if (C === 0 && N > 0) throw new ShapeError('argmaxRows: rows without columns have no largest element')
  const out = new Int32Array(N)
  for (let i = 0; i < N; i++) {
    let best = i * C
    for (let j = best; j < (i + 1) * C; j++) {
      const value = x.data[j] as number
      if (value > (x.data[best] as number)) best = j
      else if (Number.isNaN(value))
        throw new ArgumentError(`argmaxRows: row ${i} holds a NaN, so it has no largest element`)
    }
    out[i] = best - i * C
  }
  return out
}
