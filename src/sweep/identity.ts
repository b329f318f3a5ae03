import { ArgumentError } from '../errors/index.ts'
import { messageOf } from '../files/index.ts'
import { studyFault } from './studyFault.ts'
import type { Study } from './sweep.ts'

/**
 * What must be the same for a worker to run trials of this study, as JSON
 *
 * @param study  from `sweep`
 * @returns      space, direction, seed, repeats, and what sampler and pruner say of themselves
 * @throws       ArgumentError for what is no study
 * @example      const study = orThrow(sweep({ space: { x: uniform(0, 1) }, objective: () => 1, direction: 'minimize', sampler: random(), trials: 9 }))
 *               JSON.parse(identityOf(study)).sampler   // 'random({})'
 */
export const identityOf = (study: Study): string => {
  const fault = studyFault(study)
  if (fault !== undefined) throw new ArgumentError(`identityOf: ${fault}`)
  const { space, direction, sampler, pruner, seed, repeats } = study
  try {
    return JSON.stringify({ space, direction, sampler: sampler.description, pruner: pruner.description, seed, repeats })
  } catch (reason) {
    throw new ArgumentError(`identityOf: the study cannot be written down as JSON (${messageOf(reason)})`, {
      cause: reason,
    })
  }
}
