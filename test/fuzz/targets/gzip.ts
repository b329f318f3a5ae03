import { gzipSync } from 'node:zlib'
import { unpack } from '../../../src/data/files/gzip.ts'
import type { Draw } from '../draw.ts'
import { gzipBomb } from '../gzipBomb.ts'
import { packed, type Target } from '../target.ts'

const text = Buffer.from('cachegrad '.repeat(30))

/** A header with any flags: extra fields, names and comments that never end. */
const flags = (draw: Draw): Uint8Array => {
  const bytes = Buffer.concat([gzipSync(text), draw.bytes(draw.below(64))])
  bytes[3] = draw.below(256)
  return bytes
}

export const gzipTarget: Target = {
  name: 'gzip',
  seeds: [
    gzipSync(text, { level: 9 }),
    gzipSync(text, { level: 0 }),
    Buffer.concat([gzipSync(text), gzipSync(Uint8Array.of(1, 2, 3))]),
  ],
  read: (bytes) => unpack('f', bytes)(),
  hostile: { flags, bomb: gzipBomb(text) },
  justified: packed,
}
