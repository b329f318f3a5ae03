import { ArgumentError, shown, unknownKey } from '../../errors/index.ts'
import { boundsOf } from './bounds.ts'
import type { Domain, Int, When } from './domain.ts'

const isPlain = (value: unknown): boolean =>
  value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)

const rangeFault = (kind: string, low: number, high: number): string | undefined => {
  const odd = [low, high].find((bound) => !Number.isFinite(bound))
  if (odd !== undefined) return `the bounds of ${kind} must be finite numbers, but one is ${shown(odd)}`
  if (low > high) return `low ${low} is above high ${high}; exchange them`
  return Number.isFinite(high - low) ? undefined : `${low} … ${high} is wider than any number; bring the bounds closer`
}

const intFault = ({ kind, low, high, ...options }: Int): string | undefined => {
  const { step, log } = options
  const unknown = unknownKey(kind, options, ['step', 'log'])
  if (unknown !== undefined) return unknown
  const odd = [low, high].find((bound) => !Number.isSafeInteger(bound))
  if (odd !== undefined) return `the bounds of int must be integers, but one is ${shown(odd)}; uniform takes any number`
  if (low > high) return `low ${low} is above high ${high}; exchange them`
  if (!Number.isSafeInteger(step) || step < 1) return `step must be an integer ≥ 1, but is ${shown(step)}`
  const steps = Math.floor((high - low) / step)
  if ((high - low) % step !== 0) {
    return `step ${step} does not divide ${low} … ${high}; the last value would be ${low + steps * step}`
  }
  if (typeof log !== 'boolean') return `log must be true or false, but is ${shown(log)}`
  if (log && low < 1) return `int with log needs low ≥ 1, but low is ${low}`
  return log && step !== 1
    ? `int with log takes every integer, each as likely as its logarithm says, but step is ${step}; leave step or log out`
    : undefined
}

const choiceFault = (choices: unknown): string | undefined => {
  if (!Array.isArray(choices) || choices.length === 0) return 'choice is empty; give it at least one value'
  const odd = choices.findIndex((value) => !isPlain(value))
  if (odd >= 0) {
    return `a choice must be a text, a finite number, true, false or null, but one is ${shown(choices[odd])}; choose among names and look it up in the objective`
  }
  const seen = new Set<unknown>()
  const again = choices.findIndex((value) => seen.size === seen.add(value).size)
  return again < 0 ? undefined : `choice has ${shown(choices[again])} twice`
}

const kinds = ['uniform', 'logUniform', 'int', 'normal', 'choice', 'when']

export const domainFault = (domain: Domain): string | undefined => {
  switch (domain?.kind) {
    case 'uniform':
      return rangeFault('uniform', domain.low, domain.high)
    case 'logUniform':
      return (
        rangeFault('logUniform', domain.low, domain.high) ??
        (domain.low <= 0 ? `logUniform needs low > 0, but low is ${domain.low}` : undefined)
      )
    case 'int':
      return intFault(domain)
    case 'normal':
      if (!Number.isFinite(domain.mean)) return `mean must be a finite number, but is ${shown(domain.mean)}`
      return Number.isFinite(domain.std) && domain.std > 0
        ? rangeFault('normal', ...boundsOf(domain))
        : `std must be a number > 0, but is ${shown(domain.std)}`
    case 'choice':
      return choiceFault(domain.choices)
    default:
      return `expected one of ${kinds.join(', ')}, but got ${shown(domain)}; for a fixed value write choice([value])`
  }
}

export const entryFault = (entry: Domain | When): string | undefined => {
  if (entry?.kind !== 'when') return domainFault(entry)
  return (entry.domain as { kind?: unknown })?.kind === 'when'
    ? 'a condition within a condition; give the parent a condition instead'
    : domainFault(entry.domain)
}

// A domain is looked at once: samplers ask for values of the same one again and again.
const known = new WeakSet<object>()

/** Throws an ArgumentError for what is no domain, where `entry` may also be one with a condition. */
export const checkDomain = (where: string, entry: Domain | When): void => {
  if (known.has(entry)) return
  const fault = entryFault(entry)
  if (fault !== undefined) throw new ArgumentError(`${where}: domain: ${fault}`)
  known.add(entry)
}
