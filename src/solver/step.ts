import { ArgumentError, checkArgument, functionOf, isRecord, ShapeError, shown } from '../errors/index.ts'
import { type Batch, checkWeights, type LossAndGradients, type Model, type Weights } from '../models/index.ts'
import {
  clipByGlobalNorm,
  clipByValue,
  type GroupSettings,
  OverflowError,
  type Sgd,
  sgd,
  type UpdateRule,
} from '../optim/index.ts'
import { checkKey, type Key, key as keyOf } from '../random/index.ts'
import { allFinite, allSquaresFinite, copyInto, isTensor, type Tensor, type Tensors } from '../tensor/index.ts'

/** A rule's settings and slots, for each weight; each rule has at least a learning rate. */
export type RuleConfigs = Readonly<
  Record<
    string,
    {
      /** Step size, > 0. */
      readonly learningRate: number
    }
  >
>

/** What a step maps to the next: the net, and what the update rule remembers. */
export interface TrainState {
  /** The net's weights and running statistics. */
  readonly weights: Weights
  /** Settings and slots of the rule, by the weights' names. */
  readonly configs: RuleConfigs
}

/** How gradients become an update; `parameterGroups` gives `learns` and `each`. */
export interface Optimizer extends Partial<GroupSettings> {
  /** `sgd` unless given. */
  readonly rule?: UpdateRule<Sgd>
  /** 1e-2 unless given. */
  readonly learningRate?: number
  /** The rule's other settings. */
  readonly optimConfig?: Readonly<Record<string, number>>
  /** Largest global norm of the gradients, > 0; they are not clipped unless given. */
  readonly clipNorm?: number | undefined
  /** Largest absolute value in a gradient, > 0; they are not clipped unless given. */
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

/** The gradients of the weights that learn; a model may give others as well. */
const used = (grads: Tensors, { learns }: Optimizer): Tensors =>
  learns === undefined ? grads : Object.fromEntries(Object.entries(grads).filter(([name]) => learns.has(name)))

/** A weight that does not learn, where the result is wanted. */
const kept = (w: Tensor, target: Tensor | undefined): Tensor => {
  if (target === undefined || target.data === w.data) return w
  copyInto(w, target)
  return target
}

/**
 * The weight whose gradient became too large first on the way back, from the last layer to the first: rules square gradients, unless
 * they are clipped before.
 */
const firstBad = (params: Tensors, grads: Tensors, { clipNorm, clipValue }: Optimizer): string | undefined => {
  const isFit = clipNorm === undefined && clipValue === undefined ? allSquaresFinite : allFinite
  const names = Object.keys(params)
  for (let i = names.length - 1; i >= 0; i--) {
    const name = names[i] as string
    const dw = grads[name]
    if (dw !== undefined && !isFit(dw)) return name
  }
  return undefined
}

/** What made an update impossible. */
export interface StepFault {
  /** A gradient is at fault when it, or its square, is not finite; a slot or a weight when the update would make it so. */
  readonly quantity: 'loss' | 'statistic' | 'gradient' | 'slot' | 'weight'
  /** Of the weight or statistic, e.g. 'W2', with its slot 'v of W2'; or 'loss'. */
  readonly name: string
}

/** The outcome of `step`. */
export interface Stepped {
  /** The very same object as before where there is a fault. */
  readonly state: TrainState
  /** Of the batch, before the update. */
  readonly loss: number
  /** Why no update was made. */
  readonly fault: StepFault | undefined
}

/** What is not finite of a batch's loss and all that comes with it. */
const faultOf = (
  { params }: Weights,
  { loss, grads, state }: LossAndGradients,
  optimizer: Optimizer,
): StepFault | undefined => {
  if (!Number.isFinite(loss)) return { quantity: 'loss', name: 'loss' }
  for (const name in state) if (!allFinite(state[name] as Tensor)) return { quantity: 'statistic', name }
  const gradient = firstBad(params, grads, optimizer)
  return gradient === undefined ? undefined : { quantity: 'gradient', name: gradient }
}

/** What a rule found of its results for a weight; anything else that was thrown goes on. */
const overflowOf = (name: string, reason: unknown): StepFault => {
  if (!(reason instanceof OverflowError)) throw reason
  return reason.what === 'w' ? { quantity: 'weight', name } : { quantity: 'slot', name: `${reason.what} of ${name}` }
}

const aFunction = functionOf()

/** What is looked at once a step; what the model makes of its batch it checks itself. */
const checkStep = (model: { readonly loss: unknown }, optimizer: Optimizer, state: TrainState, key: Key): void => {
  if (typeof model?.loss !== 'function') {
    throw new ArgumentError(`step: model must be one, e.g. of fullyConnectedNet or classifier, but got ${shown(model)}`)
  }
  if (!isRecord(optimizer)) {
    throw new ArgumentError(
      `step: optimizer must be an object, e.g. { learningRate: 0.1 }, but got ${shown(optimizer)}`,
    )
  }
  if (optimizer.rule !== undefined) checkArgument('step', 'rule', optimizer.rule, aFunction)
  if (!isRecord(state) || !isRecord(state.configs)) {
    throw new ArgumentError(
      `step: state must have weights and configs, e.g. { weights: model.init(), configs: {} }, but got ${shown(state)}`,
    )
  }
  checkWeights('step', state.weights)
  checkKey('step', key)
}

/** Models may be the user's own. */
const checkedLoss = (made: LossAndGradients): LossAndGradients => {
  if (isRecord(made) && typeof made.loss === 'number' && isRecord(made.grads) && isRecord(made.state)) return made
  throw new ArgumentError(`step: the model's loss must give { loss, grads, state }, but gave ${shown(made)}`)
}

/** The same of what an update rule gave. */
const checkedUpdate = (made: ReturnType<UpdateRule<Sgd>>): ReturnType<UpdateRule<Sgd>> => {
  if (Array.isArray(made) && isTensor(made[0]) && isRecord(made[1])) return made
  throw new ArgumentError(`step: the rule must give [the next w, its config], but gave ${shown(made)}`)
}

/**
 * (state, batch) ↦ (next state, loss): forward, backward, update
 *
 * When something is not finite the state comes back as it was, the very same object. If that was `out` as well, an update that made a
 * weight or a slot infinite has been written to it: with `quantity` 'weight' or 'slot' it is lost.
 *
 * A weight that does not learn stays as it is and has no config.
 *
 * @param state  weights, statistics and the rule's configs ({} at first)
 * @param key    draws dropout masks; key(0) unless given, which is always the same mask
 * @param out    a state that takes the result, e.g. `state` itself; a new one unless given
 * @returns      the next state, the batch's loss before the update, and what was not finite, if anything
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
  checkStep(model, optimizer, state, key)
  const { rule = sgd, learningRate = 1e-2, optimConfig = {}, learns, each } = optimizer
  const { loss, grads, state: statistics } = checkedLoss(model.loss(state.weights, batch, key, learns))
  const own = used(grads, optimizer)
  const fault = faultOf(state.weights, { loss, grads: own, state: statistics }, optimizer)
  if (fault !== undefined) return { state, loss, fault }
  const final = clipped(own, optimizer)
  const params: Record<string, Tensor> = {}
  const configs: Record<string, { learningRate: number }> = {}
  for (const name in state.weights.params) {
    const w = state.weights.params[name] as Tensor
    const target = out?.weights.params[name]
    if (learns?.has(name) === false) {
      params[name] = kept(w, target)
      continue
    }
    const dw = final[name]
    if (dw === undefined) throw new ShapeError(`step: the model's loss gave no gradient for the weight ${name}`)
    const settings = each?.[name]
    const rate = settings === undefined ? learningRate : learningRate * settings.learningRateScale
    // A config that a rule returned holds its settings as well; one spread is all that is fast.
    const config = { ...(state.configs[name] ?? { ...optimConfig, ...settings?.optimConfig }), learningRate: rate }
    const outputs = target === undefined ? undefined : ([target, out?.configs[name] ?? {}] as const)
    try {
      const [nextW, nextConfig] = checkedUpdate(rule(w, dw, config, outputs))
      params[name] = nextW
      configs[name] = nextConfig
    } catch (reason) {
      return { state, loss, fault: overflowOf(name, reason) }
    }
  }
  return { state: { weights: { params, state: statistics }, configs }, loss, fault }
}
