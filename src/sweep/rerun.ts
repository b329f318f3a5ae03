import * as TE from 'fp-ts/lib/TaskEither.js'
import { isRecord, naturalNumber, shown } from '../errors/index.ts'
import { messageOf } from '../files/index.ts'
import { join, randomUUID, tmpdir } from '../system/index.ts'
import { type JobResult, type Outcome, runTrial } from './engine/attempt.ts'
import { removeLog } from './engine/history.ts'
import { SweepError } from './errors.ts'
import { studyFault } from './studyFault.ts'
import type { Study } from './sweep.ts'
import type { Reported, Trial } from './trial.ts'

const outcomeOf = (jobResult: JobResult): Outcome => {
  if (jobResult._tag === 'Ended') return jobResult.outcome
  throw new Error('reason' in jobResult ? jobResult.reason : 'it was interrupted')
}

const faultOf = (study: Study, trial: unknown, see: unknown): string | undefined => {
  const isTrial = isRecord(trial) && naturalNumber.holds(trial.number) && isRecord(trial.params)
  if (!isTrial) return `trial must have a number and params, e.g. the best one of a sweep, but got ${shown(trial)}`
  if (typeof see !== 'function') return `see must be a function, but got ${shown(see)}`
  return studyFault(study)
}

/**
 * Runs a trial of a study again, to its end: with its parameters and seeds, in the calling thread, without a pruner and recorded nowhere
 *
 * @param trial  e.g. the best one of a `SweepResult`
 * @param see    gets each report
 * @returns      the result, the same as the trial's if the objective is a pure function of parameters, seed and data; left(SweepError)
 *               where the data cannot be loaded
 * @example      const space = { x: uniform(-1, 1) }
 *               const study = orThrow(sweep({ space, objective: ({ params }) => params.x, direction: 'minimize', sampler: random(), trials: 9 }))
 *               rerun(study, { number: 3, params: { x: 0.5 } })()   // Promise of right({ state: 'complete', value: 0.5, … })
 */
export const rerun = (
  study: Study,
  trial: Pick<Trial, 'number' | 'params'>,
  see: (reported: Reported) => void = () => {},
): TE.TaskEither<SweepError, Outcome> => {
  const fault = faultOf(study, trial, see)
  if (fault !== undefined) return TE.left(new SweepError(`rerun: ${fault}`))
  const { number, params } = trial
  return TE.tryCatch(
    async () => {
      const folder = join(tmpdir(), `cachegrad-rerun-${randomUUID()}`)
      const listener = {
        reported: (step: number, value: number) => see({ step, value }),
        noted: () => {},
        alive: () => {},
      }
      const whole: Study = { ...study, pruner: { ...study.pruner, prune: () => undefined } }
      try {
        const job = { number, params, attempt: 1, folder }
        return outcomeOf(await runTrial({ study: whole, job, seen: [], data: await study.data(), listener }))
      } finally {
        removeLog(folder)
      }
    },
    (reason) => new SweepError(`rerun: trial ${number} cannot be run: ${messageOf(reason)}`, { cause: reason }),
  )
}
