import { kernelsFor } from '../kernels/index.ts'
import { emptyLike, type Tensor } from '../tensor/index.ts'
import { checkFinite, checkSizes, ruleOf, type UpdateRule, zerosLike } from './updateRule.ts'

/** Settings and slots of `adam`. */
export interface Adam {
  /** Step size, > 0. */
  readonly learningRate: number
  /** The share of the old first moment that is kept, in [0, 1). */
  readonly beta1: number
  /** The share of the old second moment that is kept, in [0, 1). */
  readonly beta2: number
  /** Added to the root, > 0. */
  readonly epsilon: number
  /** Slot: the first moment. */
  readonly m: Tensor
  /** Slot: the second moment. */
  readonly v: Tensor
  /** Slot: the number of steps made. */
  readonly t: number
}

/**
 * t ← t + 1, m ← beta1·m + (1 − beta1)·dw, v ← beta2·v + (1 − beta2)·dw², w ← w − learningRate·(m/(1 − beta1ᵗ))/(√(v/(1 − beta2ᵗ)) + epsilon)
 *
 * @param w       weights, any shape
 * @param dw      gradient, as large as w
 * @param config  `learningRate`, `beta1`, `beta2`, `epsilon` and the slots; defaults 1e-3, 0.9, 0.999, 1e-8, slots zero
 * @param out     tensors that take the result; new ones unless given
 * @returns       next weights and next config
 * @throws        ShapeError when sizes or precisions differ; ArgumentError when a result is not finite
 * @example       adam(ones([1]), full([1], 3), { learningRate: 0.5 })[0].data   // Float32Array [0.5]
 * @see           Kingma & Ba, "Adam", 2015, algorithm 1
 */
export const adam: UpdateRule<Adam> = ruleOf('adam', ['m', 'v'], (w, dw, config = {}, out) =>
  adamStep('adam', 0, w, dw, config, out),
)

/** Adam after the weights were shrunk by learningRate·weightDecay·w; 0 for plain adam. */
export const adamStep = (
  rule: string,
  weightDecay: number,
  w: Tensor,
  dw: Tensor,
  config: Partial<Adam>,
  out?: readonly [w: Tensor, config: Partial<Adam>],
): readonly [nextW: Tensor, nextConfig: Adam] => {
  const { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, m = zerosLike(w), v = zerosLike(w) } = config
  const t = (config.t ?? 0) + 1
  checkSizes(rule, w, { dw, m, v })
  const nextW = out?.[0] ?? emptyLike(w)
  const nextM = out?.[1].m ?? emptyLike(w)
  const nextV = out?.[1].v ?? emptyLike(w)
  const next = { learningRate, beta1, beta2, epsilon, m: nextM, v: nextV, t }
  const finite = kernelsFor(w.data).adam(
    w.data,
    dw.data,
    m.data,
    v.data,
    learningRate,
    beta1,
    beta2,
    epsilon,
    t,
    1 - learningRate * weightDecay,
    nextW.data,
    nextM.data,
    nextV.data,
  )
  if (finite !== 1) checkFinite(rule, nextW, next)
  return [nextW, next]
}
