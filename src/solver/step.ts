import type { Batch, Model, Weights } from '../models/index.ts'
import { clipByGlobalNorm, clipByValue, sgd, type UpdateRule } from '../optim/index.ts'
import { allFinite, type Key, key as keyOf, ShapeError, type Tensor, type Tensors } from '../tensor/index.ts'

/** A rule's settings and slots, for each weight. */
export type RuleConfigs = Readonly<Record<string, { readonly learningRate: number }>>

/** What a step maps to the next: the net, and what the update rule remembers. */
export interface TrainState {
  readonly weights: Weights
  readonly configs: RuleConfigs
}

/** How gradients become an update. */
export interface Optimizer {
  /** `sgd` unless given. */
  readonly rule?: UpdateRule<{ learningRate: number }>
  /** 1e-2 unless given. */
  readonly learningRate?: number
  /** The rule's other settings. */
  readonly optimConfig?: Readonly<Record<string, number>>
  readonly clipNorm?: number | undefined
  readonly clipValue?: number | undefined
}

const clipped = (grads: Tensors, { clipNorm, clipValue }: Optimizer): Tensors => {
  let result = grads
  if (clipValue !== undefined) {
    const cut: Record<string, Tensor> = {}
    for (const name of Object.keys(grads)) cut[name] = clipByValue(grads[name] as Tensor, clipValue)
    result = cut
  }
  return clipNorm === undefined ? result : clipByGlobalNorm(result, clipNorm)
}

/** The weight whose gradient stopped being finite first on the way back, from the last layer to the first. */
const firstBad = (params: Tensors, grads: Tensors): string | undefined => {
  const names = Object.keys(params)
  for (let i = names.length - 1; i >= 0; i--) {
    const name = names[i] as string
    const dw = grads[name]
    if (dw !== undefined && !allFinite(dw)) return name
  }
  return undefined
}

/** The outcome of `step`. */
export interface Stepped {
  /** The very same object as before when the loss or a gradient was not finite. */
  readonly state: TrainState
  /** Of the batch, before the update. */
  readonly loss: number
  /** The weight whose gradient was not finite; it is looked for when the loss is finite. */
  readonly badGradient: string | undefined
}

/**
 * (state, batch) ↦ (next state, loss): forward, backward, update
 *
 * When the loss or a gradient is not finite the state comes back as it was, the very same object.
 *
 * @param state  weights, statistics and the rule's configs ({} at first)
 * @param key    draws dropout masks; key(0) unless given, which is always the same mask
 * @param out    a state that takes the result, e.g. `state` itself; a new one unless given
 * @returns      the next state, the batch's loss before the update, and the weight whose gradient was not finite, if any
 * @throws       ShapeError when the batch does not fit the net, or a weight gets no gradient
 * @example      const model = orThrow(twoLayerNet({ inputDim: 2 }))
 *               const start = { weights: model.init(), configs: {} }
 *               step(model, { learningRate: 0.1 }, start, { x: ones([1, 2]), y: [3] }).loss.toFixed(2)   // '2.30'
 */
export const step = <Y>(
  model: Model<Y>,
  optimizer: Optimizer,
  state: TrainState,
  batch: Batch<NoInfer<Y>>,
  key: Key = keyOf(0),
  out?: TrainState,
): Stepped => {
  const { loss, grads, state: statistics } = model.loss(state.weights, batch, key)
  if (!Number.isFinite(loss)) return { state, loss, badGradient: undefined }
  const badGradient = firstBad(state.weights.params, grads)
  if (badGradient !== undefined) return { state, loss, badGradient }
  const final = clipped(grads, optimizer)
  const { rule = sgd, learningRate = 1e-2, optimConfig = {} } = optimizer
  const params: Record<string, Tensor> = {}
  const configs: Record<string, { learningRate: number }> = {}
  for (const name in state.weights.params) {
    const w = state.weights.params[name] as Tensor
    const dw = final[name]
    if (dw === undefined) throw new ShapeError(`step: the model's loss gave no gradient for the weight ${name}`)
    const target = out?.weights.params[name]
    // A config that a rule returned holds its settings as well; one spread is all that is fast.
    const config = { ...(state.configs[name] ?? optimConfig), learningRate }
    const [nextW, nextConfig] = rule(
      w,
      dw,
      config,
      target === undefined ? undefined : [target, out?.configs[name] ?? {}],
    )
    params[name] = nextW
    configs[name] = nextConfig
  }
  return { state: { weights: { params, state: statistics }, configs }, loss, badGradient }
}
