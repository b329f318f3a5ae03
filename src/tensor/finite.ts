import { kernelsFor } from '../kernels/index.ts'
import type { Tensor } from './tensor.ts'

/**
 * Whether no element is NaN or infinite
 *
 * @example allFinite(tensor([2], [1, Number.NaN]))   // false
 */
export const allFinite = ({ data }: Tensor): boolean => kernelsFor(data).allFinite(data)
