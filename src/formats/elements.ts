import * as E from 'fp-ts/lib/Either.js'
import type { Tensor } from '../tensor/index.ts'

/** How one number lies in a file, and in which precision nothing of it is lost. */
interface Element {
  readonly size: number
  readonly array: Float32ArrayConstructor | Float64ArrayConstructor
  readonly at: (view: DataView, place: number, littleEndian: boolean) => number
}

const half = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1024 + fraction) * 2 ** (exponent - 25)
}

const scratch = new DataView(new ArrayBuffer(4))

/** The upper half of a float32. */
const brain = (bits: number): number => {
  scratch.setUint32(0, bits << 16)
  return scratch.getFloat32(0)
}

/** The kinds of numbers that are read. */
export const elements = {
  bool: { size: 1, array: Float32Array, at: (view, place) => (view.getUint8(place) === 0 ? 0 : 1) },
  int8: { size: 1, array: Float32Array, at: (view, place) => view.getInt8(place) },
  uint8: { size: 1, array: Float32Array, at: (view, place) => view.getUint8(place) },
  int16: { size: 2, array: Float32Array, at: (view, place, little) => view.getInt16(place, little) },
  uint16: { size: 2, array: Float32Array, at: (view, place, little) => view.getUint16(place, little) },
  int32: { size: 4, array: Float64Array, at: (view, place, little) => view.getInt32(place, little) },
  uint32: { size: 4, array: Float64Array, at: (view, place, little) => view.getUint32(place, little) },
  int64: { size: 8, array: Float64Array, at: (view, place, little) => Number(view.getBigInt64(place, little)) },
  uint64: { size: 8, array: Float64Array, at: (view, place, little) => Number(view.getBigUint64(place, little)) },
  float16: { size: 2, array: Float32Array, at: (view, place, little) => half(view.getUint16(place, little)) },
  bfloat16: { size: 2, array: Float32Array, at: (view, place, little) => brain(view.getUint16(place, little)) },
  float32: { size: 4, array: Float32Array, at: (view, place, little) => view.getFloat32(place, little) },
  float64: { size: 8, array: Float64Array, at: (view, place, little) => view.getFloat64(place, little) },
} as const satisfies Readonly<Record<string, Element>>

export type ElementName = keyof typeof elements

const LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/**
 * The numbers that these bytes are, copied: float32 where that holds each value of their kind, else float64
 *
 * @param kind          of each number
 * @param bytes         a multiple of the kind's size
 * @param littleEndian  whether the lowest byte comes first
 * @returns             left(what is wrong) for an integer beyond ±(2⁵³ − 1), of which float64 does not hold each
 * @example             readElements('uint8', new Uint8Array([7]), true)   // right(Float32Array [7])
 */
export const readElements = (
  kind: ElementName,
  bytes: Uint8Array,
  littleEndian: boolean,
): E.Either<string, Tensor['data']> => {
  const { size, array, at }: Element = elements[kind]
  if ((kind === 'float32' || kind === 'float64') && littleEndian === LITTLE) {
    return E.right(new array(new Uint8Array(bytes).buffer))
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const out = new array(bytes.length / size)
  const isWide = kind === 'int64' || kind === 'uint64'
  for (let i = 0; i < out.length; i++) {
    const value = at(view, i * size, littleEndian)
    if (isWide && !Number.isSafeInteger(value))
      return E.left(`element ${i} is an integer beyond ±(2⁵³ − 1), where float64 has gaps; save it as float64`)
    out[i] = value
  }
  return E.right(out)
}

/** The bytes of a tensor's numbers, the lowest byte of each first; they share its memory where the machine has that order too. */
export const elementBytes = ({ data }: Tensor): Uint8Array => {
  const own = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (LITTLE) return own
  const size = data.BYTES_PER_ELEMENT
  return own.map((_, i) => own[i - (i % size) + (size - 1 - (i % size))] as number)
}
