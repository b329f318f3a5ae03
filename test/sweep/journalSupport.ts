import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { afterAll } from 'vitest'
import { type Head, type Journal, openJournal, type Result } from '../../src/sweep/journal/index.ts'
import { choice, int, logUniform, normal, uniform, when } from '../../src/sweep/space.ts'
import type { Params, Trial } from '../../src/sweep/trial.ts'

export const space = {
  rate: logUniform(1e-5, 1e-1),
  hidden: int(32, 512, { step: 32 }),
  rule: choice(['sgd', 'adam', null]),
  momentum: when('rule', ['sgd'], uniform(0.5, 0.99)),
  offset: normal(0, 2),
}

export const head: Head = { name: 'first', direction: 'maximize', space, sampler: 'random', pruner: 'none', seed: 1 }

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

export const paramsOf = (number: number): Params =>
  number % 3 === 0
    ? { rate: 0.01 / (number + 1), hidden: 64, rule: 'sgd', momentum: 0.9, offset: -1.5 }
    : { rate: 0.01 / (number + 1), hidden: 96, rule: number % 3 === 1 ? 'adam' : null, offset: number / 4 }

/** Runs a trial whose end depends on its number. */
export const runTrial = (journal: Journal, number: number): void => {
  journal.create(number, paramsOf(number))
  journal.begin(number)
  journal.report(number, 1, number / 7)
  const end = (state: Result['state'], value: number | undefined, reason?: string): void =>
    journal.end(number, { state, value, reason })
  switch (number % 4) {
    case 1:
      end('pruned', number / 7, 'step 1: too low')
      break
    case 2:
      journal.report(number, 2, Number.NaN)
      end('diverged', undefined, 'the loss is NaN')
      break
    case 3:
      end('failed', undefined, 'Error: it threw')
      break
    default:
      journal.note(number, 'epochs', { best: 3, all: [1, 'é\u2028"{'] })
      end('complete', number / 3)
  }
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
