// Protocol-buffer messages, as far as event files and ONNX need them: each field is a tag (its number and wire type), then
// the value. https://protobuf.dev/programming-guides/encoding/
//
// The small messages of a log are written at a place of a buffer; a file of large ones is put together from parts.

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** Each function writes at a place of a buffer and gives the place after it. */
type Place = number

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
const varint = (out: Uint8Array, at: Place, value: number): Place => {
  let next = at
  let rest = value
  // No bit operators: they would cut at 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) out[next++] = (rest % 128) + 128
  out[next++] = rest
  return next
}

const tag = (out: Uint8Array, at: Place, number: number, wire: number): Place => varint(out, at, number * 8 + wire)

/** A non-negative integer. */
export const integerField = (out: Uint8Array, at: Place, number: number, value: number): Place =>
  varint(out, tag(out, at, number, VARINT), value)

const scratch = new DataView(new ArrayBuffer(8))

/** A number of so many bytes, the lowest first. */
const copied = (out: Uint8Array, at: Place, value: number, size: 4 | 8): Place => {
  if (size === 8) scratch.setFloat64(0, value, true)
  else scratch.setFloat32(0, value, true)
  for (let i = 0; i < size; i++) out[at + i] = scratch.getUint8(i)
  return at + size
}

/** A float64. */
export const doubleField = (out: Uint8Array, at: Place, number: number, value: number): Place =>
  copied(out, tag(out, at, number, FIXED64), value, 8)

/** A float32. */
export const floatField = (out: Uint8Array, at: Place, number: number, value: number): Place =>
  copied(out, tag(out, at, number, FIXED32), value, 4)

/** What `body` writes: a text or a message. Its length is one byte, so at most 127 bytes. */
export const shortField = (out: Uint8Array, at: Place, number: number, body: (at: Place) => Place): Place => {
  const start = tag(out, at, number, BYTES) + 1
  const end = body(start)
  if (end - start > 127)
    throw new RangeError(`protobuf: a short field holds 127 bytes, but this one has ${end - start}`)
  out[start - 1] = end - start
  return end
}

/** A text of ASCII characters, at most 127. */
export const textField = (out: Uint8Array, at: Place, number: number, text: string): Place =>
  shortField(out, at, number, (start) => {
    for (let i = 0; i < text.length; i++) out[start + i] = text.charCodeAt(i)
    return start + text.length
  })

/** Bytes that follow each other; what is large is not copied before the end. */
export type Parts = readonly Uint8Array[]

const built = (write: (out: Uint8Array) => Place): Parts => {
  const out = new Uint8Array(20)
  return [out.subarray(0, write(out))]
}

/** A non-negative integer. */
export const integerPart = (number: number, value: number): Parts => built((out) => integerField(out, 0, number, value))

/** A float32. */
export const floatPart = (number: number, value: number): Parts => built((out) => floatField(out, 0, number, value))

/** Bytes or a message of any length. */
export const messagePart = (number: number, ...content: readonly Parts[]): Parts => {
  const parts = content.flat()
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return [...built((out) => varint(out, tag(out, 0, number, BYTES), length)), ...parts]
}

/** A text of any length. */
export const textPart = (number: number, text: string): Parts => messagePart(number, [new TextEncoder().encode(text)])
