import { crc32, deflateSync } from 'node:zlib'
import type { Picture } from './picture.ts'

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
const GREY = 0
const TRUECOLOUR = 2

const chunk = (type: string, data: Uint8Array): Buffer => {
  const out = Buffer.alloc(12 + data.length)
  out.writeUInt32BE(data.length, 0)
  out.write(type, 4, 'latin1')
  out.set(data, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length)
  return out
}

const header = ({ width, height, channels }: Picture): Buffer => {
  const out = Buffer.alloc(13)
  out.writeUInt32BE(width, 0)
  out.writeUInt32BE(height, 4)
  out.set([8, channels === 1 ? GREY : TRUECOLOUR, 0, 0, 0], 8)
  return out
}

/**
 * The bytes of a PNG file
 *
 * @param picture  with width·height·channels bytes of pixels
 * @example        encodePng({ width: 1, height: 1, channels: 1, pixels: new Uint8Array([255]) }).subarray(1, 4).toString()   // 'PNG'
 * @see            https://www.w3.org/TR/png-3/
 */
export const encodePng = (picture: Picture): Buffer => {
  const { width, height, channels, pixels } = picture
  const stride = width * channels
  // Each row begins with the number of its filter: 0 is none.
  const rows = new Uint8Array(height * (1 + stride))
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (1 + stride) + 1)
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header(picture)),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ])
}

/** A PNG as an address that a page can show without a file. */
export const dataUri = (picture: Picture): string => `data:image/png;base64,${encodePng(picture).toString('base64')}`
