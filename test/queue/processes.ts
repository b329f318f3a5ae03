import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { programFile, type Task } from './program.ts'

/** A process with a working folder of its own, as on another machine. */
export interface Running {
  readonly child: ChildProcess
  /** Events that it has told so far. */
  readonly events: readonly { readonly _tag: string; readonly [name: string]: unknown }[]
  /** All that it wrote. */
  readonly output: () => string
  /** Resolves when it has told of so many events of a kind. */
  readonly told: (tag: string, count: number) => Promise<void>
  /** Exit code or signal. */
  readonly ended: Promise<number | string>
  readonly kill: (signal?: NodeJS.Signals) => Promise<void>
}

const loader = import.meta.resolve('tsx')

/** @param before  words of a command that runs another, e.g. in a namespace */
export const run = (
  role: 'controller' | 'worker',
  task: Task,
  env: NodeJS.ProcessEnv = {},
  before: readonly string[] = [],
): Running => {
  const cwd = mkdtempSync(join(tmpdir(), `cachegrad-${role}-`))
  const words = [...before, process.execPath, '--import', loader, programFile, role, JSON.stringify(task)]
  const child = spawn(words[0] as string, words.slice(1), {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const events: { readonly _tag: string }[] = []
  const waiting = new Set<() => void>()
  let [output, line] = ['', '']
  const hear = (chunk: Buffer): void => {
    output += chunk
    line += chunk
    const lines = line.split('\n')
    line = lines.pop() ?? ''
    for (const whole of lines) if (whole.startsWith('{"_tag"')) events.push(JSON.parse(whole))
    for (const look of waiting) look()
  }
  child.stdout?.on('data', hear)
  child.stderr?.on('data', (chunk) => {
    output += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => {
    rmSync(cwd, { recursive: true, force: true })
    return (code ?? signal) as number | string
  })
  const count = (tag: string): number => events.filter(({ _tag }) => _tag === tag).length
  return {
    child,
    events,
    output: () => output,
    told: (tag, wanted) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (count(tag) < wanted) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
        void ended.then((how) => reject(new Error(`${role} ended with ${how}: ${output.slice(-2000)}`)))
      }),
    ended,
    kill: async (signal = 'SIGKILL') => {
      child.kill(signal)
      await ended
    },
  }
}
