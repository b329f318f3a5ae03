import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-sweep-script-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const loader = join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')
const script = ['--import', loader, join(root, 'experiments', 'sweep-quick.ts')]

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [...script, ...args], { cwd: folder, encoding: 'utf8' })

test('a sweep as a script: plan, run, the same command again, one trial again', { timeout: 120_000 }, () => {
  const plan = run('--dry-run', '--trials', '40', '--workers', '2')
  expect(plan.stdout).toMatch(/^ {2}learningRate +0\.0001 … 0\.1, log$/m)
  expect(plan.stdout).toMatch(
    /^about \d+:\d\d for 40 trials of \d+\.\d s on 2 workers, less what is pruned or done already$/m,
  )
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

  const tables = ['--csv', 'tables/study.csv', '--json', 'tables/study.json']
  const again = run('--trials', '3', '--workers', '1', '--resume', ...tables)
  expect(again.stdout).toMatch(/^finished: 0 trials in 0:00; the study has 3 complete/m)
  const [, number = '', value = ''] = /^best: trial (\d) with ([\d.]+):/m.exec(again.stdout) ?? []
  expect(readFileSync(join(folder, 'sweep-quick.html'), 'utf8')).toContain(`--rerun ${number}`)

  const [names, ...lines] = readFileSync(join(folder, 'tables', 'study.csv'), 'utf8')
    .trimEnd()
    .split('\r\n')
  expect(names).toMatch(/^number,state,value,params_learningRate,/)
  const trials = JSON.parse(readFileSync(join(folder, 'tables', 'study.json'), 'utf8'))
  expect(trials[Number(number)]).toMatchObject({ state: 'complete', value: Number(value) })
  expect(lines.map((line) => line.split(',')[2])).toEqual(trials.map((trial: { value: number }) => String(trial.value)))

  // In the calling thread, and to the last bit.
  expect(run('--rerun', number).stdout).toContain(`complete with ${value}; in the study complete with ${value}`)
})

test('Ctrl-C puts running trials back, writes the page and exits 130', { timeout: 120_000 }, async () => {
  const files = ['--study', 'stopped.jsonl']
  const child = spawn(process.execPath, [...script, '--trials', '500', '--workers', '2', ...files], { cwd: folder })
  let [out, err] = ['', '']
  child.stderr.on('data', (text) => {
    err += text
  })
  child.stdout.on('data', (text) => {
    if (!out.includes('trial ') && String(text).includes('trial ')) child.kill('SIGINT')
    out += text
  })
  expect(await once(child, 'close')).toEqual([130, null])
  expect(err).toBe(
    'stopping after this step; once more to stop at once\nerror: interrupted; the same command goes on from here\n',
  )
  expect(out).toMatch(/^interrupted: [1-9]\d* trials in /m)
  expect(out).toMatch(/^report: stopped\.html$/m)
  const states = new Map<number, number>()
  for (const line of readFileSync(join(folder, 'stopped.jsonl'), 'utf8').trimEnd().split('\n')) {
    const { op_code, trial_id, state } = JSON.parse(line)
    if (op_code === 6) states.set(trial_id, state)
  }
  // 0 is running in Optuna's journal, 4 waiting.
  expect([...states.values()]).not.toContain(0)
  expect([...states.values()]).toContain(4)
})
