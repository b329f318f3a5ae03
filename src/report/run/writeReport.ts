import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { ReportError } from '../errors.ts'
import { writePage } from '../page/writePage.ts'
import type { RunRecord } from './record.ts'
import { pageOfRuns } from './reportPage.ts'

const writer = { name: 'writeReport', example: 'run.html', remedy: "the record that a recorder's finish returns" }

/**
 * `reportPage` in a file, which appears whole or not at all
 *
 * @param path    of the page; its folder is made if need be, and a page that is there is replaced
 * @param record  from a `recorder`, or a list of such: their curves on top of each other, and a table
 * @returns       left(ReportError), with a message of one line, when it cannot be drawn or written, or the path is no text
 * @example       const data = { xTrain: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), yTrain: [0, 1, 1, 0] }
 *                const model = orThrow(twoLayerNet({ inputDim: 2, numClasses: 2 }))
 *                const run = recorder({ model, data })
 *                for (const event of orThrow(train(model, data, { numEpochs: 3 }))) run.see(event)
 *                writeReport('run.html', run.finish())()   // Promise of right(undefined)
 *                writeReport('runs.html', [run.finish({ title: 'one' }), run.finish({ title: 'the other' })])()   // Promise of right(undefined)
 */
export const writeReport = (path: string, record: RunRecord | readonly RunRecord[]): TE.TaskEither<ReportError, void> =>
  writePage(writer, path, () => pageOfRuns(writer.name, record))
