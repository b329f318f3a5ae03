import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { messageOf, replaceFile } from '../../files/index.ts'
import { dirname, mkdir, resolve } from '../../system/index.ts'
import { cannotWrite, ReportError, shown } from '../errors.ts'

/** What the messages say. */
interface Writer {
  /** The function's name. */
  readonly name: string
  /** What a path looks like. */
  readonly example: string
  /** What to give where the page cannot be drawn. */
  readonly remedy: string
}

const checkedPath = ({ name, example }: Writer, path: string): E.Either<ReportError, string> =>
  typeof path === 'string' && path !== ''
    ? E.right(path)
    : E.left(new ReportError(`${name}: path is the name of a file, e.g. ${example}, but got ${shown(path)}`))

const drawn = ({ name, remedy }: Writer, page: () => string): E.Either<ReportError, string> =>
  E.tryCatch(page, (reason) =>
    reason instanceof ReportError
      ? reason
      : new ReportError(`${name}: the page cannot be drawn (${messageOf(reason)}); give ${remedy}`, { cause: reason }),
  )

const written = (path: string, page: string): TE.TaskEither<ReportError, void> =>
  TE.tryCatch(
    async () => {
      await mkdir(dirname(resolve(path)), { recursive: true })
      await replaceFile(path, page)
    },
    (reason) => cannotWrite(path, reason),
  )

/** A page in a file, in a new folder if need be: drawn when the task runs, not when it is made. */
export const writePage = (writer: Writer, path: string, page: () => string): TE.TaskEither<ReportError, void> =>
  pipe(
    TE.fromEither(checkedPath(writer, path)),
    TE.chain((file) =>
      pipe(
        TE.fromIOEither(() => drawn(writer, page)),
        TE.chain((text) => written(file, text)),
      ),
    ),
  )
