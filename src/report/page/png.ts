import { crc32, deflateSync, joined } from '../../system/index.ts'
import type { Picture } from './picture.ts'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
const GREY = 0
const TRUECOLOUR = 2

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const out = new Uint8Array(12 + data.length)
  const view = new DataView(out.buffer)
  view.setUint32(0, data.length)
  out.set(new TextEncoder().encode(type), 4)
  out.set(data, 8)
  view.setUint32(8 + data.length, crc32(out.subarray(4, 8 + data.length)))
  return out
}

const header = ({ width, height, channels }: Picture): Uint8Array => {
  const out = new Uint8Array(13)
  const view = new DataView(out.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  out.set([8, channels === 1 ? GREY : TRUECOLOUR, 0, 0, 0], 8)
  return out
}

/**
 * The bytes of a PNG file
 *
 * @param picture  with width·height·channels bytes of pixels
 * @example        encodePng({ width: 1, height: 1, channels: 1, pixels: new Uint8Array([255]) }).subarray(1, 4)   // Uint8Array [80, 78, 71]
 * @see            https://www.w3.org/TR/png-3/
 */
export const encodePng = (picture: Picture): Uint8Array => {
  const { width, height, channels, pixels } = picture
  const stride = width * channels
  // Each row begins with the number of its filter: 0 is none.
  const rows = new Uint8Array(height * (1 + stride))
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (1 + stride) + 1)
  return joined([
    SIGNATURE,
    chunk('IHDR', header(picture)),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ])
}

/** Texts are made of bytes by functions of at most some 65,000 arguments. */
const PIECE = 2 ** 12

/** A PNG as an address that a page can show without a file. */
export const dataUri = (picture: Picture): string => {
  const bytes = encodePng(picture)
  let text = ''
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE))
  return `data:image/png;base64,${btoa(text)}`
}
