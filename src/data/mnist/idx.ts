import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { bytesFault, fileName } from '../../errors/index.ts'
import { recognised } from '../../files/index.ts'
import { DataError } from '../errors.ts'
import { unpack } from '../files/gzip.ts'
import { readBytes } from '../files/readBytes.ts'

/** What an IDX file holds: unsigned bytes in row-major order. */
export interface Idx {
  /** Sizes of the axes, the outermost first. */
  readonly shape: readonly number[]
  /** The bytes. */
  readonly data: Uint8Array
}

const UNSIGNED_BYTE = 0x08
const MOST_AXES = 8
const OTHER_TYPES: Readonly<Record<number, string>> = {
  9: 'signed bytes',
  11: '16-bit integers',
  12: '32-bit integers',
  13: '32-bit floats',
  14: '64-bit floats',
}

const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ')

// QMNIST's labels, of which each has the class and seven numbers that tell where it comes from.
const QMNIST_REMEDY = " in eight columns, as QMNIST's labels: the first column is the class; save it as unsigned bytes"
const isQmnist = (bytes: Uint8Array): boolean => hex(bytes.subarray(8, 12)) === '00 00 00 08'

const headerFault = (bytes: Uint8Array): string | undefined => {
  const [zero0, zero1, type = 0, axes = 0] = bytes
  if (bytes.length === 0) return 'the file is empty; get it again'
  if (bytes.length < 4)
    return `an IDX file has a header of at least 4 bytes, but this has ${bytes.length}; get it again`
  if (zero0 === 0 && zero1 === 0 && type in OTHER_TYPES) {
    const remedy = type === 12 && axes === 2 && isQmnist(bytes) ? QMNIST_REMEDY : ''
    return `only IDX files of unsigned bytes (type 08) are read, but this holds ${OTHER_TYPES[type]}${remedy}`
  }
  if (zero0 !== 0 || zero1 !== 0 || type !== UNSIGNED_BYTE || axes < 1 || axes > MOST_AXES) {
    const expected = `an IDX file of unsigned bytes begins with 00 00 08 and its number of axes (01 to 0${MOST_AXES})`
    const what = recognised(bytes)
    return what === undefined
      ? `${expected}, but this begins with ${hex(bytes.subarray(0, 4))}; is it the right file?`
      : `an IDX file is expected, but this is ${what}`
  }
  if (bytes.length < 4 + 4 * axes) {
    const length = 4 + 4 * axes
    return `its header takes ${length} bytes, but the file has ${bytes.length}: it is truncated; get it again`
  }
  return undefined
}

/**
 * The array in an IDX file of unsigned bytes: 00 00 08, the number of axes, their sizes (32 bits, big-endian), bytes.
 *
 * @param name   of the file, for messages
 * @param bytes  the whole file, unpacked; the result shares their memory
 * @returns      right with its axes and bytes; left(DataError) for another magic number, a web page, missing or extra
 *               bytes; nothing is allocated for what a header promises
 * @example      parseIdx('y', new Uint8Array([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]))   // right({ shape: [2], data: Uint8Array [7, 9] })
 * @see          LeCun, Cortes, Burges, "The MNIST database of handwritten digits", the file formats
 */
export const parseIdx = (name: string, bytes: Uint8Array): E.Either<DataError, Idx> => {
  const fault = bytesFault(bytes) ?? headerFault(bytes)
  if (fault !== undefined) return E.left(new DataError(`${fileName(name)}: ${fault}`))
  const axes = bytes[3] as number
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const shape = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i))
  const data = bytes.subarray(4 + 4 * axes)
  // Exact: eight axes of 32 bits overflow a double's 53.
  const promised = shape.reduce((product, size) => product * BigInt(size), 1n)
  if (promised === BigInt(data.length)) return E.right({ shape, data })
  const difference = BigInt(data.length) - promised
  const tells = `the header promises ${promised} bytes (${shape.join(' × ')}), but ${data.length} follow it`
  return E.left(
    new DataError(
      difference < 0n
        ? `${fileName(name)}: ${tells}: ${-difference} are missing; the file is truncated or its header damaged; get it again`
        : `${fileName(name)}: ${tells}: ${difference} too many; is it the right file?`,
    ),
  )
}

/** An IDX array and the file it came from. */
export interface NamedIdx extends Idx {
  readonly file: string
}

/** `parseIdx` of bytes that may be packed by gzip, which their first two bytes tell, not the name. */
export const decodeIdx = (name: string, bytes: Uint8Array): TE.TaskEither<DataError, Idx> =>
  pipe(
    unpack(name, bytes),
    TE.chainEitherK((plain) => parseIdx(name, plain)),
  )

/**
 * The array in an IDX file, plain or packed by gzip.
 *
 * @param path  of the file, whatever its name ends with
 * @returns     right with its axes and bytes; left(DataError) when it cannot be read, is truncated, is no IDX file of
 *              unsigned bytes, or is longer than 1 GiB
 * @example     readIdx('t10k-labels-idx1-ubyte.gz')()   // Promise of right({ shape: [10000], data })
 */
export const readIdx = (path: string): TE.TaskEither<DataError, Idx> =>
  pipe(
    readBytes(path),
    TE.chain((bytes) => decodeIdx(path, bytes)),
  )
