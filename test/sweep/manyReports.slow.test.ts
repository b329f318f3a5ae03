import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { median, type RunningTrial, runSweep } from '../../src/sweep/index.ts'
import { random } from '../../src/sweep/samplers/random.ts'
import { uniform } from '../../src/sweep/space/index.ts'
import { sweep } from '../../src/sweep/sweep.ts'
import { right } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-reports-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const studyOf = (objective: (trial: RunningTrial<{ readonly x: number }>) => number, trials: number) =>
  right(
    sweep({
      space: { x: uniform(0, 1) },
      objective,
      direction: 'minimize',
      sampler: random(),
      pruner: median({ startup: 1, generation: 1 }),
      trials,
    }),
  )

describe('a trial of 20,000 reports', () => {
  const study = studyOf((trial) => {
    for (let step = 0; step < 20_000; step++) trial.report(step, 1 - step)
    return trial.params.x
  }, 3)

  // Where each report cost what all of them do this took minutes.
  test.each([undefined, join(folder, 'many.jsonl')])(
    'is recorded and judged (journal: %s)',
    async (journal) => {
      const { trials } = right(await runSweep(study, journal === undefined ? {} : { journal })())
      expect(trials.map(({ state }) => state)).toEqual(['complete', 'complete', 'complete'])
      for (const { reported } of trials) {
        expect(reported).toHaveLength(20_000)
        expect(reported.every(({ step, value }, i) => step === i && value === 1 - i)).toBe(true)
      }
      if (journal === undefined) return
      const again = right(await runSweep(study, { journal })())
      expect([again.done, again.trials]).toEqual([0, trials])
    },
    20_000,
  )
})

test('there is an end to reports and to notes: a table has no place for more', { timeout: 60_000 }, async () => {
  const study = studyOf((trial) => {
    if (trial.number === 1) for (let step = 0; ; step++) trial.report(step, -1)
    if (trial.number === 2) for (let k = 0; ; k++) trial.note(`note ${k}`, 'a'.repeat(60_000))
    return trial.params.x
  }, 4)
  const { trials } = right(await runSweep(study, { journal: join(folder, 'endless.jsonl') })())
  expect(trials.map(({ state }) => state)).toEqual(['complete', 'failed', 'failed', 'complete'])
  expect(trials[1]?.reason).toMatch(
    /^RangeError: trial\.report: a trial has at most 131072 reports; report every so many/,
  )
  expect(trials[1]?.reported).toHaveLength(2 ** 17)
  expect(trials[2]?.reason).toMatch(/^RangeError: trial\.note: the notes of a trial have at most 1048576 characters;/)
})
