import { randomUUID } from 'node:crypto'
import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { cannotWrite, ReportError } from './errors.ts'
import type { RunRecord } from './record.ts'
import { reportPage } from './reportPage.ts'

// A page appears whole or not at all: it is written beside its place and moved there. What is no file, e.g. /dev/stdout, is
// written as it is.
const replaceFile = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(resolve(path)), { recursive: true })
  const target = await realpath(path).catch(() => resolve(path))
  const there = await stat(target).catch(() => undefined)
  if (there !== undefined && !there.isFile()) return writeFile(target, text)
  const draft = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}`)
  try {
    await writeFile(draft, text, { flag: 'wx' })
    await rename(draft, target)
  } catch (reason) {
    await rm(draft, { force: true }).catch(() => {})
    throw reason
  }
}

/**
 * `reportPage` in a file
 *
 * @param path    of the page; its folder is made if need be, and a page that is there is replaced
 * @param record  from a `recorder`
 * @returns       left(ReportError), with a message of one line, when it cannot be written
 * @example       writeReport('run.html', { title: 'A run' } as RunRecord)()   // Promise of right(undefined)
 */
export const writeReport = (path: string, record: RunRecord): TE.TaskEither<ReportError, void> =>
  TE.tryCatch(
    async () => replaceFile(path, reportPage(record)),
    (reason) => (reason instanceof ReportError ? reason : cannotWrite(path, reason)),
  )
