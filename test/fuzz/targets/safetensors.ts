import { decodeSafetensors, encodeSafetensors } from '../../../src/formats/index.ts'
import { linspace } from '../../../src/tensor/index.ts'
import type { Draw } from '../draw.ts'
import { names, oddJson, oddlyChanged } from '../hostileJson.ts'
import { EXTREMES } from '../mutations.ts'
import { type Hostile, plain, type Target } from '../target.ts'

/** A file with any text as its header, and the right length of it. */
export const withHeader = (text: string, data: Uint8Array): Buffer => {
  const header = Buffer.from(text)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  return Buffer.concat([length, header, data])
}

/** Any of the files with a header in which a value is another one. */
export const changedHeader =
  (seeds: readonly Uint8Array[]): Hostile =>
  (draw) => {
    const seed = Buffer.from(draw.oneOf(seeds))
    const stop = 8 + Number(seed.readBigUInt64LE())
    return withHeader(oddlyChanged(draw, seed.toString('utf8', 8, stop)), seed.subarray(stop))
  }

const size = (draw: Draw): number => Number(draw.oneOf(EXTREMES))

/** Tensors that nobody could hold, or that share their bytes. */
const promises: Hostile = (draw) => {
  const tensors = Array.from({ length: draw.below(4) }, (_, i) => {
    const shape = Array.from({ length: draw.below(70) }, () => size(draw))
    const entry = {
      dtype: draw.oneOf(['F32', 'F64', 'U8', 'I64', 'F8']),
      shape,
      data_offsets: [size(draw), size(draw)],
    }
    return [draw.oneOf([...names, `t${i}`]), entry]
  })
  return withHeader(JSON.stringify(Object.fromEntries(tensors)), draw.bytes(draw.below(64)))
}

/** Up to 4096 tensors without an element. */
const many: Hostile = (draw) => {
  const entry = { dtype: 'F32', shape: [0], data_offsets: [0, 0] }
  const tensors = Array.from({ length: 2 ** draw.below(13) }, (_, i) => [`t${i}`, entry])
  return withHeader(JSON.stringify(Object.fromEntries(tensors)), new Uint8Array())
}

const seeds = [
  encodeSafetensors({ w: linspace(0, 1, [2, 3]), b: linspace(0, 1, [3], 'float64') }, { by: 'hand' }),
  withHeader(
    '{"u":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"h":{"dtype":"F16","shape":[],"data_offsets":[3,5]}}',
    Buffer.alloc(5),
  ),
]

export const safetensorsTarget: Target = {
  name: 'safetensors',
  seeds,
  read: (bytes) => decodeSafetensors('f', bytes),
  hostile: {
    promises,
    many,
    value: changedHeader(seeds),
    header: (draw) => withHeader(draw.oneOf(['', '{', '{"a":']) + oddJson(draw), draw.bytes(8)),
  },
  justified: plain,
}
