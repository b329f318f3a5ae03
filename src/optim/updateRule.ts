import { ArgumentError, isRecord, ShapeError, shown } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { allFinite, checkTensor, dtypeOf, isTensor, type Tensor, type Tensors, zeros } from '../tensor/index.ts'

/**
 * (w, dw, config) ↦ (next w, next config)
 *
 * A config holds the settings and the rule's memory (slots such as a velocity); what is absent takes its default, slots start at
 * zero. Pass the returned config to the next call. Inputs are not written, unless they are named as `out`, where the result shall be
 * written, as with NumPy's `out=`; it may be `[w, config]` itself. A rule of this library throws an ArgumentError rather than give
 * weights or slots that are not finite; what `out` holds is lost then.
 */
export type UpdateRule<C extends object> = (
  w: Tensor,
  dw: Tensor,
  config?: Partial<C>,
  out?: readonly [w: Tensor, config: Partial<C>],
) => readonly [nextW: Tensor, nextConfig: C]

/** A rule that looks at its arguments before it takes anything of them. */
export const ruleOf =
  <C extends object>(name: string, slots: readonly (keyof C & string)[], rule: UpdateRule<C>): UpdateRule<C> =>
  (w, dw, config = {}, out) => {
    checkTensor(name, 'w', w)
    checkTensor(name, 'dw', dw)
    if (!isRecord(config)) {
      throw new ArgumentError(
        `${name}: config must be settings by name, e.g. { learningRate: 0.01 }, but got ${shown(config)}`,
      )
    }
    for (const setting in config) {
      const value: unknown = config[setting]
      if (value === undefined) continue
      if (typeof value === 'number' && !Number.isNaN(value) && !(slots as readonly string[]).includes(setting)) continue
      if ((slots as readonly string[]).includes(setting)) checkTensor(name, setting, value as Tensor)
      else throw new ArgumentError(`${name}: ${setting} must be a number, but got ${shown(value)}`)
    }
    if (out !== undefined) checkOut(name, slots, w, out)
    return rule(w, dw, config, out)
  }

const checkSize = (rule: string, w: Tensor, name: string, other: Tensor | undefined): void => {
  if (other === undefined) throw new ShapeError(`${rule}: ${name} is missing`)
  if (other.data.length !== w.data.length || dtypeOf(other) !== dtypeOf(w)) {
    throw new ShapeError(
      `${rule}: w has shape (${w.shape.join(', ')}), ${dtypeOf(w)}, but ${name} has shape (${other.shape.join(', ')}), ${dtypeOf(other)}`,
    )
  }
}

/** Checks that gradient and slots are as large and as precise as the weight. */
export const checkSizes = (rule: string, w: Tensor, others: Tensors): void => {
  for (const name in others) checkSize(rule, w, name, others[name])
}

/** Checks the tensors that take a result: they are written to. */
const checkOut = (
  rule: string,
  slots: readonly string[],
  w: Tensor,
  out: readonly [w: Tensor, config: object],
): void => {
  if (!Array.isArray(out) || !isRecord(out[1])) {
    throw new ArgumentError(
      `${rule}: out must be [w, config], in the form of what ${rule} returns, but got ${shown(out)}`,
    )
  }
  const check = (name: string, t: Tensor): void => {
    checkTensor(rule, name, t)
    checkSize(rule, w, name, t)
  }
  check("out's w", out[0])
  const config = out[1] as Readonly<Record<string, unknown>>
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as string
    if (config[slot] !== undefined) check(slot, config[slot] as Tensor)
  }
}

/** What a rule wrote is not finite: the step, or a square of the gradient, is more than the precision holds. */
export class OverflowError extends ArgumentError {
  /** Name of the slot, or 'w' for the weights themselves. */
  readonly what: string

  constructor(rule: string, what: string, { learningRate }: { readonly learningRate: number }, dtype: string) {
    super(
      `${rule}: ${what === 'w' ? 'the next weights are' : `the next ${what} is`} not finite: what this step makes of its gradient and ` +
        `the learning rate (${learningRate}) is no number that ${dtype} holds; lower the learning rate, or clip the gradient with clipByGlobalNorm`,
    )
    this.what = what
  }
}

/** Throws an OverflowError for what is not finite among the results of a rule. */
export const checkFinite = <C extends { readonly learningRate: number }>(
  rule: string,
  nextW: Tensor,
  next: C,
): void => {
  for (const [what, value] of Object.entries({ ...next, w: nextW })) {
    if (isTensor(value) && !allFinite(value)) throw new OverflowError(rule, what, next, dtypeOf(nextW))
  }
}

/** A rule that looks at its results, as those of this library do. */
export const checkedRule =
  <C extends { readonly learningRate: number }>(rule: UpdateRule<C>): UpdateRule<C> =>
  (...given) => {
    const made = rule(...given)
    if (!Array.isArray(made) || !isRecord(made[1])) {
      throw new ArgumentError(`the update rule must return [w, config], but returned ${shown(made)}`)
    }
    const [nextW, next] = made as ReturnType<typeof rule>
    checkTensor('the update rule', 'w', nextW)
    checkFinite('the update rule', nextW, next)
    return [nextW, next]
  }

/** w ← (1 − learningRate·weightDecay)·w, written to `out`, where there is a decay; else w itself. */
export const decayed = (
  w: Tensor,
  { learningRate, weightDecay = 0 }: { readonly learningRate: number; readonly weightDecay?: number | undefined },
  out: Tensor,
): Tensor => {
  if (weightDecay === 0) return w
  kernelsFor(w.data).scale(w.data, 1 - learningRate * weightDecay, out.data)
  return out
}

export const zerosLike = (w: Tensor): Tensor => zeros(w.shape, dtypeOf(w))
