import { deflateSync } from 'node:zlib'
import { decodePicture } from '../../../src/data/index.ts'
import { chunk, SIGNATURE } from '../../formats/png.ts'
import type { Draw } from '../draw.ts'
import { EXTREMES } from '../mutations.ts'
import { type Hostile, packed, type Target } from '../target.ts'

const SIDE = 3

interface Kind {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colour: number
  readonly interlace: number
}

const grey: Kind = { width: SIDE, height: SIDE, depth: 8, colour: 0, interlace: 0 }

const header = ({ width, height, depth, colour, interlace }: Kind): Buffer => {
  const data = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, colour, 0, 0, interlace])
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  return chunk('IHDR', data)
}

const picture = (kind: Kind, rows: Uint8Array, ...others: readonly Buffer[]): Buffer =>
  Buffer.concat([SIGNATURE, header(kind), ...others, chunk('IDAT', deflateSync(rows)), chunk('IEND', new Uint8Array())])

const palette = (draw: Draw): Buffer => chunk('PLTE', draw.bytes(draw.below(20)))

/** Any depth, colour type and interlacing, with rows that fit or not, a palette or none. */
const kind: Hostile = (draw) => {
  const depth = draw.oneOf([1, 2, 4, 8, 16, draw.below(256)])
  const given = { ...grey, depth, colour: draw.oneOf([0, 2, 3, 4, 6, draw.below(256)]), interlace: draw.below(3) }
  return picture(
    given,
    draw.bytes(draw.below(100)),
    ...draw.oneOf([[], [palette(draw)], [palette(draw), palette(draw)]]),
  )
}

/** A size that nobody could hold. */
const size: Hostile = (draw) => {
  const side = (): number => Number(BigInt.asUintN(32, draw.oneOf([...EXTREMES, BigInt(SIDE)])))
  return picture({ ...grey, width: side(), height: side() }, new Uint8Array(12))
}

/** 64 KiB to 4 MiB of zeros, as pixels or as what belongs to no pixel. */
const bomb: Hostile = (draw) => {
  const zeros = new Uint8Array(2 ** (16 + draw.below(7)))
  const profile = chunk('iCCP', Buffer.concat([Buffer.from('p\0\0', 'latin1'), deflateSync(zeros)]))
  return draw.oneOf([() => picture(grey, zeros), () => picture(grey, new Uint8Array(12), profile)])()
}

// What a byte unpacks to can be eight pixels of one bit, which take three bytes each where they are decoded, and three as planes.
const justified = (size: number): number => packed(size) + 8 * 16 * Math.min(1032 * size, 2 ** 20)

export const pngTarget: Target = {
  name: 'png',
  seeds: [
    picture(grey, new Uint8Array(12).fill(1)),
    picture({ ...grey, depth: 2, colour: 3 }, new Uint8Array(6), chunk('PLTE', Uint8Array.of(1, 2, 3))),
  ],
  read: (bytes) => decodePicture('f', bytes, { channels: 3 }),
  hostile: { kind, size, bomb },
  justified,
}
