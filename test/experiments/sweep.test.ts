import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-sweep-script-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: readonly string[]) => {
  const loader = join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')
  const command = ['--import', loader, join(root, 'experiments', 'sweep-quick.ts'), ...args]
  return spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
}

test('a sweep as a script: plan, run, the same command again, one trial again', { timeout: 120_000 }, () => {
  const plan = run('--dry-run', '--trials', '40', '--workers', '2')
  expect(plan.stdout).toMatch(/^ {2}learningRate +0\.0001 … 0\.1, log$/m)
  expect(plan.stdout).toMatch(/^about \d+:\d\d for 40 trials of \d+\.\d s on 2 workers, less what is pruned$/m)
  expect(readdirSync(folder)).toEqual([])

  const absent = run('--resume')
  expect(absent.stderr).toBe(
    'error: --study sweep-quick.jsonl: there is no such study yet; leave --rerun and --resume out\n',
  )
  expect(absent.status).toBe(1)

  const first = run('--trials', '3', '--workers', '2')
  expect(first.stderr).toBe('')
  expect(first.stdout.match(/^trial +\d+ {2}complete {2}0\.\d{4} /gm)).toHaveLength(3)
  expect(first.stdout).toMatch(/^finished: 3 trials in /m)
  expect(readdirSync(folder).sort()).toEqual(['sweep-quick.html', 'sweep-quick.jsonl'])

  const again = run('--trials', '3', '--workers', '1', '--resume')
  expect(again.stdout).toMatch(/^finished: 0 trials in 0:00; the study has 3 complete/m)
  const [, number = '', value = ''] = /^best: trial (\d) with ([\d.]+):/m.exec(again.stdout) ?? []
  expect(readFileSync(join(folder, 'sweep-quick.html'), 'utf8')).toContain(`--rerun ${number}`)

  // In the calling thread, and to the last bit.
  expect(run('--rerun', number).stdout).toContain(`complete with ${value}; in the study complete with ${value}`)
})
