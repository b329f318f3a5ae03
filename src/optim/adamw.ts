import { type Adam, adamStep } from './adam.ts'
import { ruleOf, type UpdateRule } from './updateRule.ts'

/** Settings and slots of `adamw`. */
export interface Adamw extends Adam {
  /** λ, the decoupled decay, ≥ 0. */
  readonly weightDecay: number
}

/**
 * w ← w − learningRate·weightDecay·w, then the step of `adam`
 *
 * @param w       weights, any shape
 * @param dw      gradient, as large as w
 * @param config  that of adam, and `weightDecay`, 0.01 unless given
 * @param out     tensors that take the result; new ones unless given
 * @returns       next weights and next config
 * @throws        ShapeError when sizes or precisions differ; ArgumentError when a result is not finite
 * @example       adamw(ones([1]), zeros([1]), { learningRate: 0.5, weightDecay: 1 })[0].data   // Float32Array [0.5]
 * @see           Loshchilov & Hutter, "Decoupled weight decay regularization", 2019
 */
export const adamw: UpdateRule<Adamw> = ruleOf('adamw', ['m', 'v'], (w, dw, config = {}, out) => {
  const { weightDecay = 0.01 } = config
  const [nextW, next] = adamStep('adamw', weightDecay, w, dw, config, out)
  return [nextW, { ...next, weightDecay }]
})
