import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { where } from '../where.ts'

const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-signals-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = (name: string): string => join(folder, name)
const commandOf = (...flags: readonly string[]): string[] => [
  '--import',
  'tsx',
  join('experiments', 'mnist.ts'),
  ...['--data', 'strokes', '--preset', 'best', '--hidden', '64', '--epochs', '4'],
  ...flags,
]

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly out: string
  readonly err: string
}

/** Runs a process and gives it to `act` as soon as it has printed what is waited for. */
const run = (
  command: string,
  args: readonly string[],
  awaited: RegExp,
  act: (child: ChildProcess) => void,
): Promise<Ended> =>
  new Promise((resolve) => {
    const { CI: _, ...env } = process.env
    const child = spawn(command, args, { cwd: root, env })
    let [out, err] = ['', '']
    let isDone = false
    child.stdout.on('data', (data) => {
      out += data
      if (isDone || !awaited.test(out)) return
      isDone = true
      act(child)
    })
    child.stderr.on('data', (data) => {
      err += data
    })
    child.on('close', (code, signal) => resolve({ code, signal, out, err }))
  })

const newest = (name: string): string | undefined => readdirSync(path(name)).sort().at(-1)

describe('the first signal ends a run well', { timeout: 120_000 }, () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s: the step ends, checkpoint and page are written, exit %i; it goes on bit for bit',
    async (name, code) => {
      const whole = spawnSync(process.execPath, commandOf('--save', path(`${name}-whole`)), { cwd: root })
      expect(whole.status).toBe(0)
      const flags = ['--checkpoint', path(name), '--report', path(`${name}.html`), '--log', path(`${name}.jsonl`)]
      const first = await run(process.execPath, commandOf(...flags), /^epoch +1 /m, (child) => child.kill(name))
      expect([first.code, first.signal]).toEqual([code, null])
      const [stopping, error, ...more] = first.err.trimEnd().split('\n')
      expect([stopping, more]).toEqual(['stopping after this step; once more to stop at once', []])
      const step = Number(
        /^error: interrupted after step (\d+); best validation accuracy 0\.\d{4}; /.exec(error ?? '')?.[1],
      )
      expect(error).toContain(`--checkpoint ${path(name)} --resume goes on from here`)
      expect(newest(name)).toBe(`step-${String(step).padStart(9, '0')}.safetensors`)
      expect(readFileSync(path(`${name}.html`), 'utf8')).toContain('The run was interrupted before its end.')
      expect(first.out).not.toContain('test accuracy')
      const lines = readFileSync(path(`${name}.jsonl`), 'utf8')
        .trimEnd()
        .split('\n')
      expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ tag: 'Done', status: 'interrupted', steps: step })

      const rest = spawnSync(process.execPath, commandOf(...flags, '--resume', '--save', path(`${name}-rest`)), {
        cwd: root,
        encoding: 'utf8',
      })
      expect([rest.status, rest.stderr]).toEqual([0, ''])
      expect(rest.stdout).toContain(`going on after step ${step}\n`)
      expect(readFileSync(path(`${name}-rest`))).toEqual(readFileSync(path(`${name}-whole`)))
    },
  )

  where(spawnSync('script', ['--version']).status === 0, 'needs script, which makes a terminal').test(
    'Ctrl-C in a terminal, under tsx, with bar and page: the cursor is shown again',
    async () => {
      const flags = ['--checkpoint', path('terminal'), '--report', path('terminal.html')]
      const typed = ['npx', 'tsx', ...commandOf(...flags, '--epochs', '40').slice(2)].join(' ')
      const ended = await run('script', ['-qefc', typed, '/dev/null'], /[1-9]\d* steps\/s/, (child) =>
        child.stdin?.write('\x03'),
      )
      expect(ended.code).toBe(130)
      expect(ended.out).toMatch(/error: interrupted after step \d+/)
      expect(ended.out).toContain('stopping after this step')
      expect(ended.out.lastIndexOf('\x1b[?25h')).toBeGreaterThan(ended.out.lastIndexOf('\x1b[?25l'))
      expect([existsSync(path('terminal.html')), readdirSync(path('terminal')).length > 0]).toEqual([true, true])
    },
  )
})

test('a second signal ends the process at once', { timeout: 60_000 }, async () => {
  const ended = await run(
    process.execPath,
    commandOf('--checkpoint', path('twice'), '--report', path('twice.html'), '--epochs', '40'),
    /^epoch +1 /m,
    (child) => {
      child.kill('SIGINT')
      // It says that it stops; checkpoint and page are still to be written.
      child.stderr?.once('data', () => child.kill('SIGINT'))
    },
  )
  expect([ended.code, ended.signal]).toEqual([null, 'SIGINT'])
  expect(existsSync(path('twice.html'))).toBe(false)
  expect(ended.err).toBe('stopping after this step; once more to stop at once\n')
})

test('without checkpoints it is said that nothing is kept', { timeout: 60_000 }, async () => {
  const { code, err } = await run(process.execPath, commandOf(), /^epoch +1 /m, (child) => child.kill('SIGINT'))
  expect(code).toBe(130)
  expect(err).toMatch(/^error: interrupted after step \d+; .*; without --checkpoint it cannot go on$/m)
})
