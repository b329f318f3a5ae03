import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { ArgumentError, isRecord, shown } from '../errors/index.ts'
import { quoted } from '../files/index.ts'
import { checkNamed, dtypeOf, type Tensor, type Tensors } from '../tensor/index.ts'
import { checkTensor, checkText } from './checkTensor.ts'
import { type ElementName, elementBytes, readElements } from './elements.ts'
import { type FormatError, faultIn } from './errors.ts'
import {
  decodeHeader,
  type Entry,
  headerBytes,
  kinds,
  LENGTH,
  LONGEST_HEADER,
  layoutFault,
  METADATA,
} from './safetensorsHeader.ts'

/** What a safetensors file holds. */
export interface Safetensors {
  /** The tensors by name. */
  readonly tensors: Tensors
  /** Texts by name; none when the file has none. */
  readonly metadata: Readonly<Record<string, string>>
}

/** Throws for what would make a file that neither this library nor Python's can read. */
const check = (entries: readonly (readonly [string, Tensor])[], metadata: Readonly<Record<string, string>>): void => {
  const where = 'encodeSafetensors'
  for (const [name, t] of entries) {
    if (name === METADATA) {
      throw new ArgumentError(`${where}: no tensor can be named ${METADATA}, which is the place of the metadata`)
    }
    checkText(where, name)
    checkTensor(where, quoted(name), t)
  }
  for (const [name, text] of Object.entries(metadata)) {
    if (typeof text !== 'string') {
      throw new ArgumentError(
        `${where}: metadata are texts, but ${quoted(name)} is a ${typeof text}; use JSON.stringify`,
      )
    }
    checkText(where, name)
    checkText(where, text)
  }
}

/**
 * The bytes of a safetensors file: the header's length (64 bits), the header (JSON, padded by blanks), the numbers
 *
 * The header keeps the order of the tensors; float64 numbers lie before float32 ones, so that each begins at a multiple of its size.
 *
 * @param tensors   by name
 * @param metadata  texts by name
 * @returns         the whole file
 * @throws          ArgumentError for a tensor named __metadata__, metadata that are no texts, and names and metadata of more than 16 MiB;
 *                  ShapeError for data that do not fit their shape
 * @example         new TextDecoder().decode(encodeSafetensors({ b: zeros([1]) }).subarray(8, 63))   // '{"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} '
 * @see             https://huggingface.co/docs/safetensors, Format
 */
export const encodeSafetensors = (tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array => {
  checkNamed('encodeSafetensors', 'tensors', tensors)
  if (!isRecord(metadata)) {
    throw new ArgumentError(`encodeSafetensors: metadata must be texts by name, but got ${shown(metadata)}`)
  }
  const entries = Object.entries(tensors)
  check(entries, metadata)
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
  if (length > LONGEST_HEADER) {
    throw new ArgumentError(
      `encodeSafetensors: names and metadata take ${length} bytes, but at most ${LONGEST_HEADER} are read; leave some out`,
    )
  }
  const out = new Uint8Array(LENGTH + length + total)
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true)
  out.fill(0x20, LENGTH, LENGTH + length).set(json, LENGTH)
  for (const [name, t] of laid) {
    out.set(elementBytes(t), LENGTH + length + (ends.get(name) as number) - t.data.byteLength)
  }
  return out
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
    E.mapLeft((fault) => faultIn(name, fault)),
  )
