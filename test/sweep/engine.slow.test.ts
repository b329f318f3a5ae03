import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runTrials } from '../../src/sweep/engine/engine.ts'
import { failFast } from '../../src/sweep/engine/failFast.ts'
import { schedulerOf } from '../../src/sweep/engine/scheduler.ts'
import { inlinePool } from '../../src/sweep/engine/workerPool.ts'
import { SweepError } from '../../src/sweep/errors.ts'
import type { SweepEvent } from '../../src/sweep/events.ts'
import { records } from '../../src/sweep/records.ts'
import { runSweep } from '../../src/sweep/runSweep.ts'
import { random } from '../../src/sweep/samplers/random.ts'
import { choice } from '../../src/sweep/space/index.ts'
import { sweep } from '../../src/sweep/sweep.ts'
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

test('a trial that is put back after the sampler was exhausted still comes', () => {
  const space = { x: choice([1, 2]) }
  const study = right(sweep({ space, objective: () => 0, direction: 'minimize', sampler: random(), trials: 9 }))
  const book = records()
  const scheduler = schedulerOf(study, book)
  const next = (): number | undefined => scheduler.next()?.number
  expect([next(), next(), next()]).toEqual([0, 1, undefined])
  expect(scheduler.isExhausted()).toBe(true)
  scheduler.requeue(0)
  expect([next(), next()]).toEqual([0, undefined])
})

test('a result outlives the reports, the notes and the outcome that stood on lines of their own', async () => {
  const { study } = await studyModule('delayed')
  const journal = join(folder, 'beheaded.jsonl')
  const whole = right(await runSweep(study, { journal })())
  const damaged = readFileSync(journal, 'utf8').replace(/^\{"op_code":[78],/gm, '{"op-code":8,')
  writeFileSync(journal, damaged)
  const { done, trials } = right(await runSweep(study, { journal })())
  expect(done).toBe(0)
  expect(essence(trials)).toEqual(essence(whole.trials))
})

test('while the first trials are on failFast, no failure counts, whoever is faster', () => {
  const trying = failFast<string>([0, 1, 2, 3, 4], () => 0)
  expect([1, 3, 0].map((number) => trying.defers(number, `of ${number}`))).toEqual([true, true, true])
  expect(trying.haveAllFailed()).toBe(false)
  expect(trying.succeed(4)).toEqual([])
  const hopeless = failFast<string>([0, 1, 2, 3], () => 0)
  for (const number of [1, 3, 0, 2]) hopeless.defers(number, `of ${number}`)
  expect(hopeless.haveAllFailed()).toBe(true)
  expect(hopeless.failures()).toEqual(['of 1', 'of 0', 'of 2'])
  expect(trying.succeed(2)).toEqual([
    [1, 'of 1'],
    [3, 'of 3'],
    [0, 'of 0'],
  ])
  expect(trying.defers(4, 'of 4')).toBe(false)
})

test('a study of a CommonJS module runs in workers', { timeout: 60_000 }, () => {
  const index = (path: string): string => JSON.stringify(join(import.meta.dirname, '../../src', path))
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }')
  writeFileSync(
    join(folder, 'script.ts'),
    `import { isMainThread } from 'node:worker_threads'
import { random, runSweep, sweep, uniform } from ${index('sweep/index.ts')}
import { orThrow } from ${index('index.ts')}
const study = sweep({ space: { x: uniform(0, 1) }, objective: ({ params }) => params.x, direction: 'minimize', sampler: random(), trials: 2 })
export default study
if (isMainThread) runSweep(orThrow(study), { module: import.meta.url, workers: 1 })().then((ended) => console.log(orThrow(ended).status))
`,
  )
  const loader = join(import.meta.dirname, '../../node_modules/tsx/dist/loader.mjs')
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', loader, 'script.ts'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect([stdout, stderr]).toEqual(['finished\n', ''])
})

test('a module that runs its sweep in workers too is told so, and starts no workers of workers', async () => {
  const { study, module } = await studyModule('rash')
  const { trials } = right(await runSweep(study, { module, workers: 1 })())
  expect(trials[0]?.notes.message).toContain(
    'call runSweep there only where isMainThread of node:worker_threads is true',
  )
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
  const pool = inlinePool(study, undefined)
  const engine = { study, records: broken, pool, retries: 0, folderOf: String, see: () => {}, isStopped: () => false }
  await expect(runTrials(engine)).rejects.toBe(full)
  expect(book.trials).toHaveLength(3)
  expect(book.trials[2]).toMatchObject({ state: 'waiting', reason: undefined })
})
