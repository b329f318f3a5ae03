import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  checkOptions,
  foldIn,
  type Key,
  naturalNumber,
  type OptionError,
  positiveInteger,
  type Requirement,
  uniform,
} from '../../tensor/index.ts'
import { seenBy } from '../generations.ts'
import { properFraction } from '../properFraction.ts'
import type { Sampler, SamplerView } from '../sampler.ts'
import { domainAt, paramsBy, sampleSpace, spaceSize } from '../space.ts'
import { rank } from '../table.ts'
import type { ParamValue, Trial } from '../trial.ts'
import { type Parzen, parzen } from './parzen.ts'

export interface TpeOptions {
  /** Trials drawn at random before it learns. Default 10. */
  readonly startup?: number
  /** The share of the trials that counts as good, in (0, 1); at most 25 of them do. Default 0.1. */
  readonly gamma?: number
  /**
   * How many draws of the good ones' density compete. Default 4: where trials come one by one 24 are usual, but of so many all trials of a
   * generation take nearly the same best one (with bench/sweep-samplers.ts: 0.64 above Hartmann's minimum, with 4 of them 0.29).
   */
  readonly candidates?: number
  /** Trials that are drawn from the same results, so they can run side by side. Default 8. */
  readonly generation?: number
}

const MOST_GOOD = 25

const requirements: { readonly [K in keyof TpeOptions]-?: Requirement } = {
  startup: naturalNumber,
  gamma: properFraction,
  candidates: positiveInteger,
  generation: positiveInteger,
}

interface Split {
  readonly good: readonly Trial[]
  readonly others: readonly Trial[]
}

/** The best ⌈γ·n⌉ and the rest, both in order of number: complete ones before pruned ones; what diverged or failed is never good. */
const split = ({ seen, direction }: SamplerView, gamma: number): Split => {
  const count = Math.min(MOST_GOOD, Math.ceil(gamma * seen.length))
  const judged = rank(seen, direction).filter(({ state }) => state === 'complete' || state === 'pruned')
  const good = new Set(judged.slice(0, count))
  return { good: [...good].sort((a, b) => a.number - b.number), others: seen.filter((trial) => !good.has(trial)) }
}

/** l and g, the densities of the good trials' values of a parameter and of the others'. */
interface Densities {
  readonly l: Parzen
  readonly g: Parzen
}

type Model = (name: string) => Densities

/** A parameter's densities, made when they are first asked for. */
const modelOf = (view: SamplerView, gamma: number): Model => {
  const { good, others } = split(view, gamma)
  const made = new Map<string, Densities>()
  const densityOf = (name: string, trials: readonly Trial[]): Parzen =>
    parzen(
      domainAt(view.space, name),
      trials.flatMap(({ params }) => (params[name] === undefined ? [] : [params[name]])),
    )
  return (name) => {
    const densities = made.get(name) ?? { l: densityOf(name, good), g: densityOf(name, others) }
    made.set(name, densities)
    return densities
  }
}

/** A generation's trials have the same model: it is made once, and again when it is shown something else. */
const remembering = (gamma: number): ((view: SamplerView) => Model) => {
  let last: { readonly view: SamplerView; readonly model: Model } | undefined
  return (view) => {
    const same = (['seen', 'space', 'direction'] as const).every((name) => last?.view[name] === view[name])
    if (last === undefined || !same) last = { view, model: modelOf(view, gamma) }
    return last.model
  }
}

/** argmax over candidates x ~ l of l(x)/g(x) */
const bestCandidate = ({ l, g }: Densities, candidates: number, key: Key): ParamValue => {
  const draws = uniform(key, [candidates, 2], 0, 1, 'float64').data
  const values = Array.from({ length: candidates }, (_, i) =>
    l.draw(draws[2 * i] as number, draws[2 * i + 1] as number),
  )
  const scores = values.map((value) => l.density(value) / g.density(value))
  return values[scores.indexOf(Math.max(...scores))] as ParamValue
}

/**
 * x = argmax l(x)/g(x) over draws of l: l is the density of the good trials' parameters, g of all others'
 *
 * Each parameter by itself, among the trials that have it. Pruned trials rank behind complete ones, the farther ones first; diverged and
 * failed ones are never good.
 *
 * @param options  see `TpeOptions`
 * @returns        left(OptionError) for a wrong option
 * @example        pipe(tpe({ startup: 10, generation: 8 }), E.map((sampler) => sampler.sees(27)))   // right(26)
 * @see            Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011; startup and gamma as in Optuna's TPESampler
 */
export const tpe = (options: TpeOptions = {}): E.Either<OptionError, Sampler> =>
  pipe(
    checkOptions('tpe', options, requirements),
    E.map(({ startup = 10, gamma = 0.1, candidates = 4, generation = 8 }) => {
      const modelFor = remembering(gamma)
      return {
        description: `tpe(${JSON.stringify({ startup, gamma, candidates, generation })})`,
        sees: (number) => seenBy(number, startup, generation),
        size: spaceSize,
        suggest: (view, key) => {
          if (view.number < startup) return sampleSpace(view.space, key)
          const model = modelFor(view)
          return paramsBy(view.space, (name) => bestCandidate(model(name), candidates, foldIn(key, name)))
        },
      }
    }),
  )
