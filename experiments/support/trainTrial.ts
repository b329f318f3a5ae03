import { openCheckpoints } from '../../src/checkpoint/index.ts'
import {
  classIndices,
  type Data,
  type FullyConnectedNet,
  orThrow,
  type SolverOptions,
  sliceRows,
  train,
} from '../../src/index.ts'
import type { RunningTrial } from '../../src/sweep/index.ts'

/** All trials of a study have the same data, so a checkpoint need not say of which it is. */
const sample = ({ xTrain, yTrain }: Data): Data => ({
  xTrain: sliceRows(xTrain, 0, 1),
  yTrain: classIndices(yTrain).subarray(0, 1),
})

/**
 * Trains the net of one trial, reports its validation accuracy after each epoch, and goes on from its checkpoint where it was begun
 * before.
 *
 * @returns  the best validation accuracy; NaN when the run diverged
 */
export const trainTrial = async (
  trial: RunningTrial<unknown>,
  model: FullyConnectedNet,
  data: Data,
  options: SolverOptions,
): Promise<number> => {
  const run = { model, data: sample(data), options }
  const checkpoints = orThrow(await openCheckpoints(trial.folder, run, { resume: true, keep: 1 })())
  for (const event of orThrow(train(model, data, options, checkpoints.from))) {
    if (event._tag === 'Epoch' && event.epoch > 0) trial.report(event.epoch, event.valAcc ?? Number.NaN)
    if (event._tag === 'Epoch') await checkpoints.see(event)
    if (event._tag !== 'Done') continue
    const { status, valAccHistory, lastWeights } = event.result
    trial.note(
      'weights',
      Object.values(lastWeights.params).reduce((sum, { data }) => sum + data.length, 0),
    )
    return status === 'diverged' ? Number.NaN : Math.max(...valAccHistory)
  }
  throw new Error('the run ended without a result')
}
