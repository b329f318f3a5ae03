import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll } from 'vitest'
import { type Journal, openJournal } from '../../src/sweep/journal/index.ts'
import type { Trial } from '../../src/sweep/trial.ts'
import { head, paramsOf, runTrial } from './journalHead.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-journal-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

/** A path of its own. */
export const fresh = (): string => join(folder, `${files++}.jsonl`)

export const opened = async (path: string, asked = head): Promise<Journal> => {
  const journal = await openJournal(path, asked)()
  if (E.isLeft(journal)) throw journal.left
  return journal.right
}

/** Why a journal is not opened. */
export const refused = async (path: string, asked = head): Promise<string> => {
  const journal = await openJournal(path, asked)()
  if (E.isLeft(journal)) return journal.left.message
  journal.right.close()
  throw new Error('the journal was opened')
}

/** A journal of finished trials, one that runs and one that waits. */
export const writeJournal = async (path: string, finished: number): Promise<readonly Trial[]> => {
  const journal = await opened(path)
  for (let number = 0; number < finished; number++) runTrial(journal, number)
  journal.create(finished, paramsOf(finished))
  journal.begin(finished)
  journal.create(finished + 1, paramsOf(finished + 1))
  journal.close()
  return [...journal.trials]
}
