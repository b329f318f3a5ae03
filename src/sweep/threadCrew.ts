import * as E from 'fp-ts/lib/Either.js'
import type { Crew } from './engine/crew.ts'
import type { Study } from './sweep.ts'
import { threads } from './threads/crew.ts'
import { tsxFor } from './threads/program.ts'

export interface ThreadCrewOptions {
  /** URL of the module whose default export is the study. */
  readonly module: string
  readonly workers: number
  /** Loads what the trials read. */
  readonly data: () => unknown
  /** Seconds without a sign of life after which a thread is ended; 600 unless given. */
  readonly silence?: number | undefined
}

/**
 * Worker threads of this process, ready to run trials
 *
 * @throws    SweepError when they cannot start: the promise is rejected
 * @example   const study = orThrow(sweep({ space: { x: uniform(0, 1) }, objective: () => 1, direction: 'minimize', sampler: random(), trials: 9 }))
 *            const crew = () => threadCrew(study, { module: 'file:///study.js', workers: 2, data: () => undefined })
 *            crew.length   // 0
 */
export const threadCrew = async (
  study: Study,
  { module, workers, data, silence = 600 }: ThreadCrewOptions,
): Promise<Crew> => {
  const tsx = tsxFor(module)
  if (E.isLeft(tsx)) throw tsx.left
  return threads({ study, module, tsx: tsx.right, data: await data(), workers, silence: 1000 * silence })
}
