import type { ParamValue } from '../trial.ts'
import { checkDomain } from './domainFault.ts'

/** Numbers from low to high. */
export interface Uniform {
  /** Discriminant of the domains. */
  readonly kind: 'uniform'
  /** The smallest number. */
  readonly low: number
  /** The largest number. */
  readonly high: number
}

/** Numbers from low to high whose logarithm is uniform. */
export interface LogUniform {
  /** Discriminant of the domains. */
  readonly kind: 'logUniform'
  /** The smallest number, > 0. */
  readonly low: number
  /** The largest number. */
  readonly high: number
}

/** low, low + step, …, high. */
export interface Int {
  /** Discriminant of the domains. */
  readonly kind: 'int'
  /** The smallest integer. */
  readonly low: number
  /** No integer is larger. */
  readonly high: number
  /** The difference of neighbours, an integer ≥ 1. */
  readonly step: number
  /** Small ones as often as large ones, by order of magnitude. */
  readonly log: boolean
}

/** Numbers around a mean. */
export interface Normal {
  /** Discriminant of the domains. */
  readonly kind: 'normal'
  /** Of the numbers. */
  readonly mean: number
  /** Their standard deviation, > 0. */
  readonly std: number
}

/** One of a list, in no order. */
export interface Choice<V extends ParamValue = ParamValue> {
  /** Discriminant of the domains. */
  readonly kind: 'choice'
  /** The list. */
  readonly choices: readonly V[]
}

/** The values of a parameter: plain data, so that a journal can hold it. */
export type Domain = Uniform | LogUniform | Int | Normal | Choice

/** A parameter that is there only while another one has one of some values. */
export interface When<D extends Domain = Domain> {
  /** Discriminant of the domains. */
  readonly kind: 'when'
  /** Name of the other parameter. */
  readonly parent: string
  /** Its values with which this one is there. */
  readonly values: readonly ParamValue[]
  /** The values of this one. */
  readonly domain: D
}

/**
 * x ~ U(low, high)
 *
 * Domains only describe; `checkSpace` judges, since it knows the parameter's name.
 *
 * @param high  not below low
 * @example     uniform(0.5, 1).high   // 1
 */
export const uniform = (low: number, high: number): Uniform => ({ kind: 'uniform', low, high })

/**
 * ln x ~ U(ln low, ln high), for learning rates and regularisation strengths
 *
 * @param low   > 0
 * @param high  not below low
 * @example     logUniform(1e-5, 1e-1).kind   // 'logUniform'
 * @see         Bergstra & Bengio, "Random search for hyper-parameter optimization", 2012
 */
export const logUniform = (low: number, high: number): LogUniform => ({ kind: 'logUniform', low, high })

/** How `int` counts. */
export interface IntOptions {
  /** The difference of neighbours, an integer ≥ 1. Default 1. */
  readonly step?: number
  /** Small ones as often as large ones, by order of magnitude. Default false. */
  readonly log?: boolean
}

/**
 * k ~ U{low, low + step, …, high}; with `log`, ln k is nearly uniform
 *
 * @param low   an integer; with `log` ≥ 1
 * @param high  an integer, not below low
 * @param step  an integer ≥ 1 that divides high − low; with `log` it is 1
 * @example     int(32, 512, { step: 32 })   // { kind: 'int', low: 32, high: 512, step: 32, log: false }
 */
export const int = (low: number, high: number, { step = 1, log = false, ...misspelt }: IntOptions = {}): Int => ({
  kind: 'int',
  low,
  high,
  step,
  log,
  // For checkSpace.
  ...misspelt,
})

/**
 * x ~ N(mean, std²), cut off at mean ± 9·std
 *
 * @param std  > 0
 * @example    normal(0, 2).std   // 2
 */
export const normal = (mean: number, std: number): Normal => ({ kind: 'normal', mean, std })

/**
 * One of the values, each as likely
 *
 * @param choices  texts, finite numbers, booleans or null; each once
 * @example        choice(['sgdMomentum', 'adam']).choices   // ['sgdMomentum', 'adam']
 */
export const choice = <const V extends ParamValue>(choices: readonly V[]): Choice<V> => ({ kind: 'choice', choices })

/**
 * A parameter that is there only while `parent` is there and has one of the values
 *
 * @param parent  the name of a `choice` or an `int`
 * @param values  some of the parent's
 * @example       when('updateRule', ['sgdMomentum'], uniform(0.5, 0.99)).parent   // 'updateRule'
 */
export const when = <D extends Domain>(parent: string, values: readonly ParamValue[], domain: D): When<D> => ({
  kind: 'when',
  parent,
  values,
  domain,
})

/**
 * The values of a parameter, without its condition
 *
 * @example domainOf(when('layers', [2, 3], uniform(0.5, 1)))   // { kind: 'uniform', low: 0.5, high: 1 }
 */
export const domainOf = (entry: Domain | When): Domain => {
  checkDomain('domainOf', entry)
  return entry.kind === 'when' ? entry.domain : entry
}

/**
 * The number of different values; Infinity where there is no end.
 *
 * @example cardinality(int(32, 512, { step: 32 }))   // 16
 */
export const cardinality = (domain: Domain): number => {
  checkDomain('cardinality', domain)
  switch (domain.kind) {
    case 'choice':
      return domain.choices.length
    case 'int':
      return (domain.high - domain.low) / domain.step + 1
    case 'normal':
      return Number.POSITIVE_INFINITY
    default:
      return domain.low === domain.high ? 1 : Number.POSITIVE_INFINITY
  }
}
