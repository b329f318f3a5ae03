import * as E from 'fp-ts/lib/Either.js'
import { nearest, shown, unknownKey } from '../../errors/index.ts'
import { SweepError } from '../errors.ts'
import { boundsOf, contains } from './axis.ts'
import { cardinality, type Domain, type Int, type When } from './domain.ts'
import { conditionOf, domainAt, type Space, usedTwice } from './parameters.ts'

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
  const again = choices.find((value, i) => choices.indexOf(value) < i)
  return again === undefined ? undefined : `choice has ${shown(again)} twice`
}

const kinds = ['uniform', 'logUniform', 'int', 'normal', 'choice', 'when']

const domainFault = (domain: Domain): string | undefined => {
  switch (domain?.kind) {
    case 'uniform':
      return rangeFault('uniform', domain.low, domain.high)
    case 'logUniform':
      return domain.low <= 0
        ? `logUniform needs low > 0, but low is ${domain.low}`
        : rangeFault('logUniform', domain.low, domain.high)
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

const entryFault = (entry: Domain | When): string | undefined => {
  if (entry?.kind !== 'when') return domainFault(entry)
  return (entry.domain as { kind?: unknown })?.kind === 'when'
    ? 'a condition within a condition; give the parent a condition instead'
    : domainFault(entry.domain)
}

/** Of a space whose domains are all right. */
const conditionFault = (space: Space, name: string): string | undefined => {
  const condition = conditionOf(space, name)
  if (condition === undefined) return undefined
  const { parent, values } = condition
  if (!Object.hasOwn(space, parent)) {
    const near = nearest(String(parent), Object.keys(space))
    return `its condition looks at '${parent}', which is no parameter${near === undefined ? '' : `; did you mean '${near}'?`}`
  }
  const chain = [name]
  for (let up: string | undefined = parent; up !== undefined; up = conditionOf(space, up)?.parent) {
    if (chain.includes(up)) return `its condition depends on itself: ${[...chain, up].join(' → ')}`
    chain.push(up)
  }
  const looked = domainAt(space, parent)
  if (looked.kind !== 'choice' && looked.kind !== 'int') {
    return `its condition looks at '${parent}', which is ${looked.kind}; only a choice or an int can be looked at`
  }
  if (!Array.isArray(values) || values.length === 0)
    return `its condition has no value of '${parent}'; name at least one`
  const alien = values.find((value) => !contains(looked, value))
  if (alien === undefined) return undefined
  const known = looked.kind === 'choice' ? looked.choices.map(shown).join(', ') : `${looked.low} … ${looked.high}`
  const step = looked.kind === 'int' && looked.step > 1 && cardinality(looked) > 1 ? ` in steps of ${looked.step}` : ''
  return `its condition needs '${parent}' to be ${shown(alien)}, but that is one of ${known}${step}`
}

/**
 * The space, if each domain has values and each condition can hold.
 *
 * @returns  left(SweepError), which names the first parameter that is wrong
 * @example  E.isRight(checkSpace({ keepProb: { kind: 'uniform', low: 0.5, high: 1 } }))   // true
 */
export const checkSpace = <S extends Space>(space: S): E.Either<SweepError, S> => {
  const refuse = (message: string): E.Either<SweepError, never> => E.left(new SweepError(`space: ${message}`))
  if (typeof space !== 'object' || space === null || Array.isArray(space)) {
    return refuse(`expected parameters by name, e.g. { reg: logUniform(1e-6, 1) }, but got ${shown(space)}`)
  }
  const names = Object.keys(space)
  if (names.length === 0) return refuse('it has no parameter')
  const twice = usedTwice(space)[0]
  if (twice !== undefined) return refuse(`'${twice}' is used twice, in spaces that were joined; rename one`)
  if (names.includes('')) return refuse("'': a name must not be empty")
  // First all domains, so that a condition is judged by a parent that is right.
  for (const faultOf of [
    (name: string) => entryFault(space[name] as Domain),
    (name: string) => conditionFault(space, name),
  ]) {
    for (const name of names) {
      const fault = faultOf(name)
      if (fault !== undefined) return refuse(`'${name}': ${fault}`)
    }
  }
  return E.right(space)
}
