import { gzipSync } from 'node:zlib'
import { readIdx } from '../../../src/data/index.ts'
import type { Draw } from '../draw.ts'
import { gzipBomb } from '../gzipBomb.ts'
import { EXTREMES } from '../mutations.ts'
import { fromFile, packed, type Target } from '../target.ts'

const idx = (shape: readonly number[], length: number): Buffer => {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header.set([0, 0, 8, shape.length])
  shape.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i)
  })
  return Buffer.concat([header, Uint8Array.from({ length }, (_, i) => i % 10)])
}

const size = (draw: Draw): number => Number(BigInt.asUintN(32, draw.oneOf(EXTREMES)))

/** A header of any number of axes with extreme sizes, and few bytes behind it. */
const promise = (draw: Draw): Buffer =>
  idx(
    Array.from({ length: draw.below(256) }, () => size(draw)),
    draw.below(64),
  )

export const idxTarget: Target = {
  name: 'idx',
  seeds: [idx([20], 20), idx([3, 4, 5], 60), gzipSync(idx([6, 2, 2, 2], 48))],
  read: fromFile(readIdx),
  hostile: {
    promise,
    packedPromise: (draw) => gzipSync(promise(draw)),
    bomb: gzipBomb(idx([2 ** 20, 2 ** 10], 0)),
  },
  justified: packed,
}
