import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { ownThread } from '../../src/sweep/crew.ts'
import { runTrials } from '../../src/sweep/engine.ts'
import { SweepError } from '../../src/sweep/errors.ts'
import type { SweepEvent } from '../../src/sweep/events.ts'
import { records } from '../../src/sweep/records.ts'
import { runSweep } from '../../src/sweep/runSweep.ts'
import { essence, right, studyModule } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-engine-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('1, 2 and 4 workers and the calling thread give the same table', { timeout: 60_000 }, async () => {
  const { study, module } = await studyModule('delayed')
  const own = right(await runSweep(study)())
  expect(own).toMatchObject({ done: 40, status: 'finished' })
  expect(new Set(own.trials.map(({ state }) => state))).toEqual(new Set(['complete', 'pruned', 'diverged', 'failed']))
  for (const workers of [1, 2, 4]) {
    const shared = right(await runSweep(study, { module, workers })())
    expect(essence(shared.trials)).toEqual(essence(own.trials))
  }
})

test('a trial that a damaged journal has lost is drawn again, and is the same', async () => {
  const { study } = await studyModule('delayed')
  const journal = join(folder, 'damaged.jsonl')
  const whole = right(await runSweep(study, { journal })())
  // Trials are numbered from 0 in Optuna too.
  const damaged = readFileSync(journal, 'utf8')
    .split('\n')
    .map((line) => (/"trial_id":13,|"number":13\}/.test(line) ? line.replace('op_code', 'op-code') : line))
  writeFileSync(journal, damaged.join('\n'))
  const numbers: number[] = []
  const see = (event: SweepEvent): void => void (event._tag === 'Begun' && numbers.push(event.number))
  const { done, trials, warnings } = right(await runSweep(study, { journal, see })())
  expect([done, numbers]).toEqual([1, [13]])
  expect(warnings.join()).toContain('damaged lines')
  expect(essence(trials)).toEqual(essence(whole.trials))
})

test('a journal that cannot be written ends the sweep with its reason, not the trial with a failure', async () => {
  const { study } = await studyModule('delayed')
  const full = new SweepError('the disk is full')
  const book = { ...records() }
  const broken = {
    ...book,
    report: (number: number, step: number, value: number): void => {
      if (number === 2) throw full
      book.report(number, step, value)
    },
  }
  const crew = ownThread(study, undefined)
  const engine = { study, records: broken, crew, retries: 0, folderOf: String, see: () => {}, isStopped: () => false }
  await expect(runTrials(engine)).rejects.toBe(full)
  expect(book.trials).toHaveLength(3)
  expect(book.trials[2]).toMatchObject({ state: 'waiting', reason: undefined })
})
