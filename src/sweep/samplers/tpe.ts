import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type Given,
  naturalNumber,
  type OptionError,
  positiveInteger,
  resolveOptions,
  withDefault,
} from '../../errors/index.ts'
import { foldIn, type Key } from '../../random/index.ts'
import { seenBy } from '../generations.ts'
import { growingTable } from '../growing.ts'
import { properFraction } from '../properFraction.ts'
import { checkSamplerView } from '../requirements.ts'
import type { Sampler, SamplerView } from '../sampler.ts'
import { sampleSpace, spaceSize, unitDraw } from '../space/index.ts'
import { rank } from '../table.ts'
import type { Direction, Params, Trial } from '../trial.ts'
import { type Parzen, parzen } from './parzen.ts'

const tpeOptions = {
  /** Trials drawn at random before it learns. Default 10. */
  startup: withDefault(10, naturalNumber),
  /** The share of the trials that counts as good, in (0, 1); at most 25 of them do. Default 0.15. */
  gamma: withDefault(0.15, properFraction),
  /**
   * How many draws of the good ones' density compete. Default 8: where trials come one by one 24 are usual, but of so many all trials of a
   * generation take nearly the same best one.
   */
  candidates: withDefault(8, positiveInteger),
  /** Trials that are drawn from the same results, so they can run side by side. Default 8. */
  generation: withDefault(8, positiveInteger),
}

/** The options of `tpe`. @interface */
export type TpeOptions = Given<typeof tpeOptions>

const MOST_GOOD = 25

// A density needs no more, and so a draw takes no longer than 1.5 ms, however many trials there are.
const MOST_OTHERS = 1000

interface Split {
  readonly good: readonly Trial[]
  readonly others: readonly Trial[]
}

/** The best trials that can be good, at most as many as ever are: complete ones before pruned ones; never what diverged or failed. */
const bestFor = (direction: Direction): ((seen: readonly Trial[]) => { readonly ranked: readonly Trial[] }) =>
  growingTable<{ ranked: readonly Trial[] }>(
    () => ({ ranked: [] }),
    (state, trial) => {
      if (trial.state !== 'complete' && trial.state !== 'pruned') return
      state.ranked = rank([...state.ranked, trial], direction).slice(0, MOST_GOOD)
    },
  )

/** At most so many, evenly over their order, the last one among them. */
const thinned = <A>(all: readonly A[], most: number): readonly A[] =>
  all.length <= most
    ? all
    : Array.from({ length: most }, (_, i) => all[Math.floor(((i + 1) * all.length) / most) - 1] as A)

/** The best ⌈γ·n⌉, and of the rest what the density is made of; both in order of number. */
const splitting = (gamma: number): ((view: SamplerView) => Split) => {
  const bestOf = { minimize: bestFor('minimize'), maximize: bestFor('maximize') }
  return ({ seen, direction }) => {
    const good = new Set(bestOf[direction](seen).ranked.slice(0, Math.ceil(gamma * seen.length)))
    const others = seen.filter((trial) => !good.has(trial))
    return { good: [...good].sort((a, b) => a.number - b.number), others: thinned(others, MOST_OTHERS) }
  }
}

/** l and g, the densities of the good trials' parameters and of the others'. */
interface Model {
  readonly l: Parzen
  readonly g: Parzen
}

const modelOf = ({ space }: SamplerView, { good, others }: Split): Model => {
  const densityOf = (trials: readonly Trial[]): Parzen =>
    parzen(
      space,
      trials.map(({ params }) => params),
    )
  return { l: densityOf(good), g: densityOf(others) }
}

/** A generation's trials have the same model: it is made once, and again when it is shown something else. */
const remembering = (gamma: number): ((view: SamplerView) => Model) => {
  const split = splitting(gamma)
  let last: { readonly view: SamplerView; readonly model: Model } | undefined
  return (view) => {
    const same = (['seen', 'space', 'direction'] as const).every((name) => last?.view[name] === view[name])
    if (last === undefined || !same) last = { view, model: modelOf(view, split(view)) }
    return last.model
  }
}

/** argmax over candidates x ~ l of l(x)/g(x) */
const bestCandidate = ({ l, g }: Model, candidates: number, key: Key): Params => {
  const drawn = Array.from({ length: candidates }, (_, i) => {
    const own = foldIn(key, i)
    const params = l.draw(unitDraw(own, 'observation'), (name) => unitDraw(foldIn(own, 'params'), name))
    return { params, score: l.density(params) / g.density(params) }
  })
  return drawn.reduce((best, other) => (other.score > best.score ? other : best)).params
}

/**
 * x = argmax l(x)/g(x) over draws of l: l is the density of the good trials' parameters, g of all others'
 *
 * All parameters together, so values are good that were good together. Pruned trials rank behind complete ones, the farther ones
 * first; diverged and failed ones are never good. Of more than 1,000 others g is made of 1,000, evenly over their numbers.
 *
 * @param options  see `TpeOptions`
 * @returns        left(OptionError) for a wrong option
 * @example        pipe(tpe({ startup: 10, generation: 8 }), E.map((sampler) => sampler.sees(27)))   // right(26)
 * @see            Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011, gamma as there;
 *                 one density of all parameters as in Optuna's TPESampler with `multivariate`, startup as there
 */
export const tpe = (options: TpeOptions = {}): E.Either<OptionError, Sampler> =>
  pipe(
    resolveOptions('tpe', options, tpeOptions),
    E.map((settings) => {
      const { startup, gamma, candidates, generation } = settings
      const modelFor = remembering(gamma)
      return {
        description: `tpe(${JSON.stringify(settings)})`,
        sees: (number) => seenBy(number, startup, generation),
        size: spaceSize,
        suggest: (view, key) => {
          checkSamplerView('tpe', view)
          if (view.number < startup) return sampleSpace(view.space, key)
          return bestCandidate(modelFor(view), candidates, key)
        },
      }
    }),
  )
