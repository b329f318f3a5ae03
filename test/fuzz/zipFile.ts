import { crc32 } from 'node:zlib'

/** What an entry of a zip archive says of itself, true or not. */
export interface ZipEntry {
  readonly name: string
  /** As it lies in the file. */
  readonly content: Uint8Array
  /** 0 stored, 8 deflated. */
  readonly method?: number
  readonly crc?: number
  readonly packed?: number
  readonly unpacked?: number
  readonly at?: number
  readonly flags?: number
  readonly extra?: Uint8Array
}

/** The record at the end of an archive. */
export interface ZipEnd {
  readonly count?: number
  readonly size?: number
  readonly start?: number
}

type Field = readonly [bytes: 2 | 4, value: number]

const record = (...fields: readonly Field[]): Buffer =>
  Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(bytes)
      field.writeUIntLE(value % 2 ** (8 * bytes), 0, bytes)
      return field
    }),
  )

const header = ({ name, content, extra = new Uint8Array(), ...said }: ZipEntry): readonly Field[] => [
  [2, 20],
  [2, said.flags ?? 0],
  [2, said.method ?? 0],
  [4, 0],
  [4, said.crc ?? crc32(content)],
  [4, said.packed ?? content.length],
  [4, said.unpacked ?? content.length],
  [2, Buffer.byteLength(name)],
  [2, extra.length],
]

/**
 * A zip archive of these entries.
 *
 * @see APPNOTE.TXT, PKWARE, 4.3
 */
export const zipFile = (entries: readonly ZipEntry[], end: ZipEnd = {}): Buffer => {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const extra = entry.extra ?? new Uint8Array()
    const file = Buffer.concat([record([4, 0x04034b50], ...header(entry)), name, extra, entry.content])
    const place = record([2, 0], [2, 0], [2, 0], [4, 0], [4, entry.at ?? at])
    directory.push(Buffer.concat([record([4, 0x02014b50], [2, 20], ...header(entry)), place, name, extra]))
    files.push(file)
    at += file.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const count = end.count ?? entries.length
  const last = record(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, end.size ?? size],
    [4, end.start ?? at],
    [2, 0],
  )
  return Buffer.concat([...files, ...directory, last])
}
