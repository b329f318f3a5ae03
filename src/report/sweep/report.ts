import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { ReportError } from '../errors.ts'
import { writePage } from '../page/writePage.ts'
import { pageOfSweep } from './page.ts'
import type { SweepRecord } from './record.ts'

const writer = {
  name: 'writeSweepReport',
  example: 'sweep.html',
  remedy: 'a SweepRecord with the space and the trials of a sweep',
}

/**
 * `sweepPage` in a file, which appears whole or not at all
 *
 * @param path    of the page; its folder is made if need be, and a page that is there is replaced
 * @param record  what is known of the sweep
 * @returns       left(ReportError), with a message of one line, when it cannot be drawn or written, or the path is no text
 * @example       const record = { title: 'A sweep', command: '', direction: 'maximize', space: {}, sampler: 'random()', pruner: 'none()' }
 *                writeSweepReport('sweep.html', { ...record, seed: 0, trials: [] })()   // Promise of right(undefined)
 */
export const writeSweepReport = (path: string, record: SweepRecord): TE.TaskEither<ReportError, void> =>
  writePage(writer, path, () => pageOfSweep(writer.name, record))
