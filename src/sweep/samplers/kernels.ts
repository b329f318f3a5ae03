import { log, normalQuantile } from '../../tensor/index.ts'
import { exp } from '../exp.ts'
import { normalCdf } from '../normalCdf.ts'
import { type Axis, axisOf, boundsOf, cardinality, type Domain, type Numeric } from '../space.ts'
import type { ParamValue } from '../trial.ts'
import { pick } from './pick.ts'

/** A density over a domain's values, around one of them or, for the prior, around none. */
export interface Kernel {
  /** At a value; of a choice or an integer its probability. */
  density(value: ParamValue): number
  /** A value of this density from a number of [0, 1). */
  draw(u: number): ParamValue
}

type Values = readonly (ParamValue | undefined)[]

/** k(c) = ([c = x] + 1/n)/(1 + K/n): in all n kernels together each of the K choices counts once before anything is seen */
const choiceKernel = (choices: readonly ParamValue[], value: ParamValue | undefined, n: number): Kernel => {
  const weights = choices.map((c) => (c === value ? 1 + 1 / n : 1 / n))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    density: (c) => (weights[choices.indexOf(c)] as number) / total,
    draw: (u) => choices[pick(weights, u)] as ParamValue,
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

const height = ({ mean, std }: Bell, place: number): number => {
  const z = (place - mean) / std
  return z * z < FAR ? exp(-0.5 * z * z) / (std * ROOT_2PI) : 0
}

const massBetween = (from: number, to: number, bell: Bell): number =>
  to - from < NARROW * bell.std
    ? (to - from) * height(bell, (from + to) / 2)
    : normalCdf((to - bell.mean) / bell.std) - normalCdf((from - bell.mean) / bell.std)

/** N(x; μ, σ²) on the domain's axis, cut off at its ends; of an integer the mass of its cell */
const bellKernel = (axis: Axis, bell: Bell): Kernel => {
  const { mean, std } = bell
  const within = massBetween(axis.low, axis.high, bell)
  return {
    density: (value) => {
      const cell = axis.cell(value as number)
      return (cell === undefined ? height(bell, axis.place(value as number)) : massBetween(...cell, bell)) / within
    },
    draw: (u) => {
      const below = normalCdf((axis.low - mean) / std) + u * within
      // The quantile of 0 and of 1 is no number.
      const z = normalQuantile(Math.min(1 - 2 ** -53, Math.max(2 ** -60, below)))
      return axis.value(Math.min(axis.high, Math.max(axis.low, mean + std * z)))
    },
  }
}

const SCALE = 0.1

/** Of the bells around n values in d dimensions, as a share of the prior's width. */
const widthOf = (n: number, d: number): number =>
  Math.max(1 / Math.min(100, 2 + n), SCALE * exp(-log(Math.max(1, n)) / (d + 4)))

const bellKernels = (domain: Numeric, values: Values, dimensions: number): readonly Kernel[] => {
  const axis = axisOf(domain)
  const prior = priorOf(domain, axis)
  const std = prior.std * widthOf(values.filter((value) => value !== undefined).length, dimensions)
  const wide = bellKernel(axis, prior)
  return [
    ...values.map((value) =>
      value === undefined ? wide : bellKernel(axis, { mean: axis.place(value as number), std }),
    ),
    wide,
  ]
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
export const kernelsOf = (domain: Domain, values: Values, dimensions: number): readonly Kernel[] => {
  if (domain.kind !== 'choice' && cardinality(domain) > 1) return bellKernels(domain, values, dimensions)
  // A domain of one value has no width.
  const choices = domain.kind === 'choice' ? domain.choices : [boundsOf(domain)[0]]
  return [...values, undefined].map((value) => choiceKernel(choices, value, values.length + 1))
}
