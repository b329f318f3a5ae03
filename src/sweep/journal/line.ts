import { isUtf8 } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { isOperation, isRecord, type Operation } from './operation.ts'

/** A longer line is damaged; and none is written. */
export const MAX_LINE = 2 ** 24

/** The first letters of our worker ids. */
const OURS = 'cachegrad-'
const WORKER = `${OURS}${process.pid}`

const NEWLINE = 10

/** `,"crc":"0a1b2c3d"}`: what a sealed line ends with. */
const SEAL = /^,"crc":"([0-9a-f]{8})"\}$/
const SEAL_BYTES = 18

const hex = (bytes: Uint8Array | string): string => crc32(bytes).toString(16).padStart(8, '0')

/** A line that was read. */
export interface Entry {
  readonly operation: Operation
  /** Whether it has our checksum; Optuna's lines have none. */
  readonly sealed: boolean
}

/**
 * The bytes of a line: the operation as JSON, and as its last key the CRC-32 of all that stands before.
 *
 * @throws  RangeError for one that is longer than 16 MiB
 * @see     https://www.rfc-editor.org/rfc/rfc1952#section-8 for the CRC
 */
export const sealed = (operation: Operation): Buffer => {
  const { op_code, ...rest } = operation
  // Optuna's order of keys; `{"op_code":` is also how `pieces` finds where lines begin.
  const body = JSON.stringify({ op_code, worker_id: WORKER, ...rest }).slice(0, -1)
  const line = Buffer.from(`${body},"crc":"${hex(body)}"}\n`)
  if (line.length > MAX_LINE) throw new RangeError(`a line of ${line.length} bytes is longer than ${MAX_LINE}`)
  return line
}

/** JSON as Python writes it: it also has NaN, Infinity and -Infinity, which get quotes. */
const parsePython = (text: string): unknown => {
  if (!text.includes('NaN') && !text.includes('Infinity')) return JSON.parse(text)
  // A text without an end is taken to the end, so that no text is looked at twice.
  const token = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)|NaN|-?Infinity/g
  return JSON.parse(text.replace(token, (found) => (found.startsWith('"') ? found : `"${found}"`)))
}

const [OPEN, CLOSE] = [123, 125]

/**
 * What a line says, without its newline.
 *
 * @returns  undefined for a damaged one: not what its checksum says, or nothing that Optuna could read
 */
export const readLine = (bytes: Buffer): Entry | undefined => {
  if (bytes.length > MAX_LINE || !isUtf8(bytes)) return undefined
  const end = bytes.length - SEAL_BYTES
  const crc = end > 0 ? SEAL.exec(bytes.toString('latin1', end))?.[1] : undefined
  if (crc !== undefined && crc !== hex(bytes.subarray(0, end))) return undefined
  try {
    const value = parsePython(bytes.toString('utf8'))
    if (!isRecord(value)) return undefined
    // Damage that hits the checksum's own key must not pass for a line without one.
    const sealed = crc !== undefined
    if (!sealed && typeof value.worker_id === 'string' && value.worker_id.startsWith(OURS)) return undefined
    const operation: unknown = sealed ? value : { ...value, cachegrad: undefined }
    return isOperation(operation) ? { operation, sealed } : undefined
  } catch {
    return undefined
  }
}

/** A part of a journal's bytes: a line without its newline, or damaged bytes, which have no entry. */
export interface Piece {
  readonly from: number
  readonly to: number
  readonly entry: Entry | undefined
}

/** A line within bytes; what is no JSON object by its first and last byte costs nothing. */
const lineIn = (bytes: Buffer, from: number, to: number): Entry | undefined =>
  bytes[from] === OPEN && bytes[to - 1] === CLOSE ? readLine(bytes.subarray(from, to)) : undefined

const BEGIN = '{"op_code":'

/** Whole lines that stand within damaged bytes: a newline that was changed or never written joins two. */
function* salvaged(bytes: Buffer, from: number, to: number): Generator<Piece> {
  let at = from
  while (at < to) {
    const next = bytes.indexOf(BEGIN, at + 1)
    const end = next < 0 || next > to ? to : next
    const whole = lineIn(bytes, at, end)
    // The byte that once was a newline.
    const cut = whole === undefined ? lineIn(bytes, at, end - 1) : undefined
    if (cut === undefined) yield { from: at, to: end, entry: whole }
    else
      yield* [
        { from: at, to: end - 1, entry: cut },
        { from: end - 1, to: end, entry: undefined },
      ]
    at = end
  }
}

/** A journal's lines in order; only the last piece may lack its newline. */
export function* pieces(bytes: Buffer): Generator<Piece> {
  for (let from = 0; from < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, from)
    const to = newline < 0 ? bytes.length : newline
    const entry = lineIn(bytes, from, to)
    if (entry !== undefined) yield { from, to, entry }
    else if (to === from) yield { from, to, entry: undefined }
    else yield* salvaged(bytes, from, to)
    from = to + 1
  }
}
