import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-cli-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (script: string, ...args: readonly string[]) => {
  const env = { ...process.env, CACHEGRAD_CACHE: join(folder, 'cache') }
  const command = ['--import', 'tsx', join('experiments', script), ...args]
  return spawnSync(process.execPath, command, { cwd: root, env, encoding: 'utf8' })
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f]/

describe('a mistake is one line and a non-zero exit', { timeout: 60_000 }, () => {
  test.each([
    ['cifar10.ts', ['--data-dir', '/nowhere'], /^error: .*\/nowhere/],
    ['cifar10.ts', ['--preset', 'bets'], /^error: .*'bets' is invalid. Allowed choices are cs231n, deep, best/],
    ['mnist.ts', ['--data', 'strokes', '--shift', '-1'], /^error: augment: shift must be an integer ≥ 0, but got -1/],
    ['mnist.ts', ['--data', 'strokes', '--report', '/dev/null/run.html'], /^error: --report .* cannot be written/],
    ['mnist.ts', ['--data', 'strokes', '--save', '/'], /^error: --save \/: this is a folder/],
    [
      'mnist.ts',
      ['--data', 'strokes', '--checkpoint', '/dev/null/x'],
      /^error: the checkpoint folder .* cannot be used/,
    ],
    ['quickstart.ts', ['--resume'], /^error: --resume needs the folder of the checkpoints: --checkpoint <folder>$/],
    ['quickstart.ts', ['--checkpoint', 'x', '--every', '0'], /^error: .*it must be an integer ≥ 1/],
    [
      'mnist.ts',
      ['--data', 'strokes', '--preset', 'best', '--learning-rate', '1e30', '--epochs', '1'],
      /^error: the loss of step \d+ was NaN, .*: the weights before this step are kept; lower the learning rate \(it was [\d.e+]+\) or set clipNorm$/,
    ],
  ])('%s %j', (script, args, message) => {
    const { status, stderr } = run(script, ...args)
    expect(stderr.trimEnd()).toMatch(message)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(status).not.toBe(0)
  })
})

test('a run in a pipe: lines without control characters, a page, a log', { timeout: 60_000 }, () => {
  const [page, log] = [join(folder, 'run.html'), join(folder, 'run.jsonl')]
  const flags = ['--data', 'strokes', '--preset', 'best', '--epochs', '2', '--hidden', '20']
  const { status, stdout, stderr } = run('mnist.ts', ...flags, '--report', page, '--log', log)
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(stdout).not.toMatch(CONTROL)
  expect(stdout.match(/^epoch /gm)).toHaveLength(3)
  expect(stdout).toMatch(/^test accuracy 0\.\d{4} after \d+ iterations/m)
  expect(existsSync(page) && readFileSync(page, 'utf8')).toContain(`--hidden 20 --report ${page}`)
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).tag).filter((tag) => tag !== 'Step')).toEqual([
    'Epoch',
    'Epoch',
    'Epoch',
    'Done',
  ])
})

test('a log that cannot be written is a warning, and the run goes on', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = run(
    'mnist.ts',
    '--data',
    'strokes',
    '--epochs',
    '1',
    '--log',
    '/dev/null/run.jsonl',
  )
  expect(stderr).toMatch(/^warning: .*the training goes on\n$/)
  expect(stdout).toMatch(/^test accuracy/m)
  expect(status).toBe(0)
})
