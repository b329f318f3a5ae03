import { kernelsFor } from '../kernels/index.ts'
import type { Tensor } from './tensor.ts'

/**
 * Whether no element is NaN or infinite
 *
 * @example allFinite(tensor([2], [1, Number.NaN]))   // false
 */
export const allFinite = ({ data }: Tensor): boolean =>
  // Only an element that is not finite, or float64's overflow, makes the sum so; then the elements decide.
  Number.isFinite(kernelsFor(data).sumSquares(data)) || data.every(Number.isFinite)
