import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { messageOf } from '../files/index.ts'
import { ArgumentError, dtypeOf, formatShape, type Shape, sizeOf, type Tensor, type Tensors } from '../tensor/index.ts'
import { type ElementName, elementBytes, elements, readElements } from './elements.ts'
import { FormatError } from './errors.ts'
import { jsonReader } from './jsonReader.ts'

/** What a safetensors file holds. */
export interface Safetensors {
  readonly tensors: Tensors
  /** Texts by name; none when the file has none. */
  readonly metadata: Readonly<Record<string, string>>
}

const METADATA = '__metadata__'
const LENGTH = 8 // bytes of the header's length
const LONGEST_HEADER = 2 ** 24 // bytes, room for 150,000 tensors; a longer one would keep the reader busy for seconds
const MOST_AXES = 64

const kinds: ReadonlyMap<string, ElementName> = new Map([
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

// ---- writing ----

/**
 * The bytes of a safetensors file: the header's length (64 bits), the header (JSON, padded by blanks), the numbers
 *
 * The header keeps the order of the tensors; float64 numbers lie before float32 ones, so that each begins at a multiple of its size.
 *
 * @param tensors   by name
 * @param metadata  texts by name
 * @throws          ArgumentError for a tensor named __metadata__
 * @example         new TextDecoder().decode(encodeSafetensors({ b: zeros([1]) }).subarray(8, 63))   // '{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} '
 * @see             https://huggingface.co/docs/safetensors, Format
 */
export const encodeSafetensors = (tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array => {
  const entries = Object.entries(tensors)
  if (entries.some(([name]) => name === METADATA)) {
    throw new ArgumentError(`encodeSafetensors: no tensor can be named ${METADATA}, which is the place of the metadata`)
  }
  const isWide = ([, t]: readonly [string, Tensor]): boolean => dtypeOf(t) === 'float64'
  const laid = [...entries.filter(isWide), ...entries.filter((entry) => !isWide(entry))]
  const ends = new Map<string, number>()
  let total = 0
  for (const [name, { data }] of laid) {
    total += data.byteLength
    ends.set(name, total)
  }
  const place = ([name, t]: readonly [string, Tensor]) => {
    const stop = ends.get(name) as number
    const dtype = dtypeOf(t) === 'float32' ? 'F32' : 'F64'
    return [name, { dtype, shape: t.shape, data_offsets: [stop - t.data.byteLength, stop] }] as const
  }
  const extra = Object.keys(metadata).length > 0 ? [[METADATA, metadata] as const] : []
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...extra, ...entries.map(place)])))
  const length = Math.ceil(json.length / 8) * 8
  const out = new Uint8Array(LENGTH + length + total)
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true)
  out.fill(0x20, LENGTH, LENGTH + length).set(json, LENGTH)
  for (const [name, t] of laid) {
    out.set(elementBytes(t), LENGTH + length + (ends.get(name) as number) - t.data.byteLength)
  }
  return out
}

// ---- reading ----

/** A name from a file, as a message can show it. */
const quoted = (name: string): string => JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name)

interface Entry {
  readonly name: string
  readonly dtype: string
  readonly shape: Shape
  readonly start: number
  readonly stop: number
}

interface Header {
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

const headerBytes = (bytes: Uint8Array): E.Either<string, Uint8Array> => {
  if (bytes.length < LENGTH) {
    return E.left(
      `a safetensors file begins with ${LENGTH} bytes of length, but this has ${bytes.length} bytes; get it again`,
    )
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (bytes[LENGTH] !== 0x7b && bytes.length > LENGTH) {
    return E.left(
      "the header of a safetensors file begins with '{' at byte 8, but this has something else; is it the right file?",
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
const layoutFault = (entries: readonly Entry[], total: number): string | undefined => {
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
  const state = reached > total ? 'the file is truncated; get it again' : 'there are bytes that belong to no tensor'
  return `the header promises ${reached} bytes of data, but ${total} follow it: ${state}`
}

const readTensors = (entries: readonly Entry[], data: Uint8Array): E.Either<string, Tensors> => {
  const tensors: (readonly [string, Tensor])[] = []
  for (const { name, dtype, shape, start, stop } of entries) {
    const numbers = readElements(kinds.get(dtype) as ElementName, data.subarray(start, stop), true)
    if (E.isLeft(numbers)) return E.left(`${quoted(name)}: ${numbers.left}`)
    tensors.push([name, { shape, data: numbers.right }])
  }
  return E.right(Object.fromEntries(tensors))
}

const decodeHeader = (bytes: Uint8Array): E.Either<string, Header> =>
  E.tryCatch(
    () => parseHeader(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)),
    (error) => `the header is no JSON of a safetensors file: ${messageOf(error)}; the file is damaged`,
  )

/**
 * The tensors and texts in the bytes of a safetensors file
 *
 * float32 and float64 stay what they are; float16, bfloat16, booleans and integers of 8 and 16 bits become float32, wider integers
 * float64. The order is the header's (as far as an object keeps one: names that are whole numbers come first).
 *
 * @param name   of the file, for messages
 * @param bytes  the whole file; they are copied
 * @returns      left(FormatError) for a file that is truncated or damaged, has a dtype that is not read, a name twice, or tensors that
 *               overlap or leave a gap; nothing is allocated for what a header promises
 * @example      pipe(decodeSafetensors('m', encodeSafetensors({ b: ones([2]) })), E.map(({ tensors }) => tensors.b!.data))   // right(Float32Array [1, 1])
 * @see          https://huggingface.co/docs/safetensors, Format
 */
export const decodeSafetensors = (name: string, bytes: Uint8Array): E.Either<FormatError, Safetensors> =>
  pipe(
    headerBytes(bytes),
    E.chain((header) =>
      pipe(
        decodeHeader(header),
        E.chain(({ entries, metadata }) => {
          const data = bytes.subarray(LENGTH + header.length)
          const fault = layoutFault(entries, data.length)
          if (fault !== undefined) return E.left(fault)
          return pipe(
            readTensors(entries, data),
            E.map((tensors) => ({ tensors, metadata })),
          )
        }),
      ),
    ),
    E.mapLeft((fault) => new FormatError(`${name}: ${fault}`)),
  )
