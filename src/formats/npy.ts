import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { bytesFault } from '../errors/index.ts'
import { quoted, recognised } from '../files/index.ts'
import {
  type Bytes,
  bytes as bytesOf,
  dtypeOf,
  formatShape,
  type Rows,
  type Shape,
  sizeOf,
  type Tensor,
} from '../tensor/index.ts'
import { checkTensor, MOST_AXES } from './checkTensor.ts'
import { type ElementName, elementBytes, elements, readElements } from './elements.ts'
import { type FormatError, faultIn } from './errors.ts'
import { reversed } from './transpose.ts'

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] // \x93NUMPY
const ALIGNMENT = 64
const LONGEST_HEADER = 10_000 // as numpy.load allows

const kinds: ReadonlyMap<string, ElementName> = new Map([
  ['b1', 'bool'],
  ['i1', 'int8'],
  ['u1', 'uint8'],
  ['i2', 'int16'],
  ['u2', 'uint16'],
  ['i4', 'int32'],
  ['u4', 'uint32'],
  ['i8', 'int64'],
  ['u8', 'uint64'],
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
])

// ---- writing ----

const tuple = (shape: Shape): string => (shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`)

/**
 * The bytes of a NumPy .npy file: its magic number, version 1.0, a header in Python's notation, the numbers in row-major order
 *
 * @param t  what `numpy.load` is to return, float32 or float64
 * @returns  the whole file
 * @throws   ShapeError for data that do not fit their shape
 * @example  new TextDecoder().decode(encodeNpy(zeros([3])).subarray(10, 68))   // "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } …"
 * @see      https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export const encodeNpy = (t: Tensor): Uint8Array => {
  checkTensor('encodeNpy', 't', t)
  const descr = dtypeOf(t) === 'float32' ? '<f4' : '<f8'
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple(t.shape)}, }`
  const start = Math.ceil((10 + header.length + 1) / ALIGNMENT) * ALIGNMENT
  const length = start - 10
  const out = new Uint8Array(start + t.data.byteLength)
  out.set([...MAGIC, 1, 0, length & 0xff, length >> 8])
  out.set(new TextEncoder().encode(`${header.padEnd(length - 1)}\n`), 10)
  out.set(elementBytes(t), start)
  return out
}

// ---- reading ----

interface Header {
  readonly kind: ElementName
  readonly littleEndian: boolean
  readonly fortranOrder: boolean
  readonly shape: Shape
}

/** Where the header lies. */
const headerSpan = (bytes: Uint8Array): E.Either<string, readonly [start: number, stop: number]> => {
  const misgiven = bytesFault(bytes)
  if (misgiven !== undefined) return E.left(misgiven)
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) {
    const what = recognised(bytes)
    return E.left(
      what === undefined
        ? 'a NumPy array begins with 93 and NUMPY, but this begins with something else; is it the right file?'
        : `an array of NumPy is expected, but this is ${what}`,
    )
  }
  const [major = 0, minor = 0] = bytes.subarray(6, 8)
  const wide = major > 1
  const start = wide ? 12 : 10
  if (bytes.length < start) return E.left(`the file ends after ${bytes.length} bytes, in its header; get it again`)
  if (major < 1 || major > 3 || minor !== 0) {
    return E.left(`NumPy's versions 1.0, 2.0 and 3.0 are read, but this has version ${major}.${minor}; save it again`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true)
  if (length > LONGEST_HEADER) {
    return E.left(`the header has ${length} bytes, but at most ${LONGEST_HEADER} are read; is it the right file?`)
  }
  if (start + length > bytes.length) {
    return E.left(
      `the header has ${length} bytes, but ${bytes.length - start} follow: the file is truncated; get it again`,
    )
  }
  return E.right([start, start + length])
}

const FIELD = /\s*'(\w+)'\s*:\s*('[^']*'|True|False|\([\d, ]*\))\s*(?:,|(?=\}))/y

/** The fields of a dictionary in Python's notation, each a text, True or False, or a tuple of integers; undefined for anything else. */
const dictionary = (text: string): ReadonlyMap<string, string> | undefined => {
  const fields = new Map<string, string>()
  if (text[0] !== '{') return undefined
  FIELD.lastIndex = 1
  let rest = 1
  for (let found = FIELD.exec(text); found !== null; found = FIELD.exec(text)) {
    const [, name = '', value = ''] = found
    if (fields.has(name)) return undefined
    fields.set(name, value)
    rest = FIELD.lastIndex
  }
  return /^\s*\}\s*$/.test(text.slice(rest)) ? fields : undefined
}

/** (3, 4) as [3, 4]; undefined for something else. */
const shapeOf = (value: string): Shape | undefined => {
  const sizes = value.slice(1, -1).split(/, ?/)
  if (sizes.at(-1) === '') sizes.pop()
  const shape = sizes.map(Number)
  const isShape =
    value.startsWith('(') && sizes.every((size, i) => /^\d+$/.test(size) && Number.isSafeInteger(shape[i]))
  return isShape ? shape : undefined
}

