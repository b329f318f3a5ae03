import { decode } from 'jpeg-js'
import { type PictureSize, type Pixels, tooLarge } from './picture.ts'

// Markers: https://www.w3.org/Graphics/JPEG/itu-t81.pdf, table B.1
const START = 0xd8
const END = 0xd9
const SCAN = 0xda
const [TABLES, EXTENSION, ARITHMETIC] = [0xc4, 0xc8, 0xcc]

/** Frames that are decoded: baseline, extended and progressive, with Huffman's codes. */
const decoded = [0xc0, 0xc1, 0xc2]

// A block of 64 pixels takes at least a bit of one of several scans; no picture that a program writes is packed more tightly.
const MOST_PIXELS_A_BYTE = 512
const MOST_UNASKED = 2 ** 16
// A picture is gone through as often as it has scans. Programs write ten.
const MOST_SCANS = 100

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === START && bytes[2] === 0xff

/** What stands between the markers of a file. */
interface Outline {
  /** Undefined where the bytes end before it. */
  readonly size: PictureSize | undefined
  readonly frame: number
  /** Of all planes, in whole blocks: what the decoder keeps of coefficients. */
  readonly samples: number
  readonly scans: number
  readonly isWhole: boolean
}

/** Samples of a frame's planes in whole blocks; infinite where a plane has a resolution that there is none of. */
const samplesOf = (frame: Uint8Array, { height, width }: PictureSize): number => {
  const count = frame[9] as number
  const planes = Array.from({ length: count }, (_, i) => frame[11 + 3 * i] ?? 0).map(
    (both) => [both >> 4, both & 15] as const,
  )
  const [across, down] = [0, 1].map((axis) => Math.max(...planes.map((plane) => plane[axis] as number))) as [
    number,
    number,
  ]
  if (planes.some((plane) => plane.some((factor) => factor < 1 || factor > 4))) return Number.POSITIVE_INFINITY
  const units = Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down))
  return planes.reduce((sum, [h, v]) => sum + 64 * h * v * units, 0)
}

const outlineOf = (bytes: Uint8Array): Outline => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let size: PictureSize | undefined
  let [frame, samples, scans] = [0, 0, 0]
  for (let at = 2; at + 1 < bytes.length; ) {
    // In a scan 0xff is followed by 0 or by the number of a restart.
    const marker = bytes[at + 1] as number
    if (bytes[at] !== 0xff || marker === 0xff || marker < 0xc0 || (marker >= 0xd0 && marker <= START)) {
      at++
      continue
    }
    if (marker === END) return { size, frame, samples, scans, isWhole: true }
    if (at + 4 > bytes.length) break
    if (marker === SCAN) scans++
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![TABLES, EXTENSION, ARITHMETIC].includes(marker)
    if (isFrame && at + 10 <= bytes.length) {
      const channels = bytes[at + 9] === 1 ? 1 : 3
      const own = { channels, height: view.getUint16(at + 5), width: view.getUint16(at + 7) } as const
      size ??= own
      frame = marker
      samples = Math.max(samples, samplesOf(bytes.subarray(at), own))
    }
    at += 2 + Math.max(2, view.getUint16(at + 2))
  }
  return { size, frame, samples, scans, isWhole: false }
}

/** What the frame's header says; undefined where these bytes, the first of a file, do not reach to it. */
export const jpegSize = (bytes: Uint8Array): PictureSize | undefined => outlineOf(bytes).size

/** Pixels of a JPEG file, one behind the other; the decoder is given nothing larger than the file justifies. */
export const jpegPixels = (bytes: Uint8Array): Pixels => {
  const { size, frame, samples, scans, isWhole } = outlineOf(bytes)
  if (!isWhole || size === undefined) throw new Error('the file is truncated; get it again')
  if (!decoded.includes(frame)) {
    throw new Error(
      'it is packed without loss or by arithmetic codes, which is not read; save it again as an ordinary JPEG',
    )
  }
  if (scans > MOST_SCANS) throw new Error(`it has ${scans} scans, but at most ${MOST_SCANS} are read; save it again`)
  const pixels = size.width * size.height
  const most = MOST_UNASKED + MOST_PIXELS_A_BYTE * bytes.length
  if (pixels > most || samples > 4 * most) throw new Error(tooLarge(size, bytes.length))
  const { width, height, data } = decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    // What a header promises is checked above.
    maxResolutionInMP: 1e6,
    maxMemoryUsageInMB: 4096,
  })
  if (width !== size.width || height !== size.height || data.length !== 3 * pixels) {
    throw new Error('its pixels are not as many as it says; get it again')
  }
  return { ...size, values: data, each: 3 }
}
