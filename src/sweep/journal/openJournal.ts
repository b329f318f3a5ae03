import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { codeOf, explain, targetOf } from '../../files/index.ts'
import { SweepError } from '../errors.ts'
import { appender, reasons } from './appender.ts'
import { contentAt } from './content.ts'
import type { Head } from './head.ts'
import { type Journal, journalOf } from './journal.ts'
import { lockJournal } from './lock.ts'
import { RUNNING } from './operation.ts'
import {
  ensureStudy,
  numbersOf,
  paramsOf,
  renamedFault,
  studyFault,
  studyOf,
  type Write,
  writeEnqueuedParams,
} from './study.ts'
import { fitsSpace } from './view.ts'

const open = async (path: string, head: Head, release: () => void): Promise<Journal> => {
  const { state, warnings, settle } = contentAt(path, head)
  const known = studyOf(state, head)
  const fault = known === undefined ? renamedFault(path, state, head) : studyFault(path, known, head)
  if (fault !== undefined) throw new SweepError(fault)
  await settle()
  const file = appender(path)
  const write: Write = (operation) => {
    for (const appended of file.append(operation)) state.apply(appended)
  }
  try {
    const study = ensureStudy(state, write, head)
    const rows = study.rows.filter((row) => !row.lost)
    const fit = rows.filter((row) => fitsSpace(head.space, paramsOf(row)))
    for (const row of fit) writeEnqueuedParams(row, write, head)
    const left = rows.length - fit.length
    const count = left === 1 ? 'a trial' : `${left} trials`
    const outside = left === 0 ? [] : [`${path}: left out ${count} of Optuna's with other parameters than the space's`]
    const scope = { study: study.id, space: head.space }
    const numbered = numbersOf(study, new Set(fit))
    const journal = journalOf(scope, state, numbered, file, [...warnings, ...outside], release)
    // Whoever ran them is dead, since nobody else holds the journal.
    for (const [number, row] of numbered) if (row.state === RUNNING) journal.toWaiting(number)
    return journal
  } catch (error) {
    file.close()
    throw error
  }
}

/**
 * Opens a study's journal, in Optuna's journal format, and makes the file if it is not there; `optuna.load_study` and
 * optuna-dashboard open it too. While it is open no other process of ours can open it.
 *
 * A line that was not finished is cut off; damaged lines are moved to `<path>.quarantine`, and the journal says so in `warnings`.
 * Trials that were running wait again. Other studies in the file stay as they are.
 *
 * @param path  of a file, in a folder that is there
 * @param head  what the study is; one of that name that was begun with another head is refused, and so is this head under another name
 * @returns     left(SweepError): locked by another process, another head, no journal, not readable or writable
 * @see         https://optuna.readthedocs.io/en/stable/reference/generated/optuna.storages.JournalStorage.html
 */
export const openJournal =
  (path: string, head: Head): TaskEither<SweepError, Journal> =>
  async () => {
    let release: (() => void) | undefined
    try {
      // Its own path, so that two names of one file are one journal.
      const target = targetOf(path)
      const locked = await lockJournal(target)
      if (E.isLeft(locked)) return locked
      release = locked.right
      return E.right(await open(target, head, release))
    } catch (error) {
      release?.()
      if (error instanceof SweepError) return E.left(error)
      if (codeOf(error) === '') throw error
      return E.left(new SweepError(`runSweep: journal ${path}: ${explain(reasons, error)}`))
    }
  }
