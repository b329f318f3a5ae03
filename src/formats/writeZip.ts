import { ArgumentError } from '../errors/index.ts'
import { quoted } from '../files/index.ts'
import { crc32 } from '../system/index.ts'
import { checkText } from './checkTensor.ts'
import { CENTRAL, END, LOCAL, leavesFolder, viewOf } from './zip.ts'

const UTF8 = 0x0800
const DAY_ONE = 0x0021 // 1980-01-01, so that the same tensors give the same bytes
const VERSION = 20
const LARGEST = 0xffffffff // a size of 32 bits; longer ones need fields that are not written here

/** The 26 bytes that local and central headers share, from `version needed` to the length of the extra field. */
const common = (header: DataView, at: number, name: Uint8Array, content: Uint8Array): void => {
  header.setUint16(at, VERSION, true)
  header.setUint16(at + 2, UTF8, true)
  header.setUint16(at + 8, DAY_ONE, true)
  header.setUint32(at + 10, crc32(content), true)
  header.setUint32(at + 14, content.length, true)
  header.setUint32(at + 18, content.length, true)
  header.setUint16(at + 22, name.length, true)
}

/** An archive of these files, not compressed, as `numpy.savez` makes it. */
export const writeZip = (files: readonly (readonly [name: string, content: Uint8Array])[]): Uint8Array => {
  for (const [name] of files) {
    checkText('encodeNpz', name)
    if (leavesFolder(name)) {
      throw new ArgumentError(`encodeNpz: the name ${quoted(name)} leaves the archive's folder; give another`)
    }
  }
  const named = files.map(([name, content]) => ({ name: new TextEncoder().encode(name), content }))
  const directory = named.reduce((sum, { name }) => sum + 46 + name.length, 0)
  const total = named.reduce((sum, { name, content }) => sum + 30 + name.length + content.length, directory + 22)
  const longest = named.reduce((most, { name }) => Math.max(most, name.length), 0)
  if (total > LARGEST || named.length >= 0xffff || longest > 0xffff) {
    const came = `this one would take ${total} bytes, ${named.length} arrays and a name of ${longest} bytes`
    throw new ArgumentError(
      `encodeNpz: an archive holds 4 GiB, 65534 arrays and names of 65535 bytes, but ${came}; use encodeSafetensors`,
    )
  }
  const out = new Uint8Array(total)
  const view = viewOf(out)
  let at = 0
  let entry = total - directory - 22
  const start = entry
  for (const { name, content } of named) {
    view.setUint32(entry, CENTRAL, true)
    view.setUint16(entry + 4, VERSION, true)
    common(view, entry + 6, name, content)
    view.setUint32(entry + 42, at, true)
    out.set(name, entry + 46)
    entry += 46 + name.length
    view.setUint32(at, LOCAL, true)
    common(view, at + 4, name, content)
    out.set(name, at + 30)
    out.set(content, at + 30 + name.length)
    at += 30 + name.length + content.length
  }
  view.setUint32(entry, END, true)
  view.setUint16(entry + 8, named.length, true)
  view.setUint16(entry + 10, named.length, true)
  view.setUint32(entry + 12, directory, true)
  view.setUint32(entry + 16, start, true)
  return out
}
