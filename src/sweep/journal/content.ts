import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { replaceFile } from '../../files/index.ts'
import { SweepError } from '../errors.ts'
import type { Head } from './head.ts'
import { type Piece, pieces } from './line.ts'
import { leavesOut, repair } from './repair.ts'
import { type Replay, replay } from './replay.ts'

/** A larger journal is not read. */
const MAX_BYTES = 2 ** 30

/** A journal's bytes; undefined where there is none yet. */
const bytesOf = (path: string): Buffer | undefined => {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return undefined
  if (!stat.isFile()) throw new SweepError(`openJournal: ${path} is no file; name a file`)
  if (stat.size > MAX_BYTES) {
    throw new SweepError(`openJournal: ${path} has ${stat.size} bytes, more than ${MAX_BYTES}; begin another journal`)
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

const mended = (path: string, bytes: Buffer, asked: Head): Content => {
  const { bytes: repaired, damaged, count } = repair(bytes, asked)
  const state = replay()
  for (const { entry } of pieces(repaired)) if (entry !== undefined) state.apply(entry)
  const quarantine = `${path}.quarantine`
  const parts = damaged.flatMap((part) => [part, NEWLINE])
  const settle = async (): Promise<void> => {
    if (count > 0) appendFileSync(quarantine, Buffer.concat(parts), { flush: true })
    await replaceFile(path, repaired)
  }
  const lines = count === 1 ? 'a damaged line' : `${count} damaged lines`
  const warning = count > 0 ? `moved ${lines} to ${quarantine}` : 'put others in place of lines that are missing'
  return { state, warnings: [`${path}: ${warning}`], settle }
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
  let gaps = false
  for (const piece of pieces(bytes)) {
    last = piece
    if (piece.entry === undefined) damaged++
    else {
      gaps ||= leavesOut(state, piece.entry)
      state.apply(piece.entry)
      lines++
    }
  }
  if (lines === 0 && isForeign(bytes)) throw new SweepError(`openJournal: ${path} is no journal; name another file`)
  const torn = last !== undefined && last.entry === undefined && bytes.at(-1) !== 10 ? last : undefined
  const whole = torn?.from ?? bytes.length
  const cut = torn === undefined ? [] : [`${path}: cut off ${torn.to - whole} bytes of a line that was not finished`]
  if (gaps || damaged > (torn === undefined ? 0 : 1)) {
    const content = mended(path, bytes.subarray(0, whole), asked)
    return { ...content, warnings: [...content.warnings, ...cut] }
  }
  const settle = async (): Promise<void> => {
    if (torn !== undefined) truncateSync(path, whole)
    if (whole > 0 && bytes[whole - 1] !== 10) appendFileSync(path, NEWLINE)
  }
  return { state, warnings: cut, settle }
}
