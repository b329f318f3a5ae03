import { ArgumentError, shown } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { checkTensor, checkTensors, emptyLike, type Tensor, type Tensors } from '../tensor/index.ts'

// Bound once: where tests have a realm of their own (Jest), each look-up of a global costs microseconds.
const { max, min, sqrt } = Math

/**
 * dwᵢ ← min(limit, max(−limit, dwᵢ))
 *
 * @param dw     a gradient
 * @param limit  > 0
 * @throws       ArgumentError when limit is not > 0
 * @example      clipByValue(tensor([2], [-3, 1]), 2).data   // Float32Array [-2, 1]
 * @see          Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", 2013
 */
export const clipByValue = (dw: Tensor, limit: number): Tensor => {
  checkTensor('clipByValue', 'dw', dw)
  if (!(typeof limit === 'number' && limit > 0))
    throw new ArgumentError(`clipByValue: limit must be a number > 0, but got ${shown(limit)}`)
  const out = emptyLike(dw)
  for (let i = 0; i < dw.data.length; i++) out.data[i] = min(limit, max(-limit, dw.data[i] as number))
  return out
}

/**
 * √Σ dwᵢ² over all gradients
 *
 * @example globalNorm({ W1: full([1], 3), b1: full([1], 4) })   // 5
 */
export const globalNorm = (gradients: Tensors): number => {
  checkTensors('globalNorm', 'gradients', gradients)
  let sum = 0
  for (const name in gradients) {
    const { data } = gradients[name] as Tensor
    sum += kernelsFor(data).sumSquares(data)
  }
  return sqrt(sum)
}

/**
 * dw ← dw·min(1, maxNorm/√Σ dw²), one factor for all gradients, so their direction stays
 *
 * @param gradients  by name
 * @param maxNorm    > 0
 * @throws           ArgumentError when maxNorm is not > 0
 * @example          clipByGlobalNorm({ W1: full([1], 3), b1: full([1], 4) }, 1).b1.data   // Float32Array [0.8]
 * @see              Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", 2013
 */
export const clipByGlobalNorm = <G extends Tensors>(gradients: G, maxNorm: number): G => {
  checkTensors('clipByGlobalNorm', 'gradients', gradients)
  if (!(typeof maxNorm === 'number' && maxNorm > 0))
    throw new ArgumentError(`clipByGlobalNorm: maxNorm must be a number > 0, but got ${shown(maxNorm)}`)
  const norm = globalNorm(gradients)
  if (norm <= maxNorm) return gradients
  const clipped: Record<string, Tensor> = {}
  for (const name of Object.keys(gradients)) {
    const dw = gradients[name] as Tensor
    const out = emptyLike(dw)
    kernelsFor(dw.data).scale(dw.data, maxNorm / norm, out.data)
    clipped[name] = out
  }
  return clipped as G
}
