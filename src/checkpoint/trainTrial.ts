import { ArgumentError, isRecord, orThrow, shown } from '../errors/index.ts'
import type { Model } from '../models/index.ts'
import { type Data, type SolverOptions, train } from '../solver/index.ts'
import { trialCheckpoints } from './trialCheckpoints.ts'

/** What is needed of a running trial of a sweep. */
export interface TrialLike {
  /** Where its checkpoints may lie. */
  readonly folder: string
  /** Feeds pruner and table; throws what ends a trial that is pruned. */
  readonly report: (step: number, value: number) => void
  /** Keeps something else in the table. */
  readonly note: (name: string, value: number) => void
}

const faultOf = (trial: unknown): string | undefined => {
  const { folder, report, note } = (isRecord(trial) ? trial : {}) as Partial<TrialLike>
  if (typeof folder === 'string' && typeof report === 'function' && typeof note === 'function') return undefined
  return `trial must be what a sweep's objective gets, with folder, report and note, but got ${shown(trial)}`
}

/**
 * Trains the net of one trial of a sweep: reports its validation score after each epoch, and goes on from its checkpoint where it was
 * begun before
 *
 * @param trial    what a sweep's objective gets
 * @param model    of this trial's parameters
 * @param data     with xVal and yVal; not summed, since all trials of a study have the same
 * @param options  of the solver; `seed: trial.seed` for what the table promises
 * @returns        the best validation score; NaN when the run diverged
 * @throws         (the promise rejects) the error of a wrong option or a folder that cannot be used, which fails the trial; what `report` throws
 * @example        const model = orThrow(twoLayerNet({ inputDim: 1, numClasses: 2 }))
 *                 const objective = (trial: TrialLike & { seed: number }, data: never) => trainTrial(trial, model, data, { seed: trial.seed })
 *                 objective.length   // 2
 */
export const trainTrial = async <Y>(
  trial: TrialLike,
  model: Model<Y>,
  data: Data<NoInfer<Y>>,
  options: SolverOptions = {},
): Promise<number> => {
  const fault = faultOf(trial)
  if (fault !== undefined) throw new ArgumentError(`trainTrial: ${fault}`)
  const run = { model, data, options }
  const checkpoints = await trialCheckpoints(trial, run)
  const { better } = model.task.score
  for (const event of orThrow(train(model, data, options, checkpoints.from))) {
    if (event._tag === 'Epoch') {
      if (event.epoch > 0) trial.report(event.epoch, event.valScore ?? Number.NaN)
      await checkpoints.see(event)
    }
    if (event._tag !== 'Done') continue
    const { status, valScoreHistory, lastWeights } = event.result
    const numbers = Object.values(lastWeights.params).reduce((sum, { data: { length } }) => sum + length, 0)
    trial.note('weights', numbers)
    if (status === 'diverged') return Number.NaN
    return better === 'higher' ? Math.max(...valScoreHistory) : Math.min(...valScoreHistory)
  }
  throw new Error('trainTrial: the run ended without a result, which is a bug of cachegrad; please report it')
}
