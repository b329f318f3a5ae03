import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { runSweep } from '../../src/sweep/index.ts'
import { isFinal } from '../../src/sweep/trial.ts'
import { withFile } from '../where.ts'
import { fresh, opened, refused } from './journalSupport.ts'
import { ordered } from './studies/ordered.ts'
import { right } from './support.ts'

const script = fileURLToPath(new URL('./journalChild.ts', import.meta.url))
const children: ChildProcess[] = []
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
})

/** A process that opens a journal, and the lines that it says. */
const started = (path: string, count = 0): { child: ChildProcess; lines: AsyncIterator<string> } => {
  const child = spawn(process.execPath, ['--import', 'tsx', script, path, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
}

const claims = (path: string): string[] =>
  readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.held-by-`))

describe('a journal that is open', () => {
  it('is one whatever its name: as long as the system lets it be, or a link to a file that is not there yet', async () => {
    const folder = dirname(fresh())
    const long = join(folder, `${'ä'.repeat(124)}a.jsonl`)
    expect(Buffer.byteLength(basename(long))).toBe(255)
    const link = fresh()
    symlinkSync('elsewhere.jsonl', link)
    for (const path of [long, link]) {
      const journal = await opened(path)
      expect(await refused(path)).toContain('is held by this process')
      journal.close()
      const again = await opened(path)
      expect(await refused(path)).toContain('is held by this process')
      again.close()
    }
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(existsSync(join(folder, 'elsewhere.jsonl'))).toBe(true)
  })

  it('has a quarantine and folders of trials whose names are not too long', async () => {
    const path = join(dirname(fresh()), 'x'.repeat(255))
    const study = ordered(1, 2)
    right(await runSweep(study, { journal: path })())
    const [head, ...rest] = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, [head, 'damage', ...rest].join('\n'))
    const { warnings } = right(
      await runSweep({ ...study, trials: 3, objective: (t) => t.folder.length }, { journal: path })(),
    )
    expect(warnings).toHaveLength(1)
  })

  it('is refused to another process, and free as soon as its holder is dead', async () => {
    const path = fresh()
    const { child, lines } = started(path)
    expect((await lines.next()).value).toBe('open')
    expect(await refused(path)).toBe(
      `runSweep: journal ${path} is held by process ${child.pid}; wait for it, stop it, or name another journal`,
    )
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(claims(path)).toHaveLength(1)
    const journal = await opened(path)
    expect(claims(path)).toHaveLength(1)
    const other = started(path)
    expect((await other.lines.next()).value).toContain(`is held by process ${process.pid};`)
    journal.close()
    expect(claims(path)).toEqual([])
  }, 60_000)

  it('is free when its process ends without closing it', async () => {
    const path = fresh()
    const { child, lines } = started(path, 1)
    expect((await lines.next()).value).toBe('open')
    if (child.exitCode === null) await once(child, 'exit')
    expect(claims(path)).toEqual([])
  }, 60_000)

  it('is given to one of four that ask at once', async () => {
    const path = fresh()
    const said = await Promise.all(Array.from({ length: 4 }, async () => (await started(path).lines.next()).value))
    expect(said.filter((line) => line === 'open').length).toBeLessThanOrEqual(1)
    expect(said.filter((line) => line !== 'open' && !line.includes('is held by process'))).toEqual([])
  }, 60_000)

  const claimBy = (path: string, holder: object): void =>
    writeFileSync(`${path}.held-by-1-0`, JSON.stringify({ pid: process.pid, host: hostname(), began: '', ...holder }))

  withFile('/proc/self/stat').test('is free when its holder’s pid is another process’s now', async () => {
    const path = fresh()
    claimBy(path, { began: 'another-boot 1' })
    const journal = await opened(path)
    expect(claims(path)).toHaveLength(1)
    journal.close()
  })

  it('is not free when its holder is on another machine, and the message says what to do', async () => {
    const path = fresh()
    claimBy(path, { pid: 12, host: 'elsewhere' })
    expect(await refused(path)).toBe(
      `runSweep: journal ${path} is held by process 12 on elsewhere; if that one is dead, remove ${path}.held-by-1-0`,
    )
  })
})

it('loses no result that was told when the process is killed', async () => {
  const path = fresh()
  const told = new Set<number>()
  for (let round = 0; round < 5; round++) {
    const { child, lines } = started(path, 100_000)
    await lines.next()
    const until = told.size + 5 + 40 * round
    for (let line = await lines.next(); !line.done; line = await lines.next()) {
      told.add(Number(line.value))
      if (told.size === until) child.kill('SIGKILL')
    }
    const journal = await opened(path)
    const final = new Set(journal.trials.filter(isFinal).map(({ number }) => number))
    expect([...told].filter((number) => !final.has(number))).toEqual([])
    expect(journal.trials.map(({ number }) => number)).toEqual(journal.trials.map((_, i) => i))
    expect(journal.warnings.filter((w) => !w.includes('cut off'))).toEqual([])
    journal.close()
  }
  expect(told.size).toBeGreaterThanOrEqual(425)
}, 120_000)
