import { foldIn, type Key, uniform } from '../tensor/index.ts'
import { valueAt } from './spaceAxis.ts'
import { cardinality } from './spaceDomain.ts'
import { childrenOf, conditionOf, domainAt, isActive, orderOf, type Space } from './spaceParameters.ts'
import type { Params, ParamValue } from './trial.ts'

/** One number in [0, 1), a pure function of (key, name): no parameter's draw depends on which others there are. */
export const unitDraw = (key: Key, name: string): number =>
  uniform(foldIn(key, name), [1], 0, 1, 'float64').data[0] as number

/** The parameters whose conditions hold, each given the ones above it. */
export const paramsBy = (space: Space, draw: (name: string) => ParamValue): Params => {
  const params: Record<string, ParamValue> = {}
  for (const name of orderOf(space)) if (isActive(space, params, name)) params[name] = draw(name)
  return params
}

/**
 * Independent draws of the parameters whose conditions hold, a pure function of (space, key)
 *
 * @example sampleSpace({ layers: { kind: 'int', low: 2, high: 2, step: 1, log: false } }, [0, 0])   // { layers: 2 }
 */
export const sampleSpace = (space: Space, key: Key): Params =>
  paramsBy(space, (name) => valueAt(domainAt(space, name), unitDraw(key, name)))

/**
 * The same text for the same parameters, whatever their order.
 *
 * @example keyOf({ reg: 0.1, layers: 2 })   // '{"layers":2,"reg":0.1}'
 */
export const keyOf = (params: Params): string => JSON.stringify(params, Object.keys(params).sort())

/**
 * How many different parameters there are: conditional ones count where they are there. Infinity where there is no end.
 *
 * @example spaceSize({ layers: { kind: 'int', low: 1, high: 4, step: 1, log: false } })   // 4
 */
export const spaceSize = (space: Space): number => {
  const product = (names: readonly string[]): number => names.reduce((size, name) => size * below(name), 1)
  const below = (name: string): number => {
    const children = childrenOf(space, name)
    const looked = new Set(children.flatMap((child) => conditionOf(space, child)?.values ?? []))
    const others = cardinality(domainAt(space, name)) - looked.size
    return [...looked].reduce<number>(
      (sum, value) => sum + product(children.filter((child) => isActive(space, { [name]: value }, child))),
      others,
    )
  }
  return product(childrenOf(space, undefined))
}

export { type Axis, axisOf, boundsOf, contains, type Numeric, shareBelow, valueAt } from './spaceAxis.ts'
export { checkSpace } from './spaceCheck.ts'
export {
  type Choice,
  cardinality,
  choice,
  type Domain,
  domainOf,
  type Int,
  int,
  type LogUniform,
  logUniform,
  type Normal,
  normal,
  type Uniform,
  uniform,
  type When,
  when,
} from './spaceDomain.ts'
export {
  conditionOf,
  domainAt,
  isActive,
  orderOf,
  type ParamsOf,
  type Space,
  spaces,
} from './spaceParameters.ts'
