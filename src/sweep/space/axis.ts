import { ArgumentError, checkArgument, finite, requirement, shown } from '../../errors/index.ts'
import { normalQuantile } from '../../random/index.ts'
import { log } from '../../tensor/index.ts'
import { exp } from '../exp.ts'
import { normalCdf } from '../normalCdf.ts'
import type { ParamValue } from '../trial.ts'
import { boundsOf, type Numeric } from './bounds.ts'
import { cardinality, type Domain, type Int } from './domain.ts'
import { checkDomain } from './domainFault.ts'

/**
 * Where a numeric domain is uniform (or normal): logarithms of log domains; an integer owns the half step on each of its sides.
 */
export interface Axis {
  readonly low: number
  readonly high: number
  /** The value's place. */
  place(value: number): number
  /** The value at a place. */
  value(place: number): number
  /** From where to where places have the same value; undefined where each place is a value. */
  cell(value: number): readonly [from: number, to: number] | undefined
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

const intAxis = ({ low, high, step, log: logarithmic }: Int): Axis => {
  const there = (x: number): number => (logarithmic ? log(x) : x)
  const back = (t: number): number => (logarithmic ? exp(t) : t)
  const half = step / 2
  return {
    low: there(low - half),
    high: there(high + half),
    place: there,
    value: (t) => clamp(low + step * Math.round((back(t) - low) / step), low, high),
    cell: (value) => [there(value - half), there(value + half)],
  }
}

/**
 * The axis of a numeric domain.
 *
 * @example axisOf({ kind: 'int', low: 1, high: 4, step: 1, log: false }).value(2.6)   // 3
 */
export const axisOf = (domain: Numeric): Axis => {
  if (domain.kind === 'int') return intAxis(domain)
  const [low, high] = boundsOf(domain)
  const logarithmic = domain.kind === 'logUniform'
  return {
    low: logarithmic ? log(low) : low,
    high: logarithmic ? log(high) : high,
    place: (value) => (logarithmic ? log(value) : value),
    value: (t) => clamp(logarithmic ? exp(t) : t, low, high),
    cell: () => undefined,
  }
}

const aShare = requirement<number>('a number from 0 to 1', (u) => typeof u === 'number' && u >= 0 && u <= 1)

const between = (low: number, high: number, u: number): number => low + u * (high - low)

/**
 * The value below which a share u of the domain lies, so u ~ U(0, 1) gives a draw.
 *
 * @param u  in [0, 1]
 * @example  valueAt({ kind: 'logUniform', low: 1e-4, high: 1 }, 0.5).toFixed(6)   // '0.010000'
 */
export const valueAt = (domain: Domain, u: number): ParamValue => {
  checkDomain('valueAt', domain)
  checkArgument('valueAt', 'u', u, aShare)
  if (domain.kind === 'choice') {
    return domain.choices[Math.min(domain.choices.length - 1, Math.floor(u * domain.choices.length))] as ParamValue
  }
  const axis = axisOf(domain)
  // 2⁻⁵⁴ keeps the quantile finite.
  if (domain.kind === 'normal') {
    return axis.value(domain.mean + domain.std * normalQuantile(clamp(u, 2 ** -54, 1 - 2 ** -53)))
  }
  return axis.value(between(axis.low, axis.high, u))
}

/**
 * The share u of a domain below a value: the inverse of `valueAt`, at the middle of the values that share it.
 *
 * @example shareBelow({ kind: 'uniform', low: 0, high: 4 }, 1)   // 0.25
 */
export const shareBelow = (domain: Domain, value: ParamValue): number => {
  checkDomain('shareBelow', domain)
  if (domain.kind === 'choice') {
    const place = domain.choices.indexOf(value)
    if (place >= 0) return (place + 0.5) / domain.choices.length
    throw new ArgumentError(
      `shareBelow: value must be one of ${domain.choices.map(shown).join(', ')}, but got ${shown(value)}`,
    )
  }
  checkArgument('shareBelow', 'value', value, finite)
  if (domain.kind === 'normal') return normalCdf(((value as number) - domain.mean) / domain.std)
  if (cardinality(domain) === 1) return 0.5
  const axis = axisOf(domain)
  return (axis.place(value as number) - axis.low) / (axis.high - axis.low)
}

/**
 * Whether a domain has the value.
 *
 * @example contains({ kind: 'int', low: 32, high: 512, step: 32, log: false }, 33)   // false
 */
export const contains = (domain: Domain, value: unknown): boolean => {
  if (domain.kind === 'choice') return domain.choices.some((one) => one === value)
  if (typeof value !== 'number' || Number.isNaN(value)) return false
  const [low, high] = boundsOf(domain)
  return value >= low && value <= high && (domain.kind !== 'int' || Number.isInteger((value - low) / domain.step))
}
