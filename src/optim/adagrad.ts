import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, type Tensor } from '../tensor/index.ts'
import { checkFinite, checkSizes, ruleOf, type UpdateRule, zerosLike } from './updateRule.ts'

/** Settings and slots of `adagrad`. */
export interface Adagrad {
  /** Step size, > 0. */
  readonly learningRate: number
  /** Added to the root, > 0. */
  readonly epsilon: number
  /** Slot: the accumulated squares. */
  readonly cache: Tensor
}

/**
 * c ← c + dw², w ← w − learningRate·dw/(√c + epsilon)
 *
 * @param w       weights, any shape
 * @param dw      gradient, as large as w
 * @param config  `learningRate`, `epsilon` and the slots; defaults 1e-2, 1e-8, slots zero
 * @param out     tensors that take the result; new ones unless given
 * @returns       next weights and next config
 * @throws        ShapeError when sizes or precisions differ; ArgumentError when a result is not finite
 * @example       adagrad(ones([1]), full([1], 4), { learningRate: 0.5 })[0].data   // Float32Array [0.5]
 * @see           Duchi, Hazan & Singer, "Adaptive subgradient methods", 2011
 */
export const adagrad: UpdateRule<Adagrad> = ruleOf('adagrad', ['cache'], (w, dw, config = {}, out) => {
  const { learningRate = 1e-2, epsilon = 1e-8, cache = zerosLike(w) } = config
  checkSizes('adagrad', w, { dw, cache })
  const nextW = out?.[0] ?? emptyLike(w)
  const nextCache = out?.[1].cache ?? emptyLike(w)
  const next = { learningRate, epsilon, cache: nextCache }
  const finite = kernelsFor(w.data).adagrad(
    w.data,
    dw.data,
    cache.data,
    learningRate,
    epsilon,
    nextW.data,
    nextCache.data,
  )
  if (finite !== 1) checkFinite('adagrad', nextW, next)
  return [nextW, next]
})
