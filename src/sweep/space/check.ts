import * as E from 'fp-ts/lib/Either.js'
import { nearest, shown } from '../../errors/index.ts'
import { SweepError } from '../errors.ts'
import { contains } from './axis.ts'
import { cardinality, type Domain } from './domain.ts'
import { entryFault } from './domainFault.ts'
import { conditionOf, domainAt, type Space, usedTwice } from './parameters.ts'

/** Of a space whose domains are all right. */
const conditionFault = (space: Space, name: string): string | undefined => {
  const condition = conditionOf(space, name)
  if (condition === undefined) return undefined
  const { parent, values } = condition
  if (typeof parent !== 'string') return `its condition must name a parameter, but got ${shown(parent)}`
  if (!Object.hasOwn(space, parent)) {
    const near = nearest(parent, Object.keys(space))
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
