import { decodePicture } from '../../../src/data/index.ts'
import { fixture } from '../../data/fixtures.ts'
import type { Draw } from '../draw.ts'
import { type Hostile, plain, type Target } from '../target.ts'

const seeds = ['grey', '420', 'progressive', 'cmyk'].map((name) => Buffer.from(fixture(`jpeg/${name}.jpg`)))

const START = Buffer.from([0xff, 0xd8])
const END = Buffer.from([0xff, 0xd9])

/** A part of a file: marker, length, content. */
const segment = (marker: number, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255]), content])

/** The parts of a file by where they begin; what lies in scans is left out. */
const places = (bytes: Uint8Array): readonly number[] => {
  const found: number[] = []
  for (let at = 0; at + 1 < bytes.length; at++) {
    if (bytes[at] === 0xff && (bytes[at + 1] as number) >= 0xc0 && (bytes[at + 1] as number) < 0xff) found.push(at)
  }
  return found
}

/** A frame of any size, kind, components and sampling. */
const frame: Hostile = (draw) => {
  const bytes = Buffer.from(draw.oneOf(seeds))
  const at = places(bytes).find((place) => [0xc0, 0xc1, 0xc2].includes(bytes[place + 1] as number)) as number
  const side = (): number => draw.oneOf([0, 1, 255, 256, 65535, draw.below(2000)])
  if (draw.below(2) === 0) bytes.writeUInt16BE(side(), at + 5)
  if (draw.below(2) === 0) bytes.writeUInt16BE(side(), at + 7)
  if (draw.below(3) === 0) bytes[at + 1] = 0xc0 + draw.below(16)
  for (let n = draw.below(4); n > 0; n--) bytes[at + 9 + draw.below(11)] = draw.below(256)
  return bytes
}

/** Parts that are missing, doubled or in another order. */
const order: Hostile = (draw) => {
  const bytes = draw.oneOf(seeds)
  const starts = places(bytes)
  const parts = starts.map((start, i) => bytes.subarray(start, starts[i + 1]))
  return Buffer.concat([START, ...Array.from({ length: draw.below(16) }, () => draw.oneOf(parts)), END])
}

/** Tables of codes that no program writes. */
const tables = (draw: Draw): Uint8Array => {
  const bytes = draw.oneOf(seeds)
  const table = segment(draw.oneOf([0xc4, 0xdb, 0xdd]), draw.bytes(draw.below(300)))
  const at = draw.oneOf(places(bytes).filter((place) => place > 0))
  return Buffer.concat([bytes.subarray(0, at), table, bytes.subarray(at)])
}

/** Many scans of one picture. */
const scans: Hostile = (draw) => {
  const bytes = draw.oneOf(seeds)
  const at = bytes.indexOf(Buffer.from([0xff, 0xda]))
  const scan = bytes.subarray(at, -2)
  return Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: 2 ** draw.below(9) }, () => scan), END])
}

// 512 pixels a byte, and 65,536 that need no reason; each takes 24 bytes of coefficients and colours, and as many again in lists.
const justified = (size: number): number => plain(size) + 48 * (2 ** 16 + 512 * size)

export const jpegTarget: Target = {
  name: 'jpeg',
  seeds,
  read: (bytes) => decodePicture('f', bytes, { channels: 3 }),
  hostile: { frame, order, tables, scans },
  justified,
}
