import { type Model, type SolverOptions, solve } from '../../src/index.ts'
import { bySteps, type Point, smooth } from '../../src/report/page/drawing.ts'
import { orFail } from './cli.ts'
import type { Examples } from './study.ts'

/** Steps over which a loss is smoothed. */
export const SPAN = 40

/** The loss by step of a run as the book's comparisons have it: batches of 128 with replacement. */
export const smoothedLoss = (model: Model, { x, y }: Examples, options: SolverOptions): readonly Point[] => {
  const run = solve(model, { xTrain: x, yTrain: y }, { batchSize: 128, replacement: true, ...options })
  return smooth(bySteps(orFail(run).lossHistory), SPAN)
}

/** NaN where a run did not come so far. */
export const lossAt = (loss: readonly Point[], step: number): number => loss[step - 1]?.[1] ?? Number.NaN

/** The steps that a table shows. */
export const stepsAt = (shares: readonly number[], iterations: number): readonly number[] =>
  shares.map((share) => Math.ceil(share * iterations))
