import { unpacked } from './unpacked.ts'

// The import `env.memory` in the binary: its name, 2 for a memory, and 3 for one that is shared and has a maximum.
const MEMORY_IMPORT = [3, ...'env', 6, ...'memory', 2, 3].map((c) => (typeof c === 'string' ? c.charCodeAt(0) : c))

/** The same module for memory that is not shared: 1 in place of the 3. */
const unshared = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  const at = bytes.findIndex((_, i) => MEMORY_IMPORT.every((byte, j) => bytes[i + j] === byte))
  bytes[at + MEMORY_IMPORT.length - 1] = 1
  return bytes
}

const compiled = new Map<string, WebAssembly.Module>()

/** The module of a generated text, for a heap that is shared or not; compiled once. */
export const moduleOf = (text: string, isShared: boolean): WebAssembly.Module => {
  const id = `${isShared} ${text}`
  const known = compiled.get(id)
  if (known !== undefined) return known
  const bytes = unpacked(text)
  const module = new WebAssembly.Module(isShared ? bytes : unshared(bytes))
  compiled.set(id, module)
  return module
}
