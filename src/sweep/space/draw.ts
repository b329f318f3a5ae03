import { checkArgument, functionOf } from '../../errors/index.ts'
import { foldIn, type Key, uniform } from '../../random/index.ts'
import type { Params, ParamValue } from '../trial.ts'
import { valueAt } from './axis.ts'
import { domainAt, isActive, orderOf, type Space } from './parameters.ts'

const aFunction = functionOf()

/**
 * u ~ U[0, 1), a pure function of (key, name): no parameter's draw depends on which others there are
 *
 * @param key   what `suggest` is given, or one folded from it for a second draw of the same parameter
 * @param name  of the parameter
 * @example     unitDraw(key(0), 'reg') === unitDraw(key(0), 'reg')   // true
 */
export const unitDraw = (key: Key, name: string): number =>
  uniform(foldIn(key, name), [1], 0, 1, 'float64').data[0] as number

/**
 * The parameters whose conditions hold, each asked for after the one that its condition looks at
 *
 * @param draw  name ↦ value; it is called once for each parameter that is there
 * @example     paramsBy({ rule: choice(['sgd', 'adam']), beta: when('rule', ['adam'], uniform(0, 1)) }, () => 'sgd')   // { rule: 'sgd' }
 */
export const paramsBy = (space: Space, draw: (name: string) => ParamValue): Params => {
  checkArgument('paramsBy', 'draw', draw, aFunction)
  const params: Record<string, ParamValue> = {}
  for (const name of orderOf(space)) if (isActive(space, params, name)) params[name] = draw(name)
  return params
}

/**
 * Independent draws of the parameters whose conditions hold, from their domains' own distributions: a pure function of (space, key)
 *
 * @param key  what `suggest` is given
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
