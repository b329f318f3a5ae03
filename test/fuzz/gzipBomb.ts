import { constants, deflateRawSync, gzipSync } from 'node:zlib'
import type { Hostile } from './target.ts'

const zeros = new Uint8Array(2 ** 16)
const member = gzipSync(zeros, { level: 9 })
// A full flush ends at a byte and forgets what was, so that such blocks can stand behind each other.
const block = deflateRawSync(zeros, { level: 9, finishFlush: constants.Z_FULL_FLUSH })
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3)

const repeated = (bytes: Uint8Array, times: number): Uint8Array[] => Array.from({ length: times }, () => bytes)

/** Deflate data that stand for zeros, 64 KiB a time. */
export const zeroBlocks = (times: number): Buffer => Buffer.concat([...repeated(block, times), Uint8Array.of(3, 0)])

const oneMember = (beginning: Uint8Array, times: number): Uint8Array => {
  const first = deflateRawSync(beginning, { finishFlush: constants.Z_FULL_FLUSH })
  return Buffer.concat([HEADER, first, zeroBlocks(times), new Uint8Array(8)])
}

const manyMembers = (beginning: Uint8Array, times: number): Uint8Array =>
  Buffer.concat([gzipSync(beginning), ...repeated(member, times)])

/** Small gzip files with much inside, 64 KiB to 2 GiB, small ones more often: what begins as given, then zeros. */
export const gzipBomb =
  (beginning: Uint8Array): Hostile =>
  (draw) =>
    draw.oneOf([oneMember, manyMembers])(beginning, 2 ** draw.below(draw.below(16) + 1))
