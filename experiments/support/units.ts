import type { Model, Tensor, Weights } from '../../src/index.ts'

/** Numbers to be predicted, in the unit in which nets learn best, and weights that give them in their own. */
export interface Unit {
  readonly scaled: (y: Float64Array) => Float64Array
  /** The weights of a net whose last layer is an affine one, which then makes numbers in their own unit. */
  readonly own: (weights: Weights) => Weights
}

/** The unit in which these numbers have mean 0 and standard deviation 1. */
export const unitOf = <Y>(y: Float64Array, model: Model<Y>): Unit => {
  const mean = y.reduce((sum, v) => sum + v, 0) / y.length
  const deviation = Math.sqrt(y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / y.length) || 1
  const last = Math.max(
    ...Object.keys(model.outline?.params ?? {}).map((name) => Number(/^W(\d+)$/.exec(name)?.[1] ?? 0)),
  )
  const [w, b] = [`W${last}`, `b${last}`]
  const times = (t: Tensor, offset: number): Tensor => {
    const data = t.data.slice()
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) * deviation + offset
    return { shape: t.shape, data }
  }
  return {
    scaled: (values) => values.map((v) => (v - mean) / deviation),
    own: ({ params, state }) => ({
      params: { ...params, [w]: times(params[w] as Tensor, 0), [b]: times(params[b] as Tensor, mean) },
      state,
    }),
  }
}
