import { kernelsFor } from '../kernels/index.ts'
import { sizeOf, type Tensor } from './tensor.ts'

/** The largest finite number of each precision, and the largest one whose square is finite. */
const largest = { single: (2 - 2 ** -23) * 2 ** 127, double: Number.MAX_VALUE }
const largestToSquare = { single: (2 - 2 ** -23) * 2 ** 63, double: (1 - 2 ** -53) * 2 ** 512 }

const within = ({ data }: Tensor, { single, double }: typeof largest): boolean =>
  kernelsFor(data).allWithin(data, data instanceof Float32Array ? single : double) === 1

/**
 * Whether no element is NaN or infinite
 *
 * @example allFinite(tensor([2], [1, Number.NaN]))   // false
 */
export const allFinite = (t: Tensor): boolean => within(t, largest)

/** Whether the square of each element is finite, so that no element is NaN either. */
export const allSquaresFinite = (t: Tensor): boolean => within(t, largestToSquare)

/** The first row with a NaN or an infinity, or −1. */
export const firstBadRow = (x: Tensor): number => {
  if (allFinite(x)) return -1
  const at = x.data.findIndex((v) => !Number.isFinite(v))
  return Math.floor(at / sizeOf(x.shape.slice(1)))
}
