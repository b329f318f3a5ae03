import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { newFolder } from '../data/support.ts'
import { withData } from '../where.ts'

const root = join(import.meta.dirname, '..', '..')

const STEPS = 30

/** The preset with few filters and few steps; what begins and ends with an epoch is resumed in test/checkpoint. */
const small = ['--preset', 'record', '--hidden', '4,4,8', '--iterations', String(STEPS), '--seed', '1']

const commandOf = (...flags: readonly string[]): string[] => [
  ...['--import', 'tsx', join('experiments', 'cifar10.ts'), ...small],
  ...['--data-dir', join(process.env.CACHEGRAD_DATA ?? '', 'cifar-10-batches-bin'), ...flags],
]

/** The newest step of which there is a checkpoint. */
const newest = (folder: string): number =>
  existsSync(folder)
    ? Math.max(0, ...readdirSync(folder).map((name) => Number(/^step-(\d+)\.safetensors$/.exec(name)?.[1] ?? 0)))
    : 0

/** Kills a run when it has come so far. */
const killed = async (child: ChildProcess, folder: string, step: number): Promise<void> => {
  const ended = once(child, 'exit')
  while (newest(folder) < step && child.exitCode === null) await pause(20)
  child.kill('SIGKILL')
  expect((await ended)[1]).toBe('SIGKILL')
}

withData.test('the record, killed twice, ends bit for bit as if nothing had been', { timeout: 600_000 }, async () => {
  const folder = newFolder()
  const [checkpoints, whole, rest] = ['run', 'whole', 'rest'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const run = (...flags: readonly string[]) =>
    spawnSync(process.execPath, commandOf(...flags), { cwd: root, encoding: 'utf8' })
  expect(run('--save', whole).status).toBe(0)
  const flags = ['--checkpoint', checkpoints, '--every', '3', '--resume']
  for (const step of [6, 15]) {
    await killed(spawn(process.execPath, commandOf(...flags), { cwd: root, stdio: 'ignore' }), checkpoints, step)
    expect(newest(checkpoints)).toBeLessThan(STEPS)
  }
  const { status, stdout } = run(...flags, '--save', rest)
  expect(status).toBe(0)
  expect(Number(/^going on after step (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThanOrEqual(15)
  expect(stdout).toMatch(/^test accuracy 0\.\d{4}, test accuracy with views 0\.\d{4}$/m)
  expect(readFileSync(rest)).toEqual(readFileSync(whole))
})
