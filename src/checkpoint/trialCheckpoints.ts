import { orThrow } from '../errors/index.ts'
import { type Checkpoints, openCheckpoints } from './checkpoints.ts'
import type { Run } from './description.ts'

/** What a trial that was begun before goes on from, in its folder; rejects where that cannot be used. */
export const trialCheckpoints = async <Y>(
  trial: { readonly folder: string },
  run: Run<Y>,
): Promise<Pick<Checkpoints, 'from' | 'see'>> =>
  orThrow(await openCheckpoints(trial.folder, run, { resume: true, keep: 1, sumData: false })())
