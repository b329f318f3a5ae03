import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import type { Slice, Tally } from './slice.ts'

/** A slice that was not finished: the input at which its process died, or had to be ended. */
export interface Lost {
  readonly what: 'crash' | 'hang'
  readonly number: number
  readonly why: string
}

/** A process of its own for slices, and a watch on it. */
export interface Watched {
  /** After a left the process is gone. */
  readonly run: (slice: Slice) => Promise<E.Either<Lost, Tally>>
  readonly end: () => void
}

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
const MOST_HEAP = 1024 // MB
const LOOK = 50 // ms between two looks

const start = (module: string, cwd: string): ChildProcess =>
  fork(join(import.meta.dirname, 'worker.ts'), [pathToFileURL(module).href], {
    cwd,
    execArgv: ['--import', TSX, '--expose-gc', `--max-old-space-size=${MOST_HEAP}`],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })

// The input a process is at; nothing before the first.
const position = (cwd: string): number | undefined => {
  try {
    const bytes = readFileSync(join(cwd, 'progress'))
    return bytes.length === 8 ? bytes.readDoubleLE() : undefined
  } catch {
    return undefined
  }
}

/** Why a process ended. */
const ending = (child: ChildProcess): Promise<string> => {
  let said = ''
  child.stderr?.on('data', (chunk) => {
    said = (said + String(chunk)).slice(-20_000)
  })
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve(message))
    child.on('close', (code, signal) => {
      const line = said.split('\n').find((text) => /error/i.test(text)) ?? 'it said nothing'
      resolve(`the process ended (${signal ?? code}): ${line.trim()}`)
    })
  })
}

/**
 * Starts a process that knows the targets of a module.
 *
 * @param module  path of a module that exports `targets`
 */
export const watched = (module: string): Watched => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-fuzz-'))
  const cwd = join(folder, 'a', 'b')
  mkdirSync(cwd, { recursive: true })
  const child = start(module, cwd)
  const ended = ending(child)

  const end = (): void => {
    process.removeListener('exit', end)
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
  // A reader that never ends would not notice that nobody waits for it.
  process.once('exit', end)
  const run = (slice: Slice): Promise<E.Either<Lost, Tally>> =>
    new Promise((resolve, reject) => {
      let at: number | undefined
      let since = performance.now()
      let isSettled = false
      const isInside = (number: number): boolean => number >= slice.from && number < slice.to
      const watch = setInterval(() => {
        const now = position(cwd)
        if (now !== at) [at, since] = [now, performance.now()]
        const waited = performance.now() - since
        if (at === undefined || !isInside(at) || waited < slice.patience) return
        settle(E.left({ what: 'hang', number: at, why: `did not end within ${Math.round(waited)} ms` }))
      }, LOOK)
      const settle = (result: E.Either<Lost, Tally>): void => {
        isSettled = true
        clearInterval(watch)
        child.removeAllListeners('message')
        if (E.isLeft(result)) end()
        resolve(result)
      }
      child.on('message', (tally: Tally) => settle(E.right(tally)))
      ended.then((why) => {
        if (isSettled) return
        const number = position(cwd)
        if (number === undefined) reject(new Error(`no input was read: ${why}`))
        settle(E.left({ what: 'crash', number: number !== undefined && isInside(number) ? number : slice.from, why }))
      })
      child.send(slice)
    })
  return { run, end }
}
