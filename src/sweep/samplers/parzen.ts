import { normalQuantile } from '../../tensor/index.ts'
import { exp } from '../exp.ts'
import { normalCdf } from '../normalCdf.ts'
import { type Axis, axisOf, boundsOf, type Choice, cardinality, type Domain, type Numeric } from '../space.ts'
import type { ParamValue } from '../trial.ts'

/** A density over a domain's values. */
export interface Parzen {
  /** At a value; of a choice or an integer its probability. */
  density(value: ParamValue): number
  /** A value of this density from two numbers of [0, 1). */
  draw(u: number, v: number): ParamValue
}

/** So many of the latest observations count fully; older ones less and less. */
const FULL_WEIGHTS = 25

/** wᵢ = 1 for the last 25; before them a line that begins at 1/n */
const recency = (count: number): readonly number[] => {
  const old = count - FULL_WEIGHTS
  const rise = (1 - 1 / count) / Math.max(1, old - 1)
  return Array.from({ length: count }, (_, i) => (i >= old ? 1 : 1 / count + i * rise))
}

/** The first place where the running sum of the weights passes a share of the whole. */
const pick = (weights: readonly number[], share: number): number => {
  let left = share * weights.reduce((sum, weight) => sum + weight, 0)
  const found = weights.findIndex((weight) => {
    left -= weight
    return left < 0
  })
  return found < 0 ? weights.length - 1 : found
}

/** p(c) ∝ 1 + Σᵢ wᵢ·[xᵢ = c]: each choice counts once before anything is seen */
const choiceParzen = ({ choices }: Choice, values: readonly ParamValue[]): Parzen => {
  const recent = recency(values.length)
  const weights = choices.map((c) =>
    values.reduce<number>((sum, value, i) => (value === c ? sum + (recent[i] as number) : sum), 1),
  )
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    density: (value) => (weights[choices.indexOf(value)] as number) / total,
    draw: (u) => choices[pick(weights, u)] as ParamValue,
  }
}

interface Bell {
  readonly mean: number
  readonly std: number
  /** Of all bells' weight. */
  readonly share: number
  /** The part of the bell that lies within the domain. */
  readonly within: number
}

/** The bell that stands for knowing nothing. */
const priorOf = (domain: Numeric, { low, high }: Axis): { readonly mean: number; readonly std: number } =>
  domain.kind === 'normal' ? domain : { mean: (low + high) / 2, std: high - low }

const massBetween = (
  from: number,
  to: number,
  { mean, std }: { readonly mean: number; readonly std: number },
): number => normalCdf((to - mean) / std) - normalCdf((from - mean) / std)

/** A bell for the prior and for each observation, as wide as its farther neighbour is away, but neither too narrow nor too wide. */
const bellsOf = (domain: Numeric, axis: Axis, values: readonly number[]): readonly Bell[] => {
  const { mean, std: widest } = priorOf(domain, axis)
  const recent = recency(values.length)
  const observed = values.map((value, i) => ({ mean: axis.place(value), weight: recent[i] as number, isPrior: false }))
  const sorted = [...observed, { mean, weight: 1, isPrior: true }].sort((a, b) => a.mean - b.mean)
  const narrowest = widest / Math.min(100, 1 + sorted.length)
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0)
  return sorted.map(({ mean, weight, isPrior }, i) => {
    const gap = Math.max(mean - (sorted[i - 1]?.mean ?? mean), (sorted[i + 1]?.mean ?? mean) - mean)
    const std = isPrior ? widest : Math.min(widest, Math.max(narrowest, gap))
    return { mean, std, share: weight / total, within: massBetween(axis.low, axis.high, { mean, std }) }
  })
}

const ROOT_2PI = Math.sqrt(2 * Math.PI)

/** Farther away than this, in squared standard deviations, a bell adds less than e⁻⁶⁰. */
const FAR = 120

/** p(x) = Σᵢ wᵢ·N(x; μᵢ, σᵢ²) on the domain's axis, each bell cut off at its ends; of an integer the mass of its cell */
const numericParzen = (domain: Numeric, values: readonly number[]): Parzen => {
  const axis = axisOf(domain)
  const bells = bellsOf(domain, axis, values)
  const shares = bells.map(({ share }) => share)
  return {
    density: (value) => {
      const cell = axis.cell(value as number)
      const place = axis.place(value as number)
      let sum = 0
      for (const bell of bells) {
        const z = (place - bell.mean) / bell.std
        if (cell !== undefined) sum += (bell.share * massBetween(...cell, bell)) / bell.within
        else if (z * z < FAR) sum += (bell.share * exp(-0.5 * z * z)) / (bell.std * ROOT_2PI * bell.within)
      }
      return sum
    },
    draw: (u, v) => {
      const { mean, std, within } = bells[pick(shares, u)] as Bell
      const below = normalCdf((axis.low - mean) / std) + v * within
      // The quantile of 0 and of 1 is no number.
      const z = normalQuantile(Math.min(1 - 2 ** -53, Math.max(2 ** -60, below)))
      return axis.value(Math.min(axis.high, Math.max(axis.low, mean + std * z)))
    },
  }
}

/**
 * The Parzen estimator of TPE: a bell for each observation and one, as wide as the domain, for the prior
 *
 * @param values  what was observed, the oldest first
 * @example       parzen({ kind: 'choice', choices: ['sgd', 'adam'] }, ['adam']).density('adam').toFixed(4)   // '0.6667'
 * @see           Bergstra et al., "Algorithms for hyper-parameter optimization", 2011, §4.1; the widths and the weights of older
 *                observations are those of hyperopt (Bergstra, Yamins & Cox, "Making a science of model search", 2013)
 */
export const parzen = (domain: Domain, values: readonly ParamValue[]): Parzen => {
  if (domain.kind === 'choice') return choiceParzen(domain, values)
  // A domain of one value has no width.
  if (cardinality(domain) === 1) return choiceParzen({ kind: 'choice', choices: [boundsOf(domain)[0]] }, values)
  return numericParzen(domain, values as readonly number[])
}
