import * as E from 'fp-ts/lib/Either.js'
import { checkOptions, isFunction, positive, positiveInteger, type Requirement } from '../tensor/index.ts'
import type { Crew } from './engine/crew.ts'
import { SweepError } from './errors.ts'
import type { Study } from './sweep.ts'
import { threads } from './threads/crew.ts'
import { tsxFor } from './threads/program.ts'

export interface ThreadCrewOptions {
  /** URL of the module whose default export is the study, which the threads import. */
  readonly module: string
  readonly workers: number
  /** Loads what the trials read. */
  readonly data: () => unknown
  /** Seconds without a sign of life after which a thread is ended; 600 unless given. */
  readonly silence?: number | undefined
}

export const aModule: Requirement = {
  expected: 'the URL of a module, e.g. import.meta.url',
  holds: (value) => typeof value === 'string' && URL.canParse(value),
}

const requirements: { readonly [K in keyof ThreadCrewOptions]-?: Requirement } = {
  module: aModule,
  workers: positiveInteger,
  data: isFunction,
  silence: positive,
}

/** Why there can be no crew; undefined where there can. */
const faultOf = (options: ThreadCrewOptions): string | undefined => {
  const known = checkOptions('threadCrew', options, requirements)
  if (E.isLeft(known)) return known.left.message
  const absent = (['module', 'workers', 'data'] as const).find((name) => options[name] === undefined)
  return absent && `threadCrew: ${absent} is missing; give ${requirements[absent].expected}`
}

/**
 * Worker threads of this process, ready to run trials
 *
 * @param study    as the module exports it
 * @param options  see `ThreadCrewOptions`
 * @returns        the crew; `close` ends the threads
 * @throws         SweepError, by rejecting: a wrong option, or threads that cannot start
 * @example        const study = orThrow(sweep({ space: { x: uniform(0, 1) }, objective: () => 1, direction: 'minimize', sampler: random(), trials: 9 }))
 *                 const crew = () => threadCrew(study, { module: 'file:///study.js', workers: 2, data: () => undefined })
 *                 crew.length   // 0
 */
export const threadCrew = async (study: Study, options: ThreadCrewOptions): Promise<Crew> => {
  const fault = faultOf(options)
  if (fault !== undefined) throw new SweepError(fault)
  const { module, workers, data, silence = 600 } = options
  const tsx = tsxFor(module)
  if (E.isLeft(tsx)) throw tsx.left
  return threads({ study, module, tsx: tsx.right, data: await data(), workers, silence: 1000 * silence })
}
