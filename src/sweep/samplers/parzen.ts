import { ArgumentError, shown } from '../../errors/index.ts'
import { type Domain, domainAt, paramsBy, type Space } from '../space/index.ts'
import type { Params, ParamValue } from '../trial.ts'
import { type Kernels, kernelsOf } from './kernels.ts'
import { pick } from './pick.ts'

/** A density over a space's parameters. */
export interface Parzen {
  /** Of the parameters that are there. */
  density(params: Params): number
  /** Parameters of this density from numbers of [0, 1): one for each, and one more. */
  draw(u: number, unit: (name: string) => number): Params
}

/** So many of the latest observations count fully; older ones less and less. */
const FULL_WEIGHTS = 25

/** wᵢ = 1 for the last 25; before them a line that begins at 1/n */
const recency = (count: number): readonly number[] => {
  const old = count - FULL_WEIGHTS
  const rise = (1 - 1 / count) / Math.max(1, old - 1)
  return Array.from({ length: count }, (_, i) => (i >= old ? 1 : 1 / count + i * rise))
}

const observed = (name: string, domain: Domain, value: ParamValue | undefined): ParamValue | undefined => {
  if (value === undefined || domain.kind === 'choice' || Number.isFinite(value)) return value
  throw new ArgumentError(
    `tpe: ${name} of a trial must be a finite number, as its domain says, but got ${shown(value)}; give trials of the same study`,
  )
}

/**
 * p(x) = Σᵢ wᵢ·Πⱼ kᵢⱼ(xⱼ)/Σᵢ wᵢ: a kernel for each observation and one for the prior, j over the parameters that x has
 *
 * All parameters together, so it knows which values go with which. An observation without a parameter says nothing of it: there its
 * kernel is the prior's.
 *
 * @param seen  what was observed, the oldest first
 * @example     parzen({ rule: { kind: 'choice', choices: ['sgd', 'adam'] } }, [{ rule: 'adam' }]).density({ rule: 'adam' })   // 0.625
 * @see         Bergstra et al., "Algorithms for hyper-parameter optimization", 2011, §4.1; Falkner, Klein & Hutter, "BOHB", 2018, and
 *              Optuna's `multivariate` for one density of all; the weights are hyperopt's (Bergstra, Yamins & Cox, 2013)
 */
export const parzen = (space: Space, seen: readonly Params[]): Parzen => {
  const names = Object.keys(space)
  const kernels = new Map(
    names.map((name) => {
      const domain = domainAt(space, name)
      const values = seen.map((params) => observed(name, domain, params[name]))
      return [name, kernelsOf(domain, values, names.length)] as const
    }),
  )
  const of = (name: string): Kernels => kernels.get(name) as Kernels
  const weights = [...recency(seen.length), 1]
  const weighed = Float64Array.from(weights)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    density: (params) => {
      const terms = weighed.slice()
      for (const [name, value] of Object.entries(params)) of(name).weigh(terms, value)
      return terms.reduce((sum, term) => sum + term, 0) / total
    },
    draw: (u, unit) => {
      const i = pick(weights, u)
      return paramsBy(space, (name) => of(name).draw(i, unit(name)))
    },
  }
}
