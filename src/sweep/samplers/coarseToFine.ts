import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Given, type OptionError, positiveInteger, resolveOptions, withDefault } from '../../errors/index.ts'
import { foldIn } from '../../random/index.ts'
import { seenBy } from '../generations.ts'
import { properFraction } from '../properFraction.ts'
import { checkSamplerView } from '../requirements.ts'
import type { Sampler } from '../sampler.ts'
import { type Domain, domainAt, paramsBy, shareBelow, spaceSize, unitDraw, valueAt } from '../space/index.ts'
import { best } from '../table.ts'
import type { Params, ParamValue } from '../trial.ts'

const coarseToFineOptions = {
  /** Trials a stage, an integer ≥ 1. Default 20. */
  stage: withDefault(20, positiveInteger),
  /** How much narrower each stage is than the one before, in (0, 1). Default 0.5. */
  shrink: withDefault(0.5, properFraction),
}

/** The options of `coarseToFine`. @interface */
export type CoarseToFineOptions = Given<typeof coarseToFineOptions>

/** Since `**` may differ in the last bit between versions of the engine. */
const power = (base: number, n: number): number =>
  Array.from({ length: n }).reduce<number>((product) => product * base, 1)

/** A window of the given width around the best, moved to lie within [0, 1]; of choices the best one but for a share `width` of draws. */
const narrowed = (domain: Domain, best: ParamValue, width: number, u: number, v: number): ParamValue => {
  if (domain.kind === 'choice') return v < width ? valueAt(domain, u) : best
  const low = Math.min(1 - width, Math.max(0, shareBelow(domain, best) - width / 2))
  return valueAt(domain, low + u * width)
}

/**
 * Random search in stages: stage s draws from a share shrinkˢ of each domain, around the best of all stages before
 *
 * The share is one of probability, so a log domain narrows by orders of magnitude. A parameter that the best trial does not have is
 * drawn from its whole domain.
 *
 * @param options  see `CoarseToFineOptions`
 * @returns        left(OptionError) for a wrong option
 * @example        pipe(coarseToFine({ stage: 20 }), E.map((sampler) => sampler.sees(45)))   // right(40)
 * @see            https://cs231n.github.io/neural-networks-3/#hyper: "stage your search from coarse to fine"
 */
export const coarseToFine = (options: CoarseToFineOptions = {}): E.Either<OptionError, Sampler> =>
  pipe(
    resolveOptions('coarseToFine', options, coarseToFineOptions),
    E.map(({ stage, shrink }) => ({
      description: `coarseToFine(${JSON.stringify({ stage, shrink })})`,
      sees: (number) => seenBy(number, 0, stage),
      size: spaceSize,
      suggest: (view, key) => {
        checkSamplerView('coarseToFine', view)
        const { space, direction, number, seen } = view
        const width = power(shrink, Math.floor(number / stage))
        const centre: Params = best(seen, direction)?.params ?? {}
        return paramsBy(space, (name) => {
          const domain = domainAt(space, name)
          const u = unitDraw(key, name)
          const around = centre[name]
          return around === undefined
            ? valueAt(domain, u)
            : narrowed(domain, around, width, u, unitDraw(foldIn(key, 'stay'), name))
        })
      },
    })),
  )
