import { convertIndexedToRgb, type DecodedPng, decode, hasPngSignature } from 'fast-png'
import { inflateSync, joined } from '../../system/index.ts'
import { type PictureSize, type Pixels, tooLarge } from './picture.ts'

const SIGNATURE = 8 // bytes
const HEADER = 13 // bytes
const INDEXED = 3 // colour type

interface Chunk {
  readonly type: string
  readonly data: Uint8Array
  /** With its length and checksum. */
  readonly whole: Uint8Array
}

const chunksOf = (bytes: Uint8Array): Chunk[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks: Chunk[] = []
  for (let at = SIGNATURE; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) break
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    chunks.push({ type, data: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end) })
    if (type === 'IEND') return chunks
    at = end
  }
  throw new Error('the file is truncated; get it again')
}

const headerOf = (bytes: Uint8Array): Chunk => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = SIGNATURE + 12 + HEADER
  const type = String.fromCharCode(...bytes.subarray(SIGNATURE + 4, SIGNATURE + 8))
  if (bytes.length < end) throw new Error('the file is truncated; get it again')
  if (type !== 'IHDR' || view.getUint32(SIGNATURE) !== HEADER) throw new Error('its header is damaged; get it again')
  return { type, data: bytes.subarray(SIGNATURE + 8, end - 4), whole: bytes.subarray(SIGNATURE, end) }
}

/** Samples of a pixel by colour type, where there are any. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

/** Bits of a pixel. */
const bitsOf = (header: Uint8Array): number => (header[8] as number) * (SAMPLES[header[9] as number] ?? 1)

/** What the header says: size, and whether there is only grey. */
export const pngSize = (bytes: Uint8Array): PictureSize => {
  const { data } = headerOf(bytes)
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  const isGrey = data[9] === 0 || data[9] === 4
  return { channels: isGrey ? 1 : 3, height: view.getUint32(4), width: view.getUint32(0) }
}

/**
 * The parts of a PNG that its pixels need, after checking its size: the decoder trusts a file to be as large as it says, and unpacks
 * whatever it holds.
 */
const essential = (bytes: Uint8Array, { width, height }: PictureSize): Uint8Array => {
  const header = headerOf(bytes)
  const [, ...rest] = chunksOf(bytes)
  const used = header.data[9] === INDEXED ? ['PLTE', 'tRNS', 'IDAT', 'IEND'] : ['IDAT', 'IEND']
  const kept = rest.filter(({ type }) => used.includes(type))
  const packed = joined(kept.filter(({ type }) => type === 'IDAT').map(({ data }) => data))
  // 8 bytes a pixel at most; rows begin with a byte, and there are more of them in an interlaced picture.
  const rows = inflateSync(packed, { maxOutputLength: 8 * width * height + 4 * height + 64 })
  if (rows.length < (bitsOf(header.data) * width * height) / 8)
    throw new Error('it has fewer rows than it says; get it again')
  return joined([bytes.subarray(0, SIGNATURE), header.whole, ...kept.map(({ whole }) => whole)])
}

/** Numbers from 0 to 255, and how many belong to a pixel: grey, grey and alpha, RGB or RGBA. */
const samples = (png: DecodedPng): { readonly values: ArrayLike<number>; readonly each: number } => {
  if (png.palette !== undefined) return { values: convertIndexedToRgb(png), each: png.palette[0]?.length ?? 3 }
  if (png.depth === 16) return { values: Uint8Array.from(png.data, (v) => Math.round(v / 257)), each: png.channels }
  if (png.depth === 8) return { values: png.data, each: png.channels }
  // Several pixels a byte, as where there is a palette.
  const steps = 2 ** png.depth - 1
  const greys = Array.from({ length: steps + 1 }, (_, i): [number, number, number] => {
    const grey = Math.round((255 * i) / steps)
    return [grey, grey, grey]
  })
  return { values: convertIndexedToRgb({ ...png, palette: greys }), each: 3 }
}

export const isPng = (bytes: Uint8Array): boolean => hasPngSignature(bytes.subarray(0, SIGNATURE))

// A byte of deflate data can stand for 1032: up to 64 MiB that is let pass, beyond it 100 for each byte.
const MOST_UNASKED = 2 ** 26
const MOST_RATIO = 100

/** Pixels of a PNG file, one behind the other, each with its samples; the decoder is given nothing larger than the file justifies. */
export const pngPixels = (bytes: Uint8Array): Pixels => {
  const size = pngSize(bytes)
  const most = Math.max(MOST_UNASKED, MOST_RATIO * bytes.length) / 8
  if (size.width * size.height > most) throw new Error(tooLarge(size, bytes.length))
  const png = decode(essential(bytes, size), { checkCrc: true })
  const { values, each } = samples(png)
  if (values.length !== size.width * size.height * each) {
    throw new Error('its pixels are not as many as it says; get it again')
  }
  return { ...size, values, each }
}
