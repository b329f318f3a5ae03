import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { replaceFile, shortened } from '../../files/index.ts'
import { SweepError } from '../errors.ts'
import type { Head } from './head.ts'
import { type Piece, pieces } from './line.ts'
import { isMisplaced } from './order.ts'
import { type Repaired, repair } from './repair.ts'
import { type Replay, replay } from './replay.ts'

/** A larger journal is not read. */
const MAX_BYTES = 2 ** 30

/** A journal's bytes; undefined where there is none yet. */
const bytesOf = (path: string): Buffer | undefined => {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (!stat.isFile()) throw new SweepError(`runSweep: journal ${path} is no file; name a file`)
  if (stat.size > MAX_BYTES) {
    throw new SweepError(
      `runSweep: journal ${path} has ${stat.size} bytes, more than ${MAX_BYTES}; begin another journal`,
    )
  }
  return readFileSync(path)
}

/** What a journal says, and what makes its file say just that. */
export interface Content {
  readonly state: Replay
  readonly warnings: readonly string[]
  readonly settle: () => Promise<void>
}

const BEGIN = '{"op_code":'

/** A file of another kind must not be taken for a journal that is all damage. */
const isForeign = (bytes: Buffer): boolean => !BEGIN.startsWith(bytes.toString('latin1', 0, BEGIN.length))

const NEWLINE = Buffer.from('\n')

const warningOf = ({ damaged, repeated, moved }: Repaired, quarantine: string): string => {
  const some = (count: number, one: string, many: string): readonly string[] =>
    count === 0 ? [] : [count === 1 ? one : `${count} ${many}`]
  const leftOut = [
    ...some(damaged, 'a damaged line', 'damaged lines'),
    ...some(repeated, 'a line that was there twice', 'lines that were there twice'),
  ]
  const done = [
    ...(leftOut.length === 0 ? [] : [`moved ${leftOut.join(' and ')} to ${quarantine}`]),
    ...some(moved, 'put a line back in its place', 'lines were put back in their places'),
  ]
  return done.length === 0 ? 'put others in place of lines that are missing' : done.join('; ')
}

const QUARANTINE = '.quarantine'

const quarantineOf = (path: string): string =>
  join(dirname(path), shortened(basename(path), QUARANTINE.length) + QUARANTINE)

const mended = (path: string, bytes: Buffer, asked: Head): Content => {
  const repaired = repair(bytes, asked)
  if (repaired.contradiction !== undefined) {
    throw new SweepError(
      `runSweep: journal ${path} holds lines of two studies: ${repaired.contradiction}; take the file apart again, or name another journal`,
    )
  }
  const state = replay()
  for (const { entry } of pieces(repaired.bytes)) if (entry !== undefined) state.apply(entry)
  const quarantine = quarantineOf(path)
  const parts = repaired.leftOut.flatMap((part) => [part, NEWLINE])
  const settle = async (): Promise<void> => {
    if (parts.length > 0) appendFileSync(quarantine, Buffer.concat(parts), { flush: true })
    await replaceFile(path, repaired.bytes)
  }
  return { state, warnings: [`${path}: ${warningOf(repaired, quarantine)}`], settle }
}

/**
 * Reads a journal; it is changed only by `settle`.
 *
 * @param asked  the study that is opened
 * @throws  SweepError for what is no file, no journal or too large; the system's errors
 */
export const contentAt = (path: string, asked: Head): Content => {
  const bytes = bytesOf(path)
  const state = replay()
  if (bytes === undefined) return { state, warnings: [], settle: () => replaceFile(path, '') }
  let last: Piece | undefined
  let [lines, damaged] = [0, 0]
  let isInOrder = true
  for (const piece of pieces(bytes)) {
    last = piece
    if (piece.entry === undefined) damaged++
    else {
      isInOrder &&= !isMisplaced(state, piece.entry)
      state.apply(piece.entry)
      lines++
    }
  }
  if (lines === 0 && isForeign(bytes))
    throw new SweepError(`runSweep: journal ${path} is no journal; name another file`)
  const torn = last !== undefined && last.entry === undefined && bytes.at(-1) !== 10 ? last : undefined
  const whole = torn?.from ?? bytes.length
  const cut = torn === undefined ? [] : [`${path}: cut off ${torn.to - whole} bytes of a line that was not finished`]
  if (!isInOrder || damaged > (torn === undefined ? 0 : 1)) {
    const content = mended(path, bytes.subarray(0, whole), asked)
    return { ...content, warnings: [...content.warnings, ...cut] }
  }
  const settle = async (): Promise<void> => {
    if (torn !== undefined) truncateSync(path, whole)
    if (whole > 0 && bytes[whole - 1] !== 10) appendFileSync(path, NEWLINE)
  }
  return { state, warnings: cut, settle }
}
