import * as E from 'fp-ts/lib/Either.js'
import type { OptionError } from '../../tensor/index.ts'
import type { Sampler } from '../sampler.ts'
import { sampleSpace, spaceSize } from '../space/index.ts'

/**
 * Each trial drawn by itself from the domains' own distributions
 *
 * @returns right, like all samplers
 * @example pipe(random(), E.map(({ description }) => description))   // right('random({})')
 * @see     Bergstra & Bengio, "Random search for hyper-parameter optimization", 2012
 */
export const random = (): E.Either<OptionError, Sampler> =>
  E.right({
    description: 'random({})',
    sees: () => 0,
    size: spaceSize,
    suggest: ({ space }, key) => sampleSpace(space, key),
  })
