import { normalQuantile } from '../../random/index.ts'
import { log } from '../../tensor/index.ts'
import { exp } from '../exp.ts'
import { normalCdf } from '../normalCdf.ts'
import { type Axis, axisOf, boundsOf, cardinality, type Domain, type Numeric } from '../space/index.ts'
import type { ParamValue } from '../trial.ts'
import { pick } from './pick.ts'

/** Densities over a domain's values: one around each value that was observed, or around none, and the last one the prior. */
export interface Kernels {
  /** termsᵢ ← termsᵢ·kᵢ(value), where it is above 0; of a choice or an integer kᵢ is the probability. */
  weigh(terms: Float64Array, value: ParamValue): void
  /** A value of density i from a number of [0, 1). */
  draw(i: number, u: number): ParamValue
}

type Values = readonly (ParamValue | undefined)[]

/** k(c) = ([c = x] + 1/n)/(1 + K/n): in all n kernels together each of the K choices counts once before anything is seen */
const choiceKernels = (choices: readonly ParamValue[], values: Values): Kernels => {
  const n = values.length + 1
  // One for each x, and the last one for none.
  const kinds = [...choices, undefined].map((x) => {
    const weights = choices.map((c) => (c === x ? 1 + 1 / n : 1 / n))
    return { weights, total: weights.reduce((sum, weight) => sum + weight, 0) }
  })
  const places = new Map(choices.map((c, place) => [c, place]))
  const kindOf = new Int32Array(n).map((_, i) => places.get(values[i] as ParamValue) ?? choices.length)
  return {
    weigh: (terms, value) => {
      const column = choices.indexOf(value)
      const densities = kinds.map(({ weights, total }) => (weights[column] as number) / total)
      for (let i = 0; i < n; i++) {
        const term = terms[i] as number
        if (term > 0) terms[i] = term * (densities[kindOf[i] as number] as number)
      }
    },
    draw: (i, u) => choices[pick(kinds[kindOf[i] as number]?.weights as readonly number[], u)] as ParamValue,
  }
}

interface Bell {
  readonly mean: number
  readonly std: number
}

/** The bell that stands for knowing nothing. */
const priorOf = (domain: Numeric, { low, high }: Axis): Bell =>
  domain.kind === 'normal' ? domain : { mean: (low + high) / 2, std: high - low }

const ROOT_2PI = Math.sqrt(2 * Math.PI)

/** Farther away than this, in squared standard deviations, a bell adds less than e⁻⁶⁰. */
const FAR = 120

/** In standard deviations: in a narrower cell the bell is flat, and a difference of two shares would be rounding only. */
const NARROW = 1e-4

const height = (mean: number, std: number, place: number): number => {
  const z = (place - mean) / std
  return z * z < FAR ? exp(-0.5 * z * z) / (std * ROOT_2PI) : 0
}

const massBetween = (from: number, to: number, mean: number, std: number): number =>
  to - from < NARROW * std
    ? (to - from) * height(mean, std, (from + to) / 2)
    : normalCdf((to - mean) / std) - normalCdf((from - mean) / std)

const SCALE = 0.1

/** Of the bells around n values in d dimensions, as a share of the prior's width. */
const widthOf = (n: number, d: number): number =>
  Math.max(1 / Math.min(100, 2 + n), SCALE * exp(-log(Math.max(1, n)) / (d + 4)))

/** N(x; μᵢ, σᵢ²) on the domain's axis, cut off at its ends; of an integer the mass of its cell */
const bellKernels = (domain: Numeric, values: Values, dimensions: number): Kernels => {
  const axis = axisOf(domain)
  const prior = priorOf(domain, axis)
  const width = prior.std * widthOf(values.filter((value) => value !== undefined).length, dimensions)
  const n = values.length + 1
  const means = new Float64Array(n).fill(prior.mean)
  const stds = new Float64Array(n).fill(prior.std)
  values.forEach((value, i) => {
    if (value === undefined) return
    means[i] = axis.place(value as number)
    stds[i] = width
  })
  const massOf = (i: number): number => massBetween(axis.low, axis.high, means[i] as number, stds[i] as number)
  const within = means.map((_, i) => massOf(i))
  return {
    weigh: (terms, value) => {
      const [place, cell] = [axis.place(value as number), axis.cell(value as number)]
      for (let i = 0; i < n; i++) {
        const term = terms[i] as number
        if (!(term > 0)) continue
        const mean = means[i] as number
        const std = stds[i] as number
        const mass = cell === undefined ? height(mean, std, place) : massBetween(cell[0], cell[1], mean, std)
        terms[i] = term * (mass / (within[i] as number))
      }
    },
    draw: (i, u) => {
      const [mean, std] = [means[i] as number, stds[i] as number]
      const below = normalCdf((axis.low - mean) / std) + u * (within[i] as number)
      // The quantile of 0 and of 1 is no number.
      const z = normalQuantile(Math.min(1 - 2 ** -53, Math.max(2 ** -60, below)))
      return axis.value(Math.min(axis.high, Math.max(axis.low, mean + std * z)))
    },
  }
}

/**
 * A kernel for each value and, the last one, the prior; where there is no value, the prior's as well
 *
 * Numbers have a normal density on their axis, cut off at its ends, of width σ = max(0.1·n^(−1/(d+4)), 1/min(100, 2 + n)) of the prior's,
 * whose mean is the middle and whose width is the whole; n are the values that are there. Integers have the mass of their cells.
 *
 * @param dimensions  d, the number of the space's parameters
 * @see               Scott, "Multivariate density estimation", 1992, for the exponent; the least width is hyperopt's; 0.1 is what was
 *                    best of 0.07, 0.1 and 0.2 with bench/sweep-samplers.ts
 */
export const kernelsOf = (domain: Domain, values: Values, dimensions: number): Kernels => {
  if (domain.kind !== 'choice' && cardinality(domain) > 1) return bellKernels(domain, values, dimensions)
  // A domain of one value has no width.
  return choiceKernels(domain.kind === 'choice' ? domain.choices : [boundsOf(domain)[0]], values)
}
