import { domainAt, type Space } from '../space/index.ts'
import type { Params } from '../trial.ts'
import { distributionOf, internalOf } from './distribution.ts'
import { type CreateTrial, type Own, WAITING } from './operation.ts'

/** The line that creates a trial, which waits. All parameters are on it: the dashboard shows choices as indices otherwise. */
export const createLine = (
  space: Space,
  study_id: number,
  params: Params,
  cachegrad: Own,
): CreateTrial & { readonly cachegrad: Own } => {
  const names = Object.keys(params)
  const each = <T>(make: (name: string) => T): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, make(name)]))
  return {
    op_code: 4,
    study_id,
    datetime_start: null,
    state: WAITING,
    params: each((name) => internalOf(domainAt(space, name), params[name] ?? null)),
    distributions: each((name) => distributionOf(domainAt(space, name))),
    cachegrad,
  }
}
