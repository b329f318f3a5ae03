import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Given, type OptionError, positiveInteger, resolveOptions, withDefault } from '../../errors/index.ts'
import { checkSamplerView } from '../requirements.ts'
import type { Sampler } from '../sampler.ts'
import {
  broughtBy,
  cardinality,
  childrenOf,
  choice,
  type Domain,
  domainAt,
  domainOf,
  type Space,
  sizeOf,
  spaceSize,
  valueAt,
} from '../space/index.ts'
import type { Params, ParamValue } from '../trial.ts'

const gridOptions = {
  /** Values of each domain without an end, e.g. of a `uniform`; integers and choices take all of theirs. Default 5. */
  levels: withDefault(5, positiveInteger),
}

/** The options of `grid`. @interface */
export type GridOptions = Given<typeof gridOptions>

/** From low to high with both; a normal domain has no ends, so the middles of equal shares. */
const levelsOf = (domain: Domain, count: number): readonly ParamValue[] => {
  const middles = domain.kind === 'normal' || count === 1
  return Array.from({ length: count }, (_, i) => valueAt(domain, middles ? (i + 0.5) / count : i / (count - 1)))
}

/** The same parameters, with lists of values instead of domains without an end. */
const listed = (space: Space, levels: number): Space =>
  Object.fromEntries(
    Object.entries(space).map(([name, entry]) => {
      const domain = domainOf(entry)
      if (Number.isFinite(cardinality(domain))) return [name, entry]
      const list = choice(levelsOf(domain, levels))
      return [name, entry.kind === 'when' ? { ...entry, domain: list } : list]
    }),
  )

/** Value number i of a domain with an end. */
const valueNumber = (domain: Domain, i: number): ParamValue => {
  if (domain.kind === 'choice') return domain.choices[i] as ParamValue
  return domain.kind === 'int' ? domain.low + i * domain.step : valueAt(domain, 0.5)
}

/** Parameters number n of some names of a listed space, in mixed radix: the last name is the last digit. */
const nth = (space: Space, [name, ...others]: readonly string[], n: number): Params => {
  if (name === undefined) return {}
  const size = sizeOf(space, others)
  const rest = nth(space, others, n % size)
  const domain = domainAt(space, name)
  const digit = Math.floor(n / size)
  if (childrenOf(space, name).length === 0) return { [name]: valueNumber(domain, digit), ...rest }
  for (let i = 0, left = digit; ; i++) {
    const value = valueNumber(domain, i)
    const brought = broughtBy(space, name, value)
    const branch = sizeOf(space, brought)
    if (left < branch) return { [name]: value, ...nth(space, brought, left), ...rest }
    left -= branch
  }
}

/**
 * Every combination once: the last parameter changes first
 *
 * A conditional parameter takes part where its condition holds. Trials beyond the size start over.
 *
 * @returns  left(OptionError) for a wrong option
 * @example  pipe(grid({ levels: 3 }), E.map((g) => g.size({ reg: { kind: 'logUniform', low: 1e-4, high: 1 } })))   // right(3)
 */
export const grid = (options: GridOptions = {}): E.Either<OptionError, Sampler> =>
  pipe(
    resolveOptions('grid', options, gridOptions),
    E.map(({ levels }) => ({
      description: `grid(${JSON.stringify({ levels })})`,
      sees: () => 0,
      size: (space) => spaceSize(listed(space, levels)),
      suggest: (view) => {
        checkSamplerView('grid', view)
        const { space, number } = view
        const lists = listed(space, levels)
        return nth(lists, childrenOf(lists, undefined), number % spaceSize(lists))
      },
    })),
  )
