import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type * as E from 'fp-ts/lib/Either.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runSweep, type SweepError, type SweepResult } from '../../src/sweep/index.ts'
import { ordered } from './studies/ordered.ts'
import { essence, messageOf, right } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'cachegrad-order-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

const study = ordered(1, 14)

/** A journal in a folder of its own; of one name, so that it is of one study. */
const fileOf = (lines: readonly string[], name = 'study'): string => {
  const own = join(folder, String(files++))
  mkdirSync(own)
  const path = join(own, `${name}.jsonl`)
  if (lines.length > 0) writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  return path
}

const linesOf = (path: string): readonly string[] => readFileSync(path, 'utf8').trimEnd().split('\n')

const goOn = (path: string, of = study): Promise<E.Either<SweepError, SweepResult>> => runSweep(of, { journal: path })()

let quiet: readonly object[]
/** The lines of the quiet run, and of one that was ended half way. */
let whole: readonly string[]
let half: readonly string[]

beforeAll(async () => {
  const path = fileOf([])
  quiet = essence(right(await goOn(path)).trials)
  whole = linesOf(path)
  half = whole.slice(0, whole.length / 2)
})

it('the quiet run has trials of all kinds', async () => {
  expect(new Set(quiet.map((trial) => (trial as { state: string }).state))).toEqual(
    new Set(['complete', 'pruned', 'diverged', 'failed']),
  )
})

const creates = (lines: readonly string[]): readonly number[] =>
  lines.flatMap((line, at) => (line.startsWith('{"op_code":4,') ? [at] : []))

describe('a line that creates a trial and is there twice', () => {
  it('is put in quarantine, which is said, and the table is that of the quiet run', async () => {
    for (const lines of [whole, half]) {
      for (const at of creates(lines)) {
        const path = fileOf([...lines.slice(0, at + 1), lines[at] as string, ...lines.slice(at + 1)])
        const { trials, warnings } = right(await goOn(path))
        expect(essence(trials), `line ${at}`).toEqual(quiet)
        expect(warnings).toEqual([`${path}: moved a line that was there twice to ${path}.quarantine`])
        expect(linesOf(`${path}.quarantine`)).toEqual([lines[at]])
        // Optuna's ids count lines that create.
        expect(creates(linesOf(path))).toHaveLength(14)
        expect(right(await goOn(path)).warnings).toEqual([])
      }
    }
  }, 60_000)
})

describe('a file that was put together', () => {
  it.each([
    ['of the beginning and the whole', (n: number) => [...half.slice(0, n), ...half]],
    ['of the whole and its end', (n: number) => [...half, ...half.slice(n)]],
  ])(
    '%s gives the table of the quiet run',
    async (_, join) => {
      for (let n = 1; n < half.length; n += 3) {
        const { trials } = right(await goOn(fileOf(join(n))))
        expect(essence(trials), `${n} lines`).toEqual(quiet)
      }
    },
    60_000,
  )

  it('of two studies of one name is refused', async () => {
    const other = fileOf([])
    right(await goOn(other, ordered(2, 6)))
    for (const lines of [
      [...half, ...linesOf(other)],
      [...linesOf(other), ...half],
      [...half, ...linesOf(other).slice(2)],
    ]) {
      const path = fileOf(lines)
      expect(messageOf(await goOn(path))).toMatch(
        /^runSweep: journal .* holds lines of two studies: .*; take the file apart again, or name another journal$/,
      )
      expect(linesOf(path)).toEqual(lines)
    }
  }, 60_000)

  it('of two studies of two names is refused', async () => {
    const other = fileOf([], 'other')
    right(await goOn(other, ordered(2, 6)))
    expect(messageOf(await goOn(fileOf([...half, ...linesOf(other)])))).toMatch(/holds lines of two studies/)
    expect(messageOf(await goOn(fileOf([...linesOf(other), ...half])))).toMatch(/holds lines of two studies/)
  })
})

describe('a journal that was renamed or copied', () => {
  it('is refused, instead of running everything again, and goes on under its name', async () => {
    const path = fileOf(half, 'copy')
    const message = messageOf(await goOn(path))
    expect(message).toContain("holds this study under the name 'study', after which its file must be named")
    expect(message).toContain(join(dirname(path), 'study.jsonl'))
    expect(linesOf(path)).toEqual(half)
    renameSync(path, join(dirname(path), 'study.jsonl'))
    expect(essence(right(await goOn(join(dirname(path), 'study.jsonl'))).trials)).toEqual(quiet)
  })

  it('is another study’s with another seed, as before', async () => {
    const path = fileOf(half, 'copy')
    expect(right(await goOn(path, ordered(2, 3))).done).toBe(3)
    expect(linesOf(path).slice(0, half.length)).toEqual(half)
  })
})

describe('two lines that were swapped', () => {
  const swapped = (lines: readonly string[], a: number, b: number): readonly string[] =>
    lines.map((line, at) => (at === a ? lines[b] : at === b ? lines[a] : line) as string)

  it('give the table of the quiet run, whichever they are', async () => {
    for (let a = 0; a < half.length; a++) {
      for (const b of [a + 1, a + 2, a + 7, half.length - 1].filter((b) => b > a && b < half.length)) {
        const { trials } = right(await goOn(fileOf(swapped(half, a, b))))
        expect(essence(trials), `lines ${a} and ${b}`).toEqual(quiet)
      }
    }
  }, 120_000)

  it('are put back if they create, and nothing is lost', async () => {
    const [, , third = 0, fourth = 0] = creates(half)
    const path = fileOf(swapped(half, third, fourth))
    const { warnings } = right(await goOn(path))
    expect(warnings).toEqual([`${path}: put a line back in its place`])
    expect(
      creates(linesOf(path))
        .slice(0, 4)
        .map((at) => linesOf(path)[at]),
    ).toEqual(
      creates(half)
        .slice(0, 4)
        .map((at) => half[at]),
    )
  })
})
