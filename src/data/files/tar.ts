import * as E from 'fp-ts/lib/Either.js'
import { parseTar } from 'nanotar'
import { messageOf, quoted } from '../../files/index.ts'
import { DataError } from '../errors.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { ceil } = Math

const BLOCK = 512

// nanotar copies what holds for all files to each of them. Git writes 52 bytes of it.
const GLOBAL = 0x67 // type g
const MOST_GLOBAL = 512

/** What a tar archive holds: the content of each ordinary file by the last part of its path. */
export type TarFiles = ReadonlyMap<string, Uint8Array>

const utf8 = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)

const textAt = (bytes: Uint8Array, from: number, length: number): string => {
  const field = bytes.subarray(from, from + length)
  const end = field.indexOf(0)
  return utf8(end < 0 ? field : field.subarray(0, end))
}

const climbs = (path: string): boolean => /^([/\\]|[a-z]:)/i.test(path) || path.split(/[/\\]/).includes('..')

// The sum of a header's bytes, its own field taken as blanks.
const checksum = (bytes: Uint8Array, at: number): number =>
  bytes.subarray(at, at + BLOCK).reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 32 : byte), 0)

const octal = (text: string): number => (/^ *[0-7]+ *$/.test(text) ? Number.parseInt(text, 8) : Number.NaN)

/** The paths that an entry is given: in its header, or in one that only says what the next entry is called. */
const pathsOf = (bytes: Uint8Array, at: number, size: number): readonly string[] => {
  const name = textAt(bytes, at, 100)
  // Elsewhere than in POSIX headers the bytes of the prefix hold other things.
  const prefix = textAt(bytes, at + 257, 6) === 'ustar' && bytes[at + 262] === 0 ? textAt(bytes, at + 345, 155) : ''
  const type = String.fromCharCode(bytes[at + 156] as number)
  const own = prefix === '' ? name : `${prefix}/${name}`
  if ('LN'.includes(type)) return [own, textAt(bytes, at + BLOCK, size)]
  if (!'xg'.includes(type)) return [own]
  const text = utf8(bytes.subarray(at + BLOCK, at + BLOCK + size))
  return [own, ...[...text.matchAll(/^\d+ path=(.*)$/gm)].map((match) => match[1] as string)]
}

const headerFault = (bytes: Uint8Array, at: number): string | undefined => {
  const size = octal(textAt(bytes, at + 124, 12))
  if (checksum(bytes, at) !== octal(textAt(bytes, at + 148, 8)) || Number.isNaN(size)) {
    return at === 0
      ? 'this is no tar archive, packed by gzip or not; is it the right file?'
      : `the tar header at byte ${at} is damaged; delete the archive and get it again`
  }
  const name = quoted(textAt(bytes, at, 100))
  const rest = bytes.length - at - BLOCK
  if (size > rest) {
    return `${name} has ${size} bytes by its tar header, but ${rest} follow it: the archive is truncated; get it again`
  }
  const climbing = pathsOf(bytes, at, size).find(climbs)
  return climbing === undefined
    ? undefined
    : `it holds the path ${quoted(climbing)}, which leads out of its folder: the archive is hostile, nothing is read`
}

// nanotar checks no sums and no lengths, tidies paths before anyone sees them, and never ends at a negative size.
const fault = (bytes: Uint8Array): string | undefined => {
  if (bytes.length < BLOCK)
    return `a tar archive has at least ${BLOCK} bytes, but this has ${bytes.length}; get it again`
  let global = 0
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    if (at > 0 && bytes.subarray(at, at + BLOCK).every((byte) => byte === 0)) return undefined
    const found = headerFault(bytes, at)
    if (found !== undefined) return found
    const size = octal(textAt(bytes, at + 124, 12))
    if (bytes[at + 156] === GLOBAL) global += size
    if (global > MOST_GLOBAL) {
      return `its global headers hold more than ${MOST_GLOBAL} bytes, ${global} up to byte ${at}; is it the right file?`
    }
    at += BLOCK + BLOCK * ceil(size / BLOCK)
  }
  return undefined
}

// nanotar reads the buffer from its beginning, wherever the bytes begin.
const ownBuffer = (bytes: Uint8Array): ArrayBuffer =>
  bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.length
    ? bytes.buffer
    : new Uint8Array(bytes).buffer

/**
 * The ordinary files in a tar archive, in memory: nothing is written, and the contents share its memory.
 *
 * @param name   of the archive, for messages
 * @param bytes  the whole archive, unpacked
 * @param wanted whether a file of this name is taken
 * @returns      left(DataError) when it is no archive, is truncated or damaged, or when any path in it is absolute or
 *               has a part `..`, whatever else it holds
 * @see          POSIX.1-2017, pax, "ustar Interchange Format"
 */
export const tarFiles = (
  name: string,
  bytes: Uint8Array,
  wanted: (name: string) => boolean,
): E.Either<DataError, TarFiles> => {
  const found = fault(bytes)
  if (found !== undefined) return E.left(new DataError(`${name}: ${found}`))
  const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
  return E.tryCatch(
    () =>
      new Map(
        parseTar(ownBuffer(bytes), { filter: (file) => file.type === 'file' && wanted(last(file.name)) }).map(
          (file) => [last(file.name), file.data ?? new Uint8Array()],
        ),
      ),
    (error) =>
      new DataError(`${name}: the archive cannot be read (${messageOf(error)}); get it again`, { cause: error }),
  )
}
