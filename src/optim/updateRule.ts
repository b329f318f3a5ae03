import { dtypeOf, ShapeError, type Tensor, type Tensors, zeros } from '../tensor/index.ts'

/**
 * (w, dw, config) ↦ (next w, next config)
 *
 * A config holds the settings and the rule's memory (slots such as a velocity); what is absent takes its default, slots start at
 * zero. Pass the returned config to the next call. Inputs are not written, unless they are named as `out`, where the result shall be
 * written, as with NumPy's `out=`; it may be `[w, config]` itself.
 */
export type UpdateRule<C extends object> = (
  w: Tensor,
  dw: Tensor,
  config?: Partial<C>,
  out?: readonly [w: Tensor, config: Partial<C>],
) => readonly [nextW: Tensor, nextConfig: C]

/** Checks that gradient and slots are as large and as precise as the weight. */
export const checkSizes = (rule: string, w: Tensor, others: Tensors): void => {
  for (const name in others) {
    const other = others[name]
    if (other === undefined) throw new ShapeError(`${rule}: ${name} is missing`)
    if (other.data.length !== w.data.length || dtypeOf(other) !== dtypeOf(w)) {
      throw new ShapeError(
        `${rule}: w has shape (${w.shape.join(', ')}), ${dtypeOf(w)}, but ${name} has shape (${other.shape.join(', ')}), ${dtypeOf(other)}`,
      )
    }
  }
}

export const zerosLike = (w: Tensor): Tensor => zeros(w.shape, dtypeOf(w))
