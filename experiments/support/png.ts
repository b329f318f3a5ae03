import { inflateSync } from 'node:zlib'
import { convertIndexedToRgb, type DecodedPng, decode, hasPngSignature } from 'fast-png'

/** A picture's size; its bytes lie by plane, row and column. */
export interface Picture {
  readonly channels: number
  readonly height: number
  readonly width: number
}

const SIGNATURE = 8 // bytes
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

/**
 * The parts of a PNG that its pixels need, after checking its size: the decoder trusts a file to be as large as it says, and unpacks
 * whatever it holds.
 */
const essential = (bytes: Uint8Array, { width, height }: Picture): Uint8Array => {
  const [header, ...rest] = chunksOf(bytes)
  if (header?.type !== 'IHDR' || header.data.length !== 13) throw new Error('its header is damaged; get it again')
  const view = new DataView(header.data.buffer, header.data.byteOffset, 13)
  const [w, h] = [view.getUint32(0), view.getUint32(4)]
  if (w !== width || h !== height) {
    throw new Error(`the picture has ${w}×${h} pixels, but the net takes ${width}×${height}; scale it to that`)
  }
  const used = header.data[9] === INDEXED ? ['PLTE', 'tRNS', 'IDAT', 'IEND'] : ['IDAT', 'IEND']
  const kept = rest.filter(({ type }) => used.includes(type))
  const packed = Buffer.concat(kept.filter(({ type }) => type === 'IDAT').map(({ data }) => data))
  // 8 bytes a pixel at most; rows begin with a byte, and there are more of them in an interlaced picture.
  inflateSync(packed, { maxOutputLength: 8 * width * height + 4 * height + 64 })
  return Buffer.concat([bytes.subarray(0, SIGNATURE), header.whole, ...kept.map(({ whole }) => whole)])
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

/** Bytes of the picture in a PNG file, in planes; colours become grey (Rec. 601) or grey becomes colours, and what is transparent black. */
export const pngPixels = (bytes: Uint8Array, picture: Picture): Uint8Array => {
  const png = decode(essential(bytes, picture), { checkCrc: true })
  const { values, each } = samples(png)
  const size = picture.width * picture.height
  if (values.length !== size * each) throw new Error('its pixels are not as many as it says; get it again')
  const out = new Uint8Array(picture.channels * size)
  for (let i = 0; i < size; i++) {
    const sample = (k: number): number => values[i * each + k] as number
    const opacity = each % 2 === 0 ? sample(each - 1) / 255 : 1
    const [red, green, blue] = each < 3 ? [sample(0), sample(0), sample(0)] : [sample(0), sample(1), sample(2)]
    const planes = picture.channels === 1 ? [0.299 * red + 0.587 * green + 0.114 * blue] : [red, green, blue]
    planes.forEach((value, c) => {
      out[c * size + i] = Math.round(opacity * value)
    })
  }
  return out
}
