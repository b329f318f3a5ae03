// Protocol-buffer messages, as far as event files need them: each field is a tag (its number and wire type), then the value.
// https://protobuf.dev/programming-guides/encoding/

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** Each function writes at a place of a buffer and gives the place after it. */
type Place = number

/** Seven bits a byte, the lowest first; the highest bit says that more follow. */
const varint = (out: Buffer, at: Place, value: number): Place => {
  let next = at
  let rest = value
  // No bit operators: they would cut at 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) out[next++] = (rest % 128) + 128
  out[next++] = rest
  return next
}

const tag = (out: Buffer, at: Place, number: number, wire: number): Place => varint(out, at, number * 8 + wire)

/** A non-negative integer. */
export const integerField = (out: Buffer, at: Place, number: number, value: number): Place =>
  varint(out, tag(out, at, number, VARINT), value)

export const doubleField = (out: Buffer, at: Place, number: number, value: number): Place =>
  out.writeDoubleLE(value, tag(out, at, number, FIXED64))

export const floatField = (out: Buffer, at: Place, number: number, value: number): Place =>
  out.writeFloatLE(value, tag(out, at, number, FIXED32))

/** What `body` writes: a text or a message. Its length is one byte, so at most 127 bytes. */
export const shortField = (out: Buffer, at: Place, number: number, body: (at: Place) => Place): Place => {
  const start = tag(out, at, number, BYTES) + 1
  const end = body(start)
  if (end - start > 127)
    throw new RangeError(`protobuf: a short field holds 127 bytes, but this one has ${end - start}`)
  out[start - 1] = end - start
  return end
}

export const textField = (out: Buffer, at: Place, number: number, text: string): Place =>
  shortField(out, at, number, (start) => start + out.write(text, start, 'latin1'))
