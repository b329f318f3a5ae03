import * as E from 'fp-ts/lib/Either.js'
import { quoted } from '../files/index.ts'
import type { Tensor, Tensors } from '../tensor/index.ts'
import { checkTensor } from './checkTensor.ts'
import { type FormatError, faultIn } from './errors.ts'
import { decodeNpy, encodeNpy } from './npy.ts'
import { readZip } from './readZip.ts'
import { writeZip } from './writeZip.ts'

const SUFFIX = '.npy'

/**
 * The bytes of a NumPy .npz file: a zip archive, not compressed, with an .npy file for each tensor
 *
 * @param tensors  what `numpy.load` is to return, by name
 * @returns        the whole file
 * @throws         ArgumentError for more than 4 GiB, or a name such as '../b'; ShapeError for data that do not fit their shape
 * @example        pipe(decodeNpz('m', encodeNpz({ b: ones([1]) })), E.map(({ b }) => b!.data))   // right(Float32Array [1])
 * @see            https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */
export const encodeNpz = (tensors: Tensors): Uint8Array =>
  writeZip(
    Object.entries(tensors).map(([name, t]) => {
      checkTensor('encodeNpz', quoted(name), t)
      return [`${name}${SUFFIX}`, encodeNpy(t)]
    }),
  )

/**
 * The arrays in the bytes of a NumPy .npz file, from `numpy.savez` or `numpy.savez_compressed`
 *
 * @param name   of the file, for messages
 * @param bytes  the whole file; they are copied
 * @returns      left(FormatError) for an archive that is damaged or packs too much, or an array as `decodeNpy` tells
 * @example      pipe(decodeNpz('m', encodeNpz({ b: ones([1]) })), E.map(Object.keys))   // right(['b'])
 * @see          https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 */
export const decodeNpz = (name: string, bytes: Uint8Array): E.Either<FormatError, Tensors> => {
  const files = readZip(bytes)
  if (E.isLeft(files)) return E.left(faultIn(name, files.left))
  const tensors: (readonly [string, Tensor])[] = []
  for (const [file, content] of files.right) {
    if (!file.endsWith(SUFFIX)) {
      return E.left(faultIn(name, `${quoted(file)} is no ${SUFFIX} file; is it an archive of NumPy?`))
    }
    const array = decodeNpy(`${name}: ${quoted(file)}`, content)
    if (E.isLeft(array)) return array
    tensors.push([file.slice(0, -SUFFIX.length), array.right])
  }
  return E.right(Object.fromEntries(tensors))
}
