import * as E from 'fp-ts/lib/Either.js'
import { messageOf, quoted } from '../files/index.ts'
import { crc32, inflateRawSync } from '../system/index.ts'
import { CENTRAL, END, LOCAL, leavesFolder, viewOf } from './zip.ts'

const END64 = 0x06064b50
const LOCATOR64 = 0x07064b50
const ENCRYPTED = 1
const STORED = 0
const DEFLATED = 8
const IN_EXTRA = 0xffffffff // the 64-bit field says it

interface Entry {
  readonly name: string
  readonly method: number
  readonly crc: number
  readonly packed: number
  readonly unpacked: number
  /** Where its local header begins. */
  readonly at: number
}

class Damaged extends Error {}

const check = (holds: boolean, fault: string): void => {
  if (!holds) throw new Damaged(fault)
}

/** Where the central directory lies and how many entries it has. */
const directoryOf = (bytes: Uint8Array, view: DataView): readonly [start: number, stop: number, count: number] => {
  const least = Math.max(0, bytes.length - 22 - 0xffff)
  let end = bytes.length - 22
  while (
    end >= least &&
    !(view.getUint32(end, true) === END && end + 22 + view.getUint16(end + 20, true) === bytes.length)
  )
    end--
  check(end >= least, 'no end of a zip archive is found: the file is truncated or something else; get it again')
  const [count, size, start] = [
    view.getUint16(end + 10, true),
    view.getUint32(end + 12, true),
    view.getUint32(end + 16, true),
  ]
  if (count !== 0xffff && size !== IN_EXTRA && start !== IN_EXTRA) return [start, start + size, count]
  check(
    end >= 20 && view.getUint32(end - 20, true) === LOCATOR64,
    'the place of its directory is missing; get it again',
  )
  const wide = Number(view.getBigUint64(end - 12, true))
  check(wide + 56 <= end && view.getUint32(wide, true) === END64, 'the place of its directory is damaged; get it again')
  const [count64, size64, start64] = [32, 40, 48].map((field) => Number(view.getBigUint64(wide + field, true)))
  return [start64 as number, (start64 as number) + (size64 as number), count64 as number]
}

/** Sizes and place of an entry whose 32-bit fields are too small for them. */
const wideFields = (fields: readonly number[], extra: Uint8Array): readonly number[] => {
  if (!fields.includes(IN_EXTRA)) return fields
  const view = viewOf(extra)
  for (let at = 0; at + 4 <= extra.length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    let next = at + 4
    return fields.map((field) => {
      if (field !== IN_EXTRA) return field
      check(next + 8 <= extra.length, 'the 64-bit sizes of an entry are cut off; get the file again')
      next += 8
      return Number(view.getBigUint64(next - 8, true))
    })
  }
  throw new Damaged('the 64-bit sizes of an entry are missing; get the file again')
}

const readDirectory = (
  bytes: Uint8Array,
  view: DataView,
): { readonly entries: readonly Entry[]; readonly start: number } => {
  const [start, stop, count] = directoryOf(bytes, view)
  check(
    stop <= bytes.length && count <= (stop - start) / 46,
    `its directory promises ${count} entries that are not there: the file is damaged; get it again`,
  )
  const entries: Entry[] = []
  let at = start
  for (let i = 0; i < count; i++) {
    check(
      at + 46 <= stop && view.getUint32(at, true) === CENTRAL,
      `entry ${i} of its directory is damaged; get the file again`,
    )
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ]
    const next = at + 46 + nameLength + extraLength + commentLength
    check(next <= stop, `entry ${i} of its directory is cut off; get the file again`)
    check(
      (view.getUint16(at + 8, true) & ENCRYPTED) === 0,
      `entry ${i} is encrypted, which is not read; save it with numpy.savez`,
    )
    const nameStop = at + 46 + nameLength
    const [unpacked, packed, place] = wideFields(
      [24, 20, 42].map((field) => view.getUint32(at + field, true)),
      bytes.subarray(nameStop, nameStop + extraLength),
    ) as [number, number, number]
    entries.push({
      name: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(at + 46, nameStop)),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed,
      unpacked,
      at: place,
    })
    at = next
  }
  return { entries, start }
}

/** The packed bytes of each entry, after checking that no two share any. */
const contents = (
  bytes: Uint8Array,
  view: DataView,
  entries: readonly Entry[],
  end: number,
): ReadonlyMap<Entry, Uint8Array> => {
  let reached = 0
  return new Map(
    [...entries]
      .sort((a, b) => a.at - b.at)
      .map((entry) => {
        const { name, at, packed } = entry
        const title = quoted(name)
        check(at >= reached, `the entry ${title} overlaps what lies before; get the file again`)
        check(
          at + 30 <= end && view.getUint32(at, true) === LOCAL,
          `the entry ${title} is not where it should be; get the file again`,
        )
        const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)
        reached = start + packed
        check(reached <= end, `the entry ${title} has ${packed} bytes, but not as many are there; get the file again`)
        return [entry, bytes.subarray(start, reached)]
      }),
  )
}

const unpack = ({ name, method, unpacked, crc }: Entry, packed: Uint8Array): Uint8Array => {
  const title = quoted(name)
  check(
    method === STORED || method === DEFLATED,
    `the entry ${title} is packed by method ${method}, which is not read; save it with numpy.savez_compressed`,
  )
  // One byte more than promised, so that a longer one is noticed; zlib wants at least one.
  const content = method === STORED ? packed : inflateRawSync(packed, { maxOutputLength: unpacked + 1 })
  check(
    content.length === unpacked,
    `the entry ${title} has ${content.length} bytes, but promises ${unpacked}; get the file again`,
  )
  check(crc32(content) === crc, `the checksum of the entry ${title} is wrong; get the file again`)
  return content
}

/** The most bytes that the files of an archive may take: what is packed more tightly is no net but a trap. */
const limit = (bytes: Uint8Array): number => 2 ** 26 + 100 * bytes.length

/**
 * The files in a zip archive, stored or deflated
 *
 * Nothing is allocated for what a header promises: unpacked, all may have 64 MiB and 100 times the archive's bytes.
 *
 * @returns  left(what is wrong) for an archive that is damaged, encrypted or packs too much, whose entries overlap, have the same name,
 *           or a name that leaves its folder
 */
export const readZip = (bytes: Uint8Array): E.Either<string, ReadonlyMap<string, Uint8Array>> =>
  E.tryCatch(
    () => {
      const view = viewOf(bytes)
      const { entries, start } = readDirectory(bytes, view)
      const total = entries.reduce((sum, { unpacked }) => sum + unpacked, 0)
      check(
        total <= limit(bytes),
        `unpacked it would take ${total} bytes, but at most ${limit(bytes)} are read; save it with numpy.savez`,
      )
      const packed = contents(bytes, view, entries, start)
      const files = new Map<string, Uint8Array>()
      for (const entry of entries) {
        check(!leavesFolder(entry.name), `the name ${quoted(entry.name)} leaves the archive's folder; rename it`)
        check(!files.has(entry.name), `the name ${quoted(entry.name)} comes twice; rename one of them`)
        files.set(entry.name, unpack(entry, packed.get(entry) as Uint8Array))
      }
      return files
    },
    (error) =>
      error instanceof Damaged ? error.message : `the archive is damaged (${messageOf(error)}); get it again`,
  )
