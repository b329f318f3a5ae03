import { createHash, type Hash } from 'node:crypto'

const add = (hash: Hash, value: unknown): void => {
  if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name} ${value.byteLength}:`)
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
    return
  }
  if (value instanceof Date || value instanceof RegExp) {
    hash.update(`${value.constructor.name} ${String(value)};`)
    return
  }
  if (value instanceof Map || value instanceof Set) {
    hash.update(value.constructor.name)
    add(hash, [...value])
    return
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
    hash.update(`${Array.isArray(value) ? 'list' : 'record'} ${fields.length}:`)
    if (!Array.isArray(value)) fields.sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [name, field] of fields) {
      hash.update(`${JSON.stringify(name)}:`)
      add(hash, field)
    }
    return
  }
  // Lengths and quotes keep neighbours apart.
  hash.update(`${typeof value} ${typeof value === 'string' ? JSON.stringify(value) : String(value)};`)
}

/** SHA-256 of what a study's trials read: kinds and bytes of arrays, and all fields whatever their order. */
export const dataHash = (data: unknown): string => {
  const hash = createHash('sha256')
  add(hash, data)
  return hash.digest('hex')
}
