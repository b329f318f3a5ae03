import { checkArgument } from '../../errors/index.ts'
import { aSpace } from '../requirements.ts'
import type { ParamValue } from '../trial.ts'
import { cardinality } from './domain.ts'
import { childrenOf, conditionOf, domainAt, isActive, type Space } from './parameters.ts'

/** The parameters that a value of their parent brings with it. */
export const broughtBy = (space: Space, parent: string, value: ParamValue): readonly string[] =>
  childrenOf(space, parent).filter((child) => isActive(space, { [parent]: value }, child))

/** How many different values some parameters have together, with all that their values bring with them. */
export const sizeOf = (space: Space, names: readonly string[]): number =>
  names.reduce((product, name) => product * sizeBelow(space, name), 1)

const sizeBelow = (space: Space, name: string): number => {
  const looked = new Set(childrenOf(space, name).flatMap((child) => conditionOf(space, child)?.values ?? []))
  return [...looked].reduce<number>(
    (sum, value) => sum + sizeOf(space, broughtBy(space, name, value)),
    cardinality(domainAt(space, name)) - looked.size,
  )
}

/**
 * How many different parameters there are: conditional ones count where they are there. Infinity where there is no end.
 *
 * @example spaceSize({ layers: { kind: 'int', low: 1, high: 4, step: 1, log: false } })   // 4
 */
export const spaceSize = (space: Space): number => {
  checkArgument('spaceSize', 'space', space, aSpace)
  return sizeOf(space, childrenOf(space, undefined))
}
