import type { Tensor } from '../../src/index.ts'

export interface Range {
  readonly low: number
  readonly high: number
  /** Whether the activation function ends there. */
  readonly isBounded: boolean
}

const mean = (values: Tensor['data'], of = (value: number): number => value): number => {
  let sum = 0
  for (const value of values) sum += of(value)
  return sum / values.length
}

/** The standard deviation of all values. */
export const deviation = ({ data }: Tensor): number => {
  const center = mean(data)
  return Math.sqrt(mean(data, (value) => (value - center) ** 2))
}

/** What has become of the activations from the first layer to the last. */
export const verdict = ({ low, high, isBounded }: Range, layers: readonly Tensor[]): string => {
  const { data } = layers.at(-1) as Tensor
  const margin = 0.05 * (high - low)
  const saturated = mean(data, (value) => Number(value < low + margin || value > high - margin))
  const [first = 0, last = 0] = [layers[0], layers.at(-1)].map((layer) => deviation(layer as Tensor))
  if (isBounded && saturated > 0.5) return 'saturated'
  if (last < 0.02) return 'all alike'
  if (last > 3 * first) return 'explodes'
  return last < first / 3 ? 'shrinks' : 'spread'
}
