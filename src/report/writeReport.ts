import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { messageOf, replaceFile } from '../files/index.ts'
import { cannotWrite, ReportError, shown } from './errors.ts'
import type { RunRecord } from './record.ts'
import { reportPage } from './reportPage.ts'

const checkedPath = (path: string): E.Either<ReportError, string> =>
  typeof path === 'string' && path !== ''
    ? E.right(path)
    : E.left(new ReportError(`writeReport: path is the name of a file, e.g. run.html, but got ${shown(path)}`))

const drawn = (record: RunRecord): E.Either<ReportError, string> =>
  E.tryCatch(
    () => reportPage(record),
    (reason) =>
      reason instanceof ReportError
        ? reason
        : new ReportError(
            `writeReport: the page cannot be drawn (${messageOf(reason)}); give the record that a recorder's finish returns`,
            { cause: reason },
          ),
  )

const written = (path: string, page: string): TE.TaskEither<ReportError, void> =>
  TE.tryCatch(
    async () => {
      await mkdir(dirname(resolve(path)), { recursive: true })
      await replaceFile(path, page)
    },
    (reason) => cannotWrite(path, reason),
  )

/**
 * `reportPage` in a file, which appears whole or not at all
 *
 * @param path    of the page; its folder is made if need be, and a page that is there is replaced
 * @param record  from a `recorder`
 * @returns       left(ReportError), with a message of one line, when it cannot be drawn or written, or the path is no text
 * @example       const data = { xTrain: tensor([4, 2], [0, 0, 0, 1, 1, 0, 1, 1]), yTrain: [0, 1, 1, 0] }
 *                const model = orThrow(twoLayerNet({ inputDim: 2, numClasses: 2 }))
 *                const run = recorder({ model, data })
 *                for (const event of orThrow(train(model, data, { numEpochs: 3 }))) run.see(event)
 *                writeReport('run.html', run.finish())()   // Promise of right(undefined)
 */
export const writeReport = (path: string, record: RunRecord): TE.TaskEither<ReportError, void> =>
  pipe(
    TE.fromEither(checkedPath(path)),
    // Drawn when the task runs, not when it is made.
    TE.chain((file) =>
      pipe(
        TE.fromIOEither(() => drawn(record)),
        TE.chain((page) => written(file, page)),
      ),
    ),
  )
