import { ArgumentError, checkArgument, isRecord, quoted, requirement, shown, text } from '../../errors/index.ts'
import { aSpace } from '../requirements.ts'
import type { Params } from '../trial.ts'
import { type Choice, type Domain, domainOf, type When } from './domain.ts'

/** Parameters by name. */
export type Space = Readonly<Record<string, Domain | When>>

type ValueOf<D> = D extends When<infer Inner> ? ValueOf<Inner> | undefined : D extends Choice<infer V> ? V : number

/** The parameters that a space draws; a conditional one may be absent. */
export type ParamsOf<S extends Space> = { readonly [N in keyof S]: ValueOf<S[N]> }

/** Where `spaces` leaves the names that two spaces have, for `checkSpace`; a symbol, so it is no parameter and in no journal. */
const byName = requirement<Params>('values by name', isRecord)

export const USED_TWICE = Symbol('names used twice')

/**
 * The parameters of both spaces.
 *
 * @returns  a space that `checkSpace` refuses when a name is in both
 * @example  Object.keys(spaces({ reg: logUniform(1e-6, 1) }, { keepProb: uniform(0.5, 1) }))   // ['reg', 'keepProb']
 */
export const spaces = <A extends Space, B extends Space>(a: A, b: B): A & B => {
  checkArgument('spaces', 'the first', a, aSpace)
  checkArgument('spaces', 'the second', b, aSpace)
  const twice = [...usedTwice(a), ...usedTwice(b), ...Object.keys(a).filter((name) => Object.hasOwn(b, name))]
  return twice.length === 0 ? { ...a, ...b } : { ...a, ...b, [USED_TWICE]: twice }
}

/** The names that were lost when spaces were joined. */
export const usedTwice = (space: Space & { readonly [USED_TWICE]?: readonly string[] }): readonly string[] =>
  space[USED_TWICE] ?? []

/** Which of the other parameter's values a parameter needs; undefined for one that is always there. */
export const conditionOf = (space: Space, name: string): When | undefined => {
  const entry = space[name]
  return entry?.kind === 'when' ? entry : undefined
}

/**
 * The domain of a parameter of this space, without its condition
 *
 * @param name  one of the space's
 * @throws      ArgumentError for what is no space, or a name that it does not have
 * @example     domainAt({ beta: when('rule', ['adam'], uniform(0, 1)) }, 'beta')   // { kind: 'uniform', low: 0, high: 1 }
 */
export const domainAt = (space: Space, name: string): Domain => {
  checkArgument('domainAt', 'space', space, aSpace)
  if (typeof name !== 'string' || !Object.hasOwn(space, name)) {
    throw new ArgumentError(
      `domainAt: name must be one of the parameters ${Object.keys(space).map(quoted).join(', ')}, but got ${shown(name)}`,
    )
  }
  return domainOf(space[name] as Domain | When)
}

/** The parameters whose condition looks at `parent`; those without a condition for undefined. */
export const childrenOf = (space: Space, parent: string | undefined): readonly string[] =>
  Object.keys(space).filter((name) => conditionOf(space, name)?.parent === parent)

/**
 * All names, each behind the one that its condition looks at, otherwise as written.
 *
 * @example orderOf({ momentum: when('rule', ['sgd'], uniform(0.5, 1)), rule: choice(['sgd', 'adam']) })   // ['rule', 'momentum']
 */
export const orderOf = (space: Space): readonly string[] => {
  checkArgument('orderOf', 'space', space, aSpace)
  const below = (name: string): readonly string[] => [name, ...childrenOf(space, name).flatMap(below)]
  return childrenOf(space, undefined).flatMap(below)
}

/**
 * Whether a parameter's condition holds.
 *
 * @param params  with the parents' values
 * @throws        ArgumentError for what is no space, no params, or a condition without a list of values
 * @example       isActive({ rule: choice(['sgd', 'adam']), beta: when('rule', ['adam'], uniform(0, 1)) }, { rule: 'sgd' }, 'beta')   // false
 */
export const isActive = (space: Space, params: Params, name: string): boolean => {
  checkArgument('isActive', 'space', space, aSpace)
  checkArgument('isActive', 'params', params, byName)
  checkArgument('isActive', 'name', name, text)
  const condition = conditionOf(space, name)
  if (condition !== undefined && !(typeof condition.parent === 'string' && Array.isArray(condition.values))) {
    throw new ArgumentError(
      `isActive: the condition of ${quoted(name)} needs a parent's name and a list of values, but has ${shown(condition.parent)} and ${shown(condition.values)}; when('rule', ['adam'], …) makes one`,
    )
  }
  // The params of a parent that is not there have no such name, so its children are not there either.
  return condition === undefined || condition.values.some((value) => value === params[condition.parent])
}
