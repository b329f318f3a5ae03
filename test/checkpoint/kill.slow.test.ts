import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newFolder } from './support.ts'

/**
 * A training process is killed by SIGKILL again and again, at random moments, also while it writes checkpoints, and started anew until
 * it ends. Each time it tells a sum over the state it goes on from, which must be that of the run without interruption.
 */

const kinds = [
  { kind: 'rows', KILLS: 50, steps: 300 },
  { kind: 'images', KILLS: 15, steps: 300 },
  { kind: 'methods', KILLS: 20, steps: 294 },
] as const
type Kind = (typeof kinds)[number]['kind']
const root = fileURLToPath(new URL('../..', import.meta.url))
// In node_modules, so that the compiled child finds the dependencies.
const compiled = join(root, 'node_modules', '.cache', `cachegrad-kill-${process.pid}`)
const child = join(compiled, 'test', 'checkpoint', 'child.js')

beforeAll(() => {
  // Plain JavaScript starts several times as fast as a script that is compiled at each start.
  mkdirSync(compiled, { recursive: true })
  copyFileSync(join(root, 'package.json'), join(compiled, 'package.json'))
  const settings = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      allowImportingTsExtensions: false,
      noEmit: false,
      noCheck: true,
      outDir: compiled,
      rootDir: root,
    },
    include: [],
    files: [join(root, 'test', 'checkpoint', 'child.ts')],
  }
  writeFileSync(join(compiled, 'tsconfig.json'), JSON.stringify(settings))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [tsc, '-p', join(compiled, 'tsconfig.json')])
}, 60_000)

afterAll(() => rmSync(compiled, { recursive: true, force: true }))

interface Run {
  readonly lines: readonly string[]
  readonly wasKilled: boolean
}

/** Runs the child; `kill` gets it as soon as it says where it begins. */
const runOf = (
  kind: Kind,
  folder: string,
  every: number,
  kill: (child: ChildProcess) => void,
  tell = '',
): Promise<Run> =>
  new Promise((resolve, reject) => {
    const process_ = spawn(process.execPath, [child, folder, String(every), kind], {
      env: { ...process.env, TELL: tell },
    })
    let text = ''
    let errors = ''
    let isBegun = false
    process_.stdout.on('data', (data) => {
      text += data
      if (!isBegun && text.includes('begun')) {
        isBegun = true
        kill(process_)
      }
    })
    process_.stderr.on('data', (data) => {
      errors += data
    })
    process_.on('close', (code, signal) => {
      if (signal === null && code !== 0) return reject(new Error(`the child ended with ${code}: ${errors}`))
      resolve({ lines: text.split('\n').filter((line) => line !== ''), wasKilled: signal === 'SIGKILL' })
    })
  })

// Which moments are hit is up to the machine; the delays are the same each time.
let seed = 20260101
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

// Now soon, so that the run is killed often, now late, so that it comes to its end.
const after =
  (delay: number) =>
  (process_: ChildProcess): void =>
    void setTimeout(() => process_.kill('SIGKILL'), delay)

/** As soon as a file that is being written appears, one of the next few. */
const duringWrite = (folder: string) => (process_: ChildProcess) => {
  let waits = Math.floor(random() * 6)
  const watcher = watch(folder, (_, name) => {
    if (name?.endsWith('.part') && waits-- <= 0) process_.kill('SIGKILL')
  })
  process_.on('close', () => watcher.close())
}

test.each(kinds)(
  'a net of $kind: killed at any moment, $KILLS times, a run goes on bit for bit',
  { timeout: 300_000 },
  async ({ kind, KILLS, steps }) => {
    const run = (folder: string, every: number, kill: (child: ChildProcess) => void, tell = ''): Promise<Run> =>
      runOf(kind, folder, every, kill, tell)
    const began = performance.now()
    const reference = await run(newFolder(), 1000, () => {}, 'all')
    const duration = performance.now() - began
    // One state after each step, and one more at the end: the last step's after the last epoch's evaluation.
    const states = reference.lines.flatMap((line) => (line.startsWith('state ') ? [line.slice('state '.length)] : []))
    const final = reference.lines.at(-1)
    expect([new Set(states).size, final?.startsWith('done ')]).toEqual([steps + 1, true])

    let kills = 0
    let parts = 0
    let ends = 0
    while (kills < KILLS) {
      const folder = newFolder()
      for (let isOver = false; !isOver && kills < KILLS; ) {
        const kill = kills % 3 === 2 ? duringWrite(folder) : after(random() * (kills % 5 === 4 ? duration : 60))
        const { lines, wasKilled } = await run(folder, 1 + (kills % 2), kill)
        const begun = (lines[0] ?? '').slice('begun '.length)
        if (begun !== '0 ') expect(states).toContain(begun)
        if (wasKilled) kills++
        else expect(lines.at(-1)).toBe(final)
        parts += readdirSync(folder).filter((name) => name.endsWith('.part')).length
        isOver = !wasKilled
      }
      // Whatever it was left with, the run can be brought to its end.
      expect((await run(folder, 7, () => {})).lines.at(-1)).toBe(final)
      // Begun at its end, it finds the last state and has nothing to do.
      expect((await run(folder, 7, () => {})).lines).toEqual([`begun ${states.at(-1)}`, final])
      ends++
    }
    console.log(
      `${kills} of ${KILLS} kills survived, ${parts} of them during a write; ${ends} runs brought to the same end`,
    )
    expect(parts).toBeGreaterThan(0)
  },
)
