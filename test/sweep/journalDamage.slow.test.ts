import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { contentAt } from '../../src/sweep/journal/content.ts'
import { HEAD, recordOf } from '../../src/sweep/journal/head.ts'
import { openJournal } from '../../src/sweep/journal/index.ts'
import { readLine } from '../../src/sweep/journal/line.ts'
import { type Row, replay } from '../../src/sweep/journal/replay.ts'
import type { Trial } from '../../src/sweep/trial.ts'
import { head, runTrial } from './journalHead.ts'
import { fresh, opened, refused, writeJournal } from './journalSupport.ts'

const FINISHED = 4

let whole: Buffer
let written: readonly Trial[]
/** Where each line begins, and the file's end. */
let starts: number[]
/** Lines by Optuna between two runs of ours, and what all trials are. */
let mixed: Buffer

const startsOf = (bytes: Buffer): number[] => [
  0,
  ...[...bytes.entries()].flatMap(([i, byte]) => (byte === 10 ? [i + 1] : [])),
]

const linesOf = (bytes: Buffer): string[] => bytes.toString('utf8').split('\n').slice(0, -1)

const lineAt = (bytes: Buffer, line: number): string => linesOf(bytes)[line] ?? ''

const textOf = (rows: readonly Row[]): string =>
  JSON.stringify(rows, (_, value) => (value instanceof Map ? [...value] : Number.isNaN(value) ? 'NaN' : value))

/** What a journal says after none, one, … of its lines. */
const statesOf = (lines: readonly string[]): string[] => {
  const state = replay()
  const after = lines.map((line) => {
    const entry = readLine(Buffer.from(line))
    if (entry === undefined) throw new Error(`damaged: ${line}`)
    state.apply(entry)
    return textOf(state.rows)
  })
  return ['[]', ...after]
}

const fileOf = (bytes: Uint8Array): string => {
  const path = fresh()
  writeFileSync(path, bytes)
  return path
}

