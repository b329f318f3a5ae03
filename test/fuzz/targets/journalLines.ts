import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { crc32 } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { runSweep, type Study } from '../../../src/sweep/index.ts'
import { OUTCOME } from '../../../src/sweep/journal/view.ts'
import { ordered } from '../../sweep/studies/ordered.ts'
import { essence, right } from '../../sweep/support.ts'
import type { Draw } from '../draw.ts'
import { type Hostile, plain, type Read, type Target } from '../target.ts'

// Lines that are whole but not where they belong, or not once. A study that goes on from such a file must come to the table of the
// quiet run or be refused: another table would be wrong in silence.

const study = ordered(1, 12)

/** Without what differs from run to run: times, processes, the places of files in stacks. */
const plainLine = (line: string): string => {
  const { crc: _, ...operation } = JSON.parse(line, (name, value) => {
    if (name === 'worker_id') return 'cachegrad-1'
    if (name.startsWith('datetime') && value !== null) return '2026-01-01T00:00:00.000000+00:00'
    return name === OUTCOME ? { ...value, reason: value.reason.split('\n')[0] } : value
  })
  const body = JSON.stringify(operation).slice(0, -1)
  return `${body},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}`
}

/** The lines of a study's journal, and its table. */
const quietRun = async (name: string, of: Study) => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-lines-'))
  const path = join(folder, name)
  const { trials } = right(await runSweep(of, { journal: path })())
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').map(plainLine)
  rmSync(folder, { recursive: true })
  return { lines, table: essence(trials) }
}

const { lines: own, table } = await quietRun('input', study)
const others = [
  (await quietRun('input', ordered(2, 5))).lines,
  (await quietRun('other', ordered(2, 5))).lines,
  (await quietRun('other', study)).lines,
]

type Lines = readonly string[]
type Change = (draw: Draw, lines: Lines) => Lines

/** A journal as it was at some time. */
const someOf = (draw: Draw, lines: Lines = own): Lines => lines.slice(0, 1 + draw.below(lines.length))

const twice: Change = (draw, lines) => {
  const at = draw.below(lines.length)
  const later = draw.below(2) === 0 ? at + 1 : at + 1 + draw.below(lines.length - at)
  return [...lines.slice(0, later), lines[at] as string, ...lines.slice(later)]
}

const swapped: Change = (draw, lines) => {
  const a = draw.below(lines.length)
  const b = draw.below(2) === 0 ? Math.min(a + 1, lines.length - 1) : draw.below(lines.length)
  return lines.map((line, at) => (at === a ? lines[b] : at === b ? lines[a] : line) as string)
}

const part = (draw: Draw, lines: Lines): Lines =>
  draw.oneOf([lines, lines.slice(draw.below(lines.length)), lines.slice(0, draw.below(lines.length))])

/** Two parts of the journal in one file; where the first one was cut off within a line, that is joined to the next. */
const joined: Change = (draw, lines) => {
  const [first, second] = [part(draw, lines), part(draw, someOf(draw))]
  const last = first.at(-1)
  if (last === undefined || draw.below(2) === 0) return [...first, ...second]
  return [...first.slice(0, -1), last.slice(0, draw.below(last.length)) + (second[0] ?? ''), ...second.slice(1)]
}

const lost: Change = (draw, lines) => {
  const at = draw.below(lines.length)
  return lines.filter((_, i) => i !== at)
}

const changed =
  (changes: readonly Change[], most: number): Hostile =>
  (draw) => {
    let lines = someOf(draw)
    for (let k = draw.below(most); k >= 0 && lines.length > 0; k--) lines = draw.oneOf(changes)(draw, lines)
    return Buffer.from(lines.map((line) => `${line}\n`).join(''))
  }

/** The journal and that of another study, of the same name or another. */
const withOther: Hostile = (draw) => {
  const parts = [someOf(draw), someOf(draw, draw.oneOf(others))]
  const lines = (draw.below(2) === 0 ? parts : parts.reverse()).flat()
  return Buffer.from(lines.map((line) => `${line}\n`).join(''))
}

const read = async (bytes: Uint8Array): Promise<Read> => {
  writeFileSync('input', bytes)
  rmSync('input.quarantine', { force: true })
  const result = await runSweep(study, { journal: 'input' })()
  if (E.isRight(result) && !isDeepStrictEqual(essence(result.right.trials), table)) {
    throw new Error(`another table${existsSync('input.quarantine') ? ', with a quarantine' : ''}`)
  }
  return result
}

export const journalLinesTarget: Target = {
  name: 'journal-lines',
  seeds: [
    Buffer.from(
      own
        .slice(0, 12)
        .map((line) => `${line}\n`)
        .join(''),
    ),
  ],
  read,
  hostile: {
    twice: changed([twice], 4),
    swapped: changed([swapped], 8),
    joined: changed([joined], 2),
    lost: changed([lost], 3),
    mixed: changed([twice, swapped, joined, lost], 6),
    withOther,
  },
  justified: plain,
}
