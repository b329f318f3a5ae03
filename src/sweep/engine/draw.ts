import { foldIn, type Key, key } from '../../random/index.ts'
import { keyOf, sampleSpace } from '../space/index.ts'
import type { Study } from '../sweep.ts'
import type { Params, Trial } from '../trial.ts'

const keyOfTrial = (seed: number, number: number): Key => foldIn(foldIn(key(seed), 'trial'), number)

/** The seed of one run of a trial: an integer from 0 to 2³² − 1. */
export const seedOf = (seed: number, number: number, repeat: number): number =>
  foldIn(foldIn(keyOfTrial(seed, number), 'run'), repeat)[0]

// So many draws find the last free one of a small space with a probability of 1 − e⁻²⁰.
const DRAWS_PER_POINT = 20
const FEWEST_DRAWS = 1000

// A sampler that insists on what was drawn before, as a sequence or one that is sure of the best must, gives way to random draws.
const OWN_DRAWS = 20

/**
 * The parameters of trial `number`; undefined when the sampler has no new ones.
 *
 * @param seen   what the sampler may look at
 * @param taken  `keyOf` of the parameters of all trials before
 */
export const drawParams = (
  { space, direction, sampler, seed }: Study,
  number: number,
  seen: readonly Trial[],
  taken: ReadonlySet<string>,
): Params | undefined => {
  const size = sampler.size(space)
  if (number >= size) return undefined
  const view = { space, direction, number, studyKey: key(seed), seen }
  const draws = Number.isFinite(size) ? Math.max(FEWEST_DRAWS, DRAWS_PER_POINT * size) : FEWEST_DRAWS
  const drawKey = foldIn(keyOfTrial(seed, number), 'draw')
  for (let draw = 0; draw < draws; draw++) {
    const own = foldIn(drawKey, draw)
    const params = draw < OWN_DRAWS ? sampler.suggest(view, own) : sampleSpace(space, own)
    if (!taken.has(keyOf(params))) return params
  }
  return undefined
}
