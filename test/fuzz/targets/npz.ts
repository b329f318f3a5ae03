import { crc32, deflateRawSync } from 'node:zlib'
import { decodeNpz, encodeNpy, encodeNpz } from '../../../src/formats/index.ts'
import { linspace } from '../../../src/tensor/index.ts'
import type { Draw } from '../draw.ts'
import { zeroBlocks } from '../gzipBomb.ts'
import { EXTREMES } from '../mutations.ts'
import { climbingPaths } from '../tarEntry.ts'
import { type Hostile, packed, type Target } from '../target.ts'
import { type ZipEntry, zipFile } from '../zipFile.ts'
import { oddArray } from './npy.ts'

const array = encodeNpy(linspace(0, 1, [2, 3]))
const deflated: ZipEntry = {
  name: 'b.npy',
  content: deflateRawSync(array),
  method: 8,
  crc: crc32(array),
  unpacked: array.length,
}

const extreme = (draw: Draw): number => Number(BigInt.asUintN(32, draw.oneOf(EXTREMES)))

/** Fields of entries and of the end that are not true, among them sizes that point to 64-bit ones. */
const fields: Hostile = (draw) => {
  const odd = (): Partial<ZipEntry> =>
    draw.oneOf([
      { packed: extreme(draw) },
      { unpacked: extreme(draw) },
      { at: extreme(draw) },
      { crc: extreme(draw) },
      { flags: draw.below(65536) },
      { method: draw.below(100) },
      { unpacked: 2 ** 32 - 1, extra: Buffer.concat([Uint8Array.of(1, 0, 8, 0), draw.bytes(draw.below(9))]) },
    ])
  const entries = Array.from({ length: draw.below(4) }, (_, i) => ({ ...deflated, name: `${i}.npy`, ...odd() }))
  const end = draw.oneOf([{}, { count: draw.below(65536) }, { size: extreme(draw) }, { start: extreme(draw) }])
  return zipFile(entries, end)
}

const climbing: Hostile = (draw) =>
  zipFile([
    { name: 'a.npy', content: array },
    { name: `${draw.oneOf(climbingPaths)}.npy`, content: array },
  ])

/** Entries that all lie at the same place: a few bytes, unpacked again and again. */
const overlapping: Hostile = (draw) =>
  zipFile(Array.from({ length: 2 ** draw.below(12) }, (_, i) => ({ ...deflated, name: `${i}.npy`, at: 0 })))

/** 64 KiB to 2 GiB of zeros, and whatever size is promised. */
const bomb: Hostile = (draw) => {
  const times = 2 ** draw.below(draw.below(16) + 1)
  const unpacked = draw.oneOf([times * 2 ** 16, extreme(draw), 1])
  return zipFile([{ name: 'a.npy', content: zeroBlocks(times), method: 8, unpacked }])
}

export const npzTarget: Target = {
  name: 'npz',
  seeds: [encodeNpz({ w: linspace(0, 1, [4]), b: linspace(0, 1, [1], 'float64') }), zipFile([deflated])],
  read: (bytes) => decodeNpz('f', bytes),
  hostile: {
    fields,
    climbing,
    overlapping,
    bomb,
    array: (draw) => zipFile([{ name: 'a.npy', content: oddArray(draw) }]),
  },
  justified: packed,
}
