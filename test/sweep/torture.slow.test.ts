import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { runSweep } from '../../src/sweep/index.ts'
import { essence, right, studyModule } from './support.ts'

// How often the process is killed: `CACHEGRAD_TORTURE=60 npx vitest run test/sweep/torture.slow.test.ts` takes some minutes.
const KILLS = Number(process.env.CACHEGRAD_TORTURE ?? 3)
const SECONDS_A_KILL = 15

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-torture-'))
const journal = join(folder, 'study.jsonl')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const program = fileURLToPath(new URL('./studies/tortured.ts', import.meta.url))

const start = (): ChildProcess =>
  spawn(process.execPath, ['--import', 'tsx', program], {
    env: { ...process.env, TORTURE: 'yes', JOURNAL: journal, WORKERS: String(2 + Math.floor(3 * Math.random())) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })

const below = (n: number): number => Math.floor(n * Math.random())

/** What may happen to the last bytes of a file when a machine dies. */
const damages: readonly (() => void)[] = [
  () => {},
  () => truncateSync(journal, readFileSync(journal).length - 1 - below(300)),
  () => appendFileSync(journal, Buffer.from(Array.from({ length: 1 + below(200) }, () => below(256)))),
  () => {
    const bytes = readFileSync(journal)
    for (let i = 0; i < 3; i++) bytes[bytes.length - 1 - below(600)] = below(256)
    writeFileSync(journal, bytes)
  },
]

test(`200 trials, ${KILLS} SIGKILLs, dying workers and a damaged journal give the table of a quiet run`, {
  timeout: (KILLS + 2) * SECONDS_A_KILL * 1000,
}, async () => {
  const { study } = await studyModule('tortured')
  const quiet = right(await runSweep(study)())
  expect(new Set(quiet.trials.map(({ state }) => state)).size).toBe(4)
  for (let kills = 0; kills < KILLS; kills++) {
    const child = start()
    const exit = once(child, 'exit')
    await Promise.race([once(child.stdout as NodeJS.ReadableStream, 'data'), exit])
    await pause(below(900))
    child.kill('SIGKILL')
    await exit
    damages[below(damages.length)]?.()
  }
  const last = start()
  last.stdout?.resume()
  expect(await once(last, 'exit')).toEqual([0, null])

  const { trials, done } = right(await runSweep(study, { journal })())
  expect(done).toBe(0)
  expect(trials.map(({ number }) => number)).toEqual(quiet.trials.map(({ number }) => number))
  expect(essence(trials)).toEqual(essence(quiet.trials))
  // One final result each: 1 complete, 2 pruned, 3 failed.
  const lines = readFileSync(journal, 'utf8').trimEnd().split('\n')
  const finals = lines
    .map((line) => JSON.parse(line))
    .filter(({ op_code, state }) => op_code === 6 && state >= 1 && state <= 3)
  const ids = finals.map(({ trial_id }) => trial_id)
  expect(ids).toHaveLength(200)
  expect(new Set(ids).size).toBe(200)
  // No lock, no checkpoint and no draft is left.
  expect(readdirSync(folder).filter((name) => !name.endsWith('.quarantine'))).toEqual(['study.jsonl'])
})
