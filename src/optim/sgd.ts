import { kernelsFor } from '../kernels/index.ts'
import { emptyLike } from '../tensor/index.ts'
import { checkFinite, checkSizes, decayed, ruleOf, type UpdateRule } from './updateRule.ts'

/** Settings of `sgd`. */
export interface Sgd {
  /** Step size, > 0. */
  readonly learningRate: number
  /** λ, the decoupled decay, ≥ 0; 0 unless given. */
  readonly weightDecay?: number
}

/**
 * w ← w − learningRate·weightDecay·w − learningRate·dw
 *
 * @param w       weights, any shape
 * @param dw      gradient, as large as w
 * @param config  `learningRate` and `weightDecay`; defaults 1e-2, 0
 * @param out     tensors that take the result; new ones unless given
 * @returns       next weights and next config
 * @throws        ShapeError when sizes or precisions differ; ArgumentError when a result is not finite
 * @example       sgd(ones([1]), ones([1]), { learningRate: 0.5 })[0].data   // Float32Array [0.5]
 * @see           https://cs231n.github.io/neural-networks-3/#sgd
 */
export const sgd: UpdateRule<Sgd> = ruleOf('sgd', [], (w, dw, config = {}, out) => {
  const { learningRate = 1e-2, weightDecay } = config
  checkSizes('sgd', w, { dw })
  const nextW = out?.[0] ?? emptyLike(w)
  const next = weightDecay === undefined ? { learningRate } : { learningRate, weightDecay }
  const finite = kernelsFor(w.data).sgd(decayed(w, next, nextW).data, dw.data, learningRate, nextW.data)
  if (finite !== 1) checkFinite('sgd', nextW, next)
  return [nextW, next]
})
