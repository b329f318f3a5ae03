import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, type Tensor } from '../tensor/index.ts'
import { checkFinite, checkSizes, decayed, ruleOf, type UpdateRule, zerosLike } from './updateRule.ts'

/** Settings and slots of `nesterov`. */
export interface Nesterov {
  /** Step size, > 0. */
  readonly learningRate: number
  /** μ, the share of the velocity that is kept, in [0, 1). */
  readonly momentum: number
  /** λ, the decoupled decay, ≥ 0; 0 unless given. */
  readonly weightDecay?: number
  /** Slot: the velocity v. */
  readonly velocity: Tensor
}

/**
 * v′ ← momentum·v − learningRate·dw, w ← w − learningRate·weightDecay·w − momentum·v + (1 + momentum)·v′
 *
 * @param w       weights, any shape
 * @param dw      gradient, as large as w
 * @param config  `learningRate`, `momentum`, `weightDecay` and the slots; defaults 1e-2, 0.9, 0, slots zero
 * @param out     tensors that take the result; new ones unless given
 * @returns       next weights and next config
 * @throws        ShapeError when sizes or precisions differ; ArgumentError when a result is not finite
 * @example       nesterov(ones([1]), ones([1]), { learningRate: 1, momentum: 0.5 })[0].data   // Float32Array [-0.5]
 * @see           https://cs231n.github.io/neural-networks-3/#sgd; Sutskever et al., "On the importance of initialization and momentum", 2013
 */
export const nesterov: UpdateRule<Nesterov> = ruleOf('nesterov', ['velocity'], (w, dw, config = {}, out) => {
  const { learningRate = 1e-2, momentum = 0.9, weightDecay, velocity = zerosLike(w) } = config
  checkSizes('nesterov', w, { dw, velocity })
  const nextW = out?.[0] ?? emptyLike(w)
  const nextVelocity = out?.[1].velocity ?? emptyLike(w)
  const kept = { learningRate, momentum, velocity: nextVelocity }
  const next = weightDecay === undefined ? kept : { ...kept, weightDecay }
  const finite = kernelsFor(w.data).nesterov(
    decayed(w, next, nextW).data,
    dw.data,
    velocity.data,
    learningRate,
    momentum,
    nextW.data,
    nextVelocity.data,
  )
  if (finite !== 1) checkFinite('nesterov', nextW, next)
  return [nextW, next]
})
