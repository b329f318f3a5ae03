import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { messageOf, replaceFile } from '../files/index.ts'
import { cannotWrite, ReportError, shown } from './errors.ts'
import { sweepPage } from './sweepPage.ts'
import type { SweepRecord } from './sweepRecord.ts'

const checkedPath = (path: string): E.Either<ReportError, string> =>
  typeof path === 'string' && path !== ''
    ? E.right(path)
    : E.left(new ReportError(`writeSweepReport: path is the name of a file, e.g. sweep.html, but got ${shown(path)}`))

const drawn = (record: SweepRecord): E.Either<ReportError, string> =>
  E.tryCatch(
    () => sweepPage(record),
    (reason) =>
      reason instanceof ReportError
        ? reason
        : new ReportError(
            `writeSweepReport: the page cannot be drawn (${messageOf(reason)}); give a SweepRecord with the space and the trials of a sweep`,
            { cause: reason },
          ),
  )

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
  pipe(
    TE.fromEither(checkedPath(path)),
    TE.chain((file) =>
      pipe(
        // Drawn when the task runs, not when it is made.
        TE.fromIOEither(() => drawn(record)),
        TE.chain((page) =>
          TE.tryCatch(
            async () => {
              await mkdir(dirname(resolve(file)), { recursive: true })
              await replaceFile(file, page)
            },
            (reason) => cannotWrite(file, reason),
          ),
        ),
      ),
    ),
  )
