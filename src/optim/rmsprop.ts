import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, type Tensor } from '../tensor/index.ts'
import { checkFinite, checkSizes, ruleOf, type UpdateRule, zerosLike } from './updateRule.ts'

/** Settings and slots of `rmsprop`. */
export interface Rmsprop {
  /** Step size, > 0. */
  readonly learningRate: number
  /** The share of the old squares that is kept, in [0, 1). */
  readonly decayRate: number
  /** Added to the root, > 0. */
  readonly epsilon: number
  /** Slot: the accumulated squares. */
  readonly cache: Tensor
}

/**
 * c ← decayRate·c + (1 − decayRate)·dw², w ← w − learningRate·dw/(√c + epsilon)
 *
 * @param w       weights, any shape
 * @param dw      gradient, as large as w
 * @param config  `learningRate`, `decayRate`, `epsilon` and the slots; defaults 1e-2, 0.99, 1e-8, slots zero
 * @param out     tensors that take the result; new ones unless given
 * @returns       next weights and next config
 * @throws        ShapeError when sizes or precisions differ; ArgumentError when a result is not finite
 * @example       rmsprop(ones([1]), full([1], 4), { learningRate: 0.5, decayRate: 0 })[0].data   // Float32Array [0.5]
 * @see           Tieleman & Hinton, "Lecture 6.5, rmsprop", 2012
 */
export const rmsprop: UpdateRule<Rmsprop> = ruleOf('rmsprop', ['cache'], (w, dw, config = {}, out) => {
  const { learningRate = 1e-2, decayRate = 0.99, epsilon = 1e-8, cache = zerosLike(w) } = config
  checkSizes('rmsprop', w, { dw, cache })
  const nextW = out?.[0] ?? emptyLike(w)
  const nextCache = out?.[1].cache ?? emptyLike(w)
  const next = { learningRate, decayRate, epsilon, cache: nextCache }
  const finite = kernelsFor(w.data).rmsprop(
    w.data,
    dw.data,
    cache.data,
    learningRate,
    decayRate,
    epsilon,
    nextW.data,
    nextCache.data,
  )
  if (finite !== 1) checkFinite('rmsprop', nextW, next)
  return [nextW, next]
})
