import * as E from 'fp-ts/lib/Either.js'
import { bytesFault } from '../errors/index.ts'
import { messageOf, quoted, recognised } from '../files/index.ts'
import { formatShape, type Shape, sizeOf } from '../tensor/index.ts'
import { MOST_AXES } from './checkTensor.ts'
import { type ElementName, elements } from './elements.ts'
import { jsonReader } from './jsonReader.ts'

export const METADATA = '__metadata__'
export const LENGTH = 8 // bytes of the header's length
export const LONGEST_HEADER = 2 ** 24 // bytes, room for 150,000 tensors; a longer one would keep the reader busy for seconds

export const kinds: ReadonlyMap<string, ElementName> = new Map([
  ['BOOL', 'bool'],
  ['I8', 'int8'],
  ['U8', 'uint8'],
  ['I16', 'int16'],
  ['U16', 'uint16'],
  ['I32', 'int32'],
  ['U32', 'uint32'],
  ['I64', 'int64'],
  ['U64', 'uint64'],
  ['F16', 'float16'],
  ['BF16', 'bfloat16'],
  ['F32', 'float32'],
  ['F64', 'float64'],
])

/** A tensor as the header describes it, its bytes counted from the end of the header. */
export interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: Shape
  readonly start: number
  readonly stop: number
}

export interface Header {
  readonly entries: readonly Entry[]
  readonly metadata: Readonly<Record<string, string>>
}

const parseHeader = (text: string): Header => {
  const json = jsonReader(text)
  const entries: Entry[] = []
  const metadata: (readonly [string, string])[] = []
  const entry = (name: string): void => {
    let dtype: string | undefined
    let shape: Shape | undefined
    let offsets: readonly number[] = []
    json.object((field) => {
      if (field === 'dtype') dtype = json.string()
      else if (field === 'shape') shape = json.list(json.integer, MOST_AXES)
      else if (field === 'data_offsets') offsets = json.list(json.integer, 2)
      else
        throw new SyntaxError(
          `${quoted(name)} has a field ${quoted(field)}, but only dtype, shape and data_offsets are known`,
        )
    })
    const [start, stop] = offsets
    if (dtype === undefined || shape === undefined || start === undefined || stop === undefined) {
      throw new SyntaxError(`${quoted(name)} must have dtype, shape and data_offsets, a beginning and an end`)
    }
    entries.push({ name, dtype, shape, start, stop })
  }
  json.object((name) => {
    if (name === METADATA) json.object((key) => metadata.push([key, json.string()]))
    else entry(name)
  })
  json.end()
  return { entries, metadata: Object.fromEntries(metadata) }
}

/** The header's text, by the length before it. */
export const headerBytes = (bytes: Uint8Array): E.Either<string, Uint8Array> => {
  const misgiven = bytesFault(bytes)
  if (misgiven !== undefined) return E.left(misgiven)
  if (bytes.length < LENGTH) {
    return E.left(
      `a safetensors file begins with ${LENGTH} bytes of length, but this has ${bytes.length} bytes; get it again`,
    )
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (bytes[LENGTH] !== 0x7b && bytes.length > LENGTH) {
    const what = recognised(bytes)
    return E.left(
      what === undefined
        ? "the header of a safetensors file begins with '{' at byte 8, but this has something else; is it the right file?"
        : `a safetensors file is expected, but this is ${what}`,
    )
  }
  if (length > LONGEST_HEADER) {
    return E.left(`the header has ${length} bytes, but at most ${LONGEST_HEADER} are read; is it the right file?`)
  }
  const stop = LENGTH + Number(length)
  if (stop > bytes.length) {
    const there = bytes.length - LENGTH
    return E.left(`the header has ${length} bytes, but ${there} follow its length: the file is truncated; get it again`)
  }
  return E.right(bytes.subarray(LENGTH, stop))
}

/** What is wrong with where the tensors lie: one behind the other, without a gap, to the end of the file. */
export const layoutFault = (entries: readonly Entry[], total: number): string | undefined => {
  let reached = 0
  for (const { name, dtype, shape, start, stop } of [...entries].sort((a, b) => a.start - b.start || a.stop - b.stop)) {
    const kind = kinds.get(dtype)
    if (kind === undefined) {
      return `${quoted(name)} has dtype ${quoted(dtype)}, but only ${[...kinds.keys()].join(', ')} are read; convert it`
    }
    if (start !== reached) {
      const what = start < reached ? 'overlaps what lies before' : 'leaves a gap'
      return `${quoted(name)} begins at byte ${start} of the data, which ${what}: ${reached} is expected; the header is damaged`
    }
    if (stop - start !== sizeOf(shape) * elements[kind].size) {
      return `${quoted(name)} has ${stop - start} bytes, but ${dtype} of shape ${formatShape(shape)} takes ${sizeOf(shape) * elements[kind].size}; the header is damaged`
    }
    reached = stop
  }
  if (reached === total) return undefined
  const state =
    reached > total ? 'the file is truncated; get it again' : 'there are bytes that belong to no tensor; get it again'
  return `the header promises ${reached} bytes of data, but ${total} follow it: ${state}`
}

/** The header's JSON, if it is of the form that a safetensors file has. */
export const decodeHeader = (bytes: Uint8Array): E.Either<string, Header> =>
  E.tryCatch(
    () => parseHeader(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)),
    (error) => `the header is no JSON of a safetensors file: ${messageOf(error)}; the file is damaged`,
  )