/** Numbers below a bound, the same ones each time. */
const draws = (seed: number): ((below: number) => number) => {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

beforeAll(async () => {
  const path = fresh()
  written = await writeJournal(path, FINISHED)
  whole = readFileSync(path)
  starts = startsOf(whole)
  const other = fileOf(readFileSync(new URL('./optuna.jsonl', import.meta.url)))
  const journal = await opened(other)
  for (let number = 5; number < 8; number++) runTrial(journal, number)
  journal.close()
  mixed = readFileSync(other)
})

describe('a journal that was cut off at any byte', () => {
  it('has just its whole lines', () => {
    const path = fresh()
    for (const [bytes, stride] of [
      [whole, 1],
      [mixed, 31],
    ] as const) {
      const bounds = startsOf(bytes)
      const states = statesOf(linesOf(bytes))
      writeFileSync(path, bytes)
      for (let end = bytes.length - 1; end >= 0; end -= stride) {
        truncateSync(path, end)
        const { state, warnings } = contentAt(path, head)
        // Where only the newline is missing the line is whole.
        const count = bounds.findLastIndex((start) => start <= end + (bytes[end] === 10 ? 1 : 0))
        expect(textOf(state.rows), `${end} bytes`).toBe(states[count])
        expect(warnings).toHaveLength(bounds.includes(end) || bytes[end] === 10 ? 0 : 1)
      }
    }
  }, 120_000)

  it('goes on as if the line had never been begun', async () => {
    for (let end = 1; end < whole.length; end += 211) {
      const path = fileOf(whole.subarray(0, end))
      const journal = await opened(path)
      const next = journal.trials.length
      const before = [...journal.trials]
      runTrial(journal, next)
      journal.close()
      const again = await opened(path)
      expect(again.warnings).toEqual([])
      expect(again.trials.slice(0, next)).toEqual(before)
      expect(again.trials).toHaveLength(next + 1)
      again.close()
      expect(existsSync(`${path}.quarantine`)).toBe(false)
    }
  }, 60_000)
})

/** The trials whose lines a range of bytes touches; the newline belongs to the lines on both sides only as far as both are lost. */
const touched = (at: number): { readonly trial: number; readonly op: number } => {
  const line = starts.findLastIndex((start) => start <= at)
  const { op_code, trial_id, cachegrad } = JSON.parse(lineAt(whole, line))
  return { trial: trial_id ?? cachegrad?.trial ?? -1, op: op_code }
}

const waitingAgain = (trial: Trial | undefined): Trial | undefined =>
  trial?.state === 'running' ? { ...trial, state: 'waiting' } : trial

describe('a journal with a bit that changed', () => {
  it('loses nothing but what the damaged line said, and says so', async () => {
    const draw = draws(7)
    for (let round = 0; round < 100; round++) {
      const [at, bit] = [draw(whole.length), draw(8)]
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
      const path = fileOf(bytes)
      const journal = await opened(path)
      const { trial, op } = touched(at)
      const isNewline = whole[at] === 10
      for (const [number, before] of written.entries()) {
        const after = journal.trials.find((t) => t.number === number)
        // A newline only parts two lines, and a result repeats what its trial's first line said.
        if (number !== trial || isNewline || (op === 4 && number < FINISHED)) {
          expect(after, `trial ${number}, byte ${at}, bit ${bit}`).toEqual(waitingAgain(before))
        }
      }
      expect(journal.warnings, `byte ${at}, bit ${bit}`).toHaveLength(1)
      journal.close()
      const again = await opened(path)
      expect(again.warnings).toEqual([])
      expect(again.trials).toEqual(journal.trials)
      again.close()
    }
  }, 120_000)

  it('keeps the damaged line in quarantine', async () => {
    const bytes = Buffer.from(whole)
    const at = starts[5] ?? 0
    bytes[at + 30] = 0
    const path = fileOf(bytes)
    const journal = await opened(path)
    journal.close()
    expect(journal.warnings).toEqual([`${path}: moved a damaged line to ${path}.quarantine`])
    expect(readFileSync(`${path}.quarantine`)).toEqual(bytes.subarray(at, starts[6]))
  })

  it('runs a trial again whose result is gone, and only that', async () => {
    const line = starts.findIndex(
      (_, i) => lineAt(whole, i).includes('"op_code":6') && lineAt(whole, i).includes('"number":1'),
    )
    const bytes = Buffer.from(whole)
    bytes[(starts[line] ?? 0) + 40] = 7
    const path = fileOf(bytes)
    const journal = await opened(path)
    expect(journal.trials.map(({ state }) => state)).toEqual(
      'complete waiting diverged failed waiting waiting'.split(' '),
    )
    journal.begin(1)
    journal.end(1, { state: 'pruned', value: 1 / 7, reason: 'step 1: too low' })
    journal.close()
    const again = await opened(path)
    expect(again.trials[1]).toMatchObject({ state: 'pruned', value: 1 / 7, attempts: 2 })
    again.close()
  })
})

const without = (bytes: Buffer, lost: (line: Readonly<Record<string, unknown>>) => boolean): Buffer => {
  const copy = Buffer.from(bytes)
  const bounds = startsOf(bytes)
  for (let line = 0; line + 1 < bounds.length; line++) {
    const from = bounds[line] ?? 0
    const text = lineAt(bytes, line)
    if (lost(JSON.parse(text.replaceAll(':NaN', ':null')))) copy.fill(0x7f, from + 3, from + 60)
  }
  return copy
}

describe('a line that creates', () => {
  it('may be lost, for every trial, and no other takes its place', async () => {
    const journal = await opened(fileOf(without(whole, ({ op_code }) => op_code === 4)))
    // Those that have no result are drawn again.
    expect(journal.trials).toEqual(written.slice(0, FINISHED))
    journal.create(FINISHED, { ...written[FINISHED]?.params })
    journal.begin(FINISHED)
    expect(journal.trials.at(-1)).toMatchObject({ number: FINISHED, state: 'running', attempts: 1 })
    journal.close()
  })

  it('may be the study’s', async () => {
    const journal = await opened(fileOf(without(whole, ({ op_code }) => op_code === 0)))
    expect(journal.trials).toEqual(written.map(waitingAgain))
    journal.close()
  })

  it('may be the study’s, together with the line that says what the study is', async () => {
    const journal = await opened(fileOf(without(whole, ({ op_code }) => op_code === 0 || op_code === 2)))
    expect(journal.trials).toEqual(written.map(waitingAgain))
    journal.close()
  })

  it('may be one of Optuna’s: what follows keeps its meaning', async () => {
    const before = await opened(fileOf(mixed))
    before.close()
    for (const lost of [1, 2, 3]) {
      let count = -1
      const journal = await opened(fileOf(without(mixed, ({ op_code }) => op_code === 4 && ++count === lost)))
      // Its parameters and result are on lines of their own; only when it began is gone.
      expect(journal.trials).toEqual(
        before.trials.map((t) => (t.number === lost ? { ...t, began: undefined, attempts: 0 } : t)),
      )
      journal.close()
    }
  })
})

describe('a line that is missing', () => {
  it('does not give its trial’s place to another', async () => {
    const lines = linesOf(whole).filter((line) => !line.includes('"cachegrad":{"trial":1,'))
    const path = fileOf(Buffer.from(`${lines.join('\n')}\n`))
    const journal = await opened(path)
    expect(journal.warnings).toEqual([`${path}: put others in place of lines that are missing`])
    expect(journal.trials).toEqual(written.map(waitingAgain))
    journal.close()
  })
})

describe('a line of another program', () => {
  it('that follows a torn one is found', async () => {
    const cut = (starts.at(-2) ?? 0) + 25
    const bytes = Buffer.concat([
      whole.subarray(0, cut),
      Buffer.from(`${lineAt(whole, 4)}\n`),
      whole.subarray(starts.at(-2)),
    ])
    const path = fileOf(bytes)
    const journal = await opened(path)
    expect(journal.trials).toEqual(written.map(waitingAgain))
    expect(readFileSync(`${path}.quarantine`, 'utf8')).toBe(`${whole.toString('utf8', starts.at(-2), cut)}\n`)
    journal.close()
  })
})

describe('a journal with any damage', () => {
  const damaged = (bytes: Buffer, draw: (below: number) => number): string => {
    const copy = Buffer.from(bytes)
    for (let k = draw(60); k >= 0; k--) {
      const at = draw(copy.length)
      if (draw(3) === 0) copy.copyWithin(at, draw(copy.length), draw(copy.length))
      else copy[at] = draw(256)
    }
    return fileOf(copy)
  }

  it('opens, and then is whole', async () => {
    const draw = draws(3)
    for (let round = 0; round < 60; round++) {
      const path = damaged(whole, draw)
      const journal = await opened(path)
      journal.close()
      const again = await opened(path)
      expect(again.warnings).toEqual([])
      expect(again.trials).toEqual(journal.trials)
      again.close()
    }
  }, 60_000)

  it('opens or is refused in one line where Optuna’s lines, which have no checksum, are damaged', async () => {
    const draw = draws(4)
    for (let round = 0; round < 60; round++) {
      const journal = await openJournal(damaged(mixed, draw), head)()
      if (E.isRight(journal)) journal.right.close()
      else expect(journal.left.message).toMatch(/^runSweep: journal .* was begun otherwise: [^\n]*$/)
    }
  }, 60_000)

  it.each([
    ['a deep sampler', { sampler: 'DEEP' }, /its sampler was nested too deeply, but is "random"/],
    [
      'deep domains',
      { space: Object.keys(head.space).map((name) => [name, 'DEEP']) },
      /its parameter 'rate' was nested/,
    ],
    ['texts for a space', { space: ['rate', 'hidden'] }, /it had no parameter 'rate'/],
  ])('is refused in one line where it was begun with %s', async (_, part, message) => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    const record = JSON.stringify({ ...recordOf(head), ...part }).replace('"DEEP"', deep)
    const lines = [
      `{"op_code":0,"worker_id":"optuna","study_name":"${head.name}","directions":[2]}`,
      `{"op_code":2,"worker_id":"optuna","study_id":0,"user_attr":{"${HEAD}":${record}}}`,
    ]
    expect(await refused(fileOf(Buffer.from(`${lines.join('\n')}\n`)))).toMatch(message)
  })
})