/** What makes numbers of arrays that hold something else. */
const remedyFor = (code: string): string => {
  switch (code[0]) {
    case 'O':
      return "it holds Python's objects; save lists of one length as np.array(lists, dtype='<f4'), others apart"
    case 'U':
    case 'S':
      return 'it holds texts; save their classes, np.unique(texts, return_inverse=True)[1]'
    case 'M':
      return "it holds times; save what has passed since the first, (t - t[0]) / np.timedelta64(1, 's')"
    case 'm':
      return "it holds durations; save d / np.timedelta64(1, 's')"
    case 'c':
      return 'it holds complex numbers; save array.real and array.imag'
    case 'V':
      return "it holds bytes of a kind of its own; save each field, array['name']"
    default:
      return `only ${[...kinds.keys()].join(', ')} are; save array.astype('<f4')`
  }
}

const parseHeader = (text: string): E.Either<string, Header> => {
  const fields = dictionary(text)
  const [descr = '', order = '', tupleText = ''] = ['descr', 'fortran_order', 'shape'].map((name) => fields?.get(name))
  const shape = shapeOf(tupleText)
  if (/'descr': ?\[/.test(text)) {
    return E.left("it has named fields, which are not read; save each one as an array of its own, array['name']")
  }
  if (fields?.size !== 3 || shape === undefined || !/^(True|False)$/.test(order) || !descr.startsWith("'")) {
    const expected = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }"
    return E.left(
      `a header such as ${expected} is expected, but this has ${quoted(text.trim(), 80)}; save one plain array`,
    )
  }
  const [, endianness, code = ''] = /^'([<>|])(\w+)'$/.exec(descr) ?? []
  const kind = kinds.get(code)
  if (kind === undefined || (endianness === '|' && elements[kind].size > 1)) {
    return E.left(`its dtype ${quoted(descr)} is not read: ${remedyFor(code)}`)
  }
  if (shape.length > MOST_AXES) {
    return E.left(`at most ${MOST_AXES} axes are read, but the shape has ${shape.length}; reshape the array`)
  }
  return E.right({ kind, littleEndian: endianness !== '>', fortranOrder: order === 'True', shape })
}

/** Header and numbers of one array, as many as its shape has. */
const plainArray = (bytes: Uint8Array): E.Either<string, readonly [Header, Uint8Array]> =>
  pipe(
    headerSpan(bytes),
    E.chain(([start, stop]) =>
      pipe(
        parseHeader(new TextDecoder().decode(bytes.subarray(start, stop))),
        E.map((header) => [header, bytes.subarray(stop)] as const),
      ),
    ),
    E.filterOrElse(
      ([{ kind, shape }, data]) => sizeOf(shape) * elements[kind].size === data.length,
      ([{ kind, shape }, data]) => {
        const promised = sizeOf(shape) * elements[kind].size
        const tells = `the header promises ${promised} bytes (${kind} of shape ${formatShape(shape)}), but ${data.length} follow it`
        return `${tells}: the file is ${promised > data.length ? 'truncated' : 'longer than one array'}; get it again`
      },
    ),
  )

/** In Fortran's order the first axis runs fastest: in row-major order these are the numbers of the transpose. */
const rowMajor = <A extends Tensor['data'] | Uint8Array>({ fortranOrder, shape }: Header, data: A): A =>
  fortranOrder ? reversed([...shape].reverse(), data) : data

const tensorOf = ([header, data]: readonly [Header, Uint8Array]): E.Either<string, Tensor> =>
  pipe(
    readElements(header.kind, data, header.littleEndian),
    E.map((numbers) => ({ shape: header.shape, data: rowMajor(header, numbers) })),
  )

const bytesIn = ([header, data]: readonly [Header, Uint8Array]): Bytes =>
  bytesOf(header.shape, rowMajor(header, new Uint8Array(data)))

/**
 * The array in the bytes of a NumPy .npy file
 *
 * float32 and float64 stay what they are; float16, booleans and integers of 8 and 16 bits become float32, wider integers float64. Either
 * byte order and either order of axes are read.
 *
 * @param name   of the file, for messages
 * @param bytes  the whole file; they are copied
 * @returns      left(FormatError) for a file that is truncated, damaged, longer than its array, or holds no plain numbers
 * @example      decodeNpy('b', encodeNpy(ones([2])))   // right({ shape: [2], data: Float32Array [1, 1] })
 * @see          https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export const decodeNpy = (name: string, bytes: Uint8Array): E.Either<FormatError, Tensor> =>
  pipe(
    plainArray(bytes),
    E.chain(tensorOf),
    E.mapLeft((fault) => faultIn(name, fault)),
  )

/**
 * `decodeNpy` for the rows of a data set: an array of uint8 stays bytes, a quarter of its float32 size
 *
 * @param name   of the file, for messages
 * @param bytes  the whole file; they are copied
 * @returns      of uint8 bytes with mean 0 and scale 1, of other numbers a tensor; left(FormatError) as `decodeNpy` tells
 * @example      decodeNpyRows('b', encodeNpy(ones([2])))   // right({ shape: [2], data: Float32Array [1, 1] })
 * @see          https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export const decodeNpyRows = (name: string, bytes: Uint8Array): E.Either<FormatError, Rows> =>
  pipe(
    plainArray(bytes),
    E.chain((array): E.Either<string, Rows> => (array[0].kind === 'uint8' ? E.right(bytesIn(array)) : tensorOf(array))),
    E.mapLeft((fault) => faultIn(name, fault)),
  )
