import * as E from 'fp-ts/lib/Either.js'
import { bytesFault, fileName, type Given, listOf, resolveOptions, text } from '../errors/index.ts'
import { quoted, recognised } from '../files/index.ts'
import { checkNamed, type Rows, type Tensors } from '../tensor/index.ts'
import { checkTensor } from './checkTensor.ts'
import { FormatError, faultIn } from './errors.ts'
import { decodeNpy, decodeNpyRows, encodeNpy } from './npy.ts'
import { readZip } from './readZip.ts'
import { writeZip } from './writeZip.ts'

const SUFFIX = '.npy'

const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b

/**
 * The bytes of a NumPy .npz file: a zip archive, not compressed, with an .npy file for each tensor
 *
 * @param tensors  what `numpy.load` is to return, by name
 * @returns        the whole file
 * @throws         ArgumentError for more than 4 GiB, or a name such as '../b'; ShapeError for data that do not fit their shape
 * @example        pipe(decodeNpz('m', encodeNpz({ b: ones([1]) })), E.map(({ b }) => b!.data))   // right(Float32Array [1])
 * @see            https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */
export const encodeNpz = (tensors: Tensors): Uint8Array => {
  checkNamed('encodeNpz', 'tensors', tensors)
  return writeZip(
    Object.entries(tensors).map(([name, t]) => {
      checkTensor('encodeNpz', quoted(name), t)
      return [`${name}${SUFFIX}`, encodeNpy(t)]
    }),
  )
}

const npzOptions = {
  /** Only these arrays are read, so that others may hold anything; all unless given. */
  names: listOf(text),
}

/** What may be asked of an .npz file. @interface */
export type NpzOptions = Given<typeof npzOptions>

/** The arrays of an archive by name, each read by `read`. */
const decodeWith =
  <A>(where: string, read: (name: string, bytes: Uint8Array) => E.Either<FormatError, A>) =>
  (name: string, bytes: Uint8Array, options: NpzOptions): E.Either<FormatError, Readonly<Record<string, A>>> => {
    const asked = resolveOptions(where, options, npzOptions)
    if (E.isLeft(asked)) return E.left(faultIn(name, asked.left.message))
    const misgiven = bytesFault(bytes)
    if (misgiven !== undefined) return E.left(faultIn(name, misgiven))
    const files = readZip(bytes)
    if (E.isLeft(files)) {
      const what = isZip(bytes) ? undefined : recognised(bytes)
      return E.left(
        faultIn(name, what === undefined ? files.left : `an .npz archive of NumPy is expected, but this is ${what}`),
      )
    }
    const {
      names = [...files.right.keys()].map((file) => (file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : file)),
    } = asked.right
    const isTorch = [...files.right.keys()].some((file) => file.endsWith('/data.pkl'))
    if (isTorch) return E.left(faultIn(name, `an .npz archive of NumPy is expected, but this is ${recognised(bytes)}`))
    const absent = names.find((each) => !files.right.has(`${each}${SUFFIX}`) && !files.right.has(each))
    if (absent !== undefined) {
      const there = [...files.right.keys()].slice(0, 8).map((file) => quoted(file))
      return E.left(faultIn(name, `there is no array ${quoted(absent)}; there are ${there.join(', ') || 'none'}`))
    }
    const arrays: (readonly [string, A])[] = []
    for (const [file, content] of files.right) {
      if (!names.includes(file.endsWith(SUFFIX) ? file.slice(0, -SUFFIX.length) : file)) continue
      if (!file.endsWith(SUFFIX)) {
        return E.left(faultIn(name, `${quoted(file)} is no ${SUFFIX} file; is it an archive of NumPy?`))
      }
      const array = read(`${fileName(name)}: ${quoted(file)}`, content)
      if (E.isLeft(array)) {
        const others = files.right.size > 1 ? '; { names: […] } reads others alone' : ''
        return E.left(new FormatError(`${array.left.message}${others}`))
      }
      arrays.push([file.slice(0, -SUFFIX.length), array.right])
    }
    return E.right(Object.fromEntries(arrays))
  }

/**
 * The arrays in the bytes of a NumPy .npz file, from `numpy.savez` or `numpy.savez_compressed`
 *
 * @param name     of the file, for messages
 * @param bytes    the whole file; they are copied
 * @param options  `names`, where not all arrays are wanted
 * @returns        left(FormatError) for an archive that is damaged or packs too much, a name that is not in it, or an array as `decodeNpy` tells
 * @example        pipe(decodeNpz('m', encodeNpz({ b: ones([1]) })), E.map(Object.keys))   // right(['b'])
 * @see            https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */
export const decodeNpz = (name: string, bytes: Uint8Array, options: NpzOptions = {}): E.Either<FormatError, Tensors> =>
  decodeWith('decodeNpz', decodeNpy)(name, bytes, options)

/**
 * `decodeNpz` for the rows of a data set: arrays of uint8 stay bytes
 *
 * @param name     of the file, for messages
 * @param bytes    the whole file; they are copied
 * @param options  `names`, where not all arrays are wanted
 * @returns        each array as `decodeNpyRows` gives it; left(FormatError) as `decodeNpz` tells
 * @example        pipe(decodeNpzRows('m', encodeNpz({ b: ones([1]) })), E.map(Object.keys))   // right(['b'])
 */
export const decodeNpzRows = (
  name: string,
  bytes: Uint8Array,
  options: NpzOptions = {},
): E.Either<FormatError, Readonly<Record<string, Rows>>> =>
  decodeWith('decodeNpzRows', decodeNpyRows)(name, bytes, options)
