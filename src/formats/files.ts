import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { shown } from '../errors/index.ts'
import { explain, messageOf, readReasons, replaceFile, writeReasons } from '../files/index.ts'
import { dirname, mkdir, readFile, resolve, stat } from '../system/index.ts'
import type { Rows, Tensor, Tensors } from '../tensor/index.ts'
import { FormatError } from './errors.ts'
import { decodeNpy, decodeNpyRows, encodeNpy } from './npy.ts'
import { decodeNpz, decodeNpzRows, encodeNpz, type NpzOptions } from './npz.ts'
import { decodeSafetensors, encodeSafetensors, type Safetensors } from './safetensors.ts'

const LARGEST = 2 ** 31 - 1 // bytes that node's readFile takes

const faultOf = (path: string, reasons: Readonly<Record<string, string>>, error: unknown): FormatError =>
  error instanceof FormatError ? error : new FormatError(`${path}: ${explain(reasons, error)}`, { cause: error })

const checkedPath = (where: string, path: string): E.Either<FormatError, string> =>
  typeof path === 'string' && path !== ''
    ? E.right(path)
    : E.left(new FormatError(`${where}: path is the name of a file, but got ${shown(path)}`))

/** Reads a whole file and decodes it; `where` is the function that was called. */
export const load = <A>(
  where: string,
  path: string,
  decode: (name: string, bytes: Uint8Array) => E.Either<FormatError, A>,
): TE.TaskEither<FormatError, A> =>
  pipe(
    TE.fromEither(checkedPath(where, path)),
    TE.chain(() =>
      TE.tryCatch(
        async () => {
          const info = await stat(path)
          if (!info.isFile()) throw new FormatError(`${path}: this is no file but a folder or a device`)
          if (info.size > LARGEST) {
            throw new FormatError(
              `${path}: it has ${info.size} bytes, but at most ${LARGEST} are read; is it the right file?`,
            )
          }
          return await readFile(path)
        },
        (error) => faultOf(path, readReasons, error),
      ),
    ),
    TE.chainEitherK((bytes) => decode(path, bytes)),
  )

/** Encodes, when the task runs, and writes a file that appears whole or not at all; its folder is made if need be. */
export const save = (where: string, path: string, encode: () => Uint8Array): TE.TaskEither<FormatError, void> =>
  pipe(
    TE.fromEither(checkedPath(where, path)),
    TE.chainEitherK(() =>
      E.tryCatch(encode, (error) => new FormatError(`${path}: ${messageOf(error)}`, { cause: error })),
    ),
    TE.chain((bytes) =>
      TE.tryCatch(
        async () => {
          await mkdir(dirname(resolve(path)), { recursive: true })
          await replaceFile(path, bytes)
        },
        (error) => faultOf(path, writeReasons, error),
      ),
    ),
  )

/**
 * `encodeSafetensors` in a file, which appears whole or not at all
 *
 * One of more than 2 GiB is for Python: `loadSafetensors` does not read it.
 *
 * @param path      of the file; its folder is made if need be, and a file that is there is replaced
 * @param tensors   by name
 * @param metadata  texts by name; none unless given
 * @returns         left(FormatError) when it cannot be written, or as `encodeSafetensors` throws
 * @example         saveSafetensors('m.safetensors', { b: zeros([3]) })()   // Promise of right(undefined)
 */
export const saveSafetensors = (
  path: string,
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): TE.TaskEither<FormatError, void> => save('saveSafetensors', path, () => encodeSafetensors(tensors, metadata))

/**
 * `decodeSafetensors` of a file
 *
 * @param path  of the file, at most 2 GiB
 * @returns     left(FormatError) when it cannot be read, or as `decodeSafetensors` tells
 * @example     loadSafetensors('m.safetensors')()   // Promise of right({ tensors, metadata })
 */
export const loadSafetensors = (path: string): TE.TaskEither<FormatError, Safetensors> =>
  load('loadSafetensors', path, decodeSafetensors)

/**
 * `encodeNpz` in a file, which appears whole or not at all
 *
 * One of more than 2 GiB is for Python: `loadNpz` does not read it.
 *
 * @param path     of the file; its folder is made if need be, and a file that is there is replaced
 * @param tensors  by name
 * @returns        left(FormatError) when it cannot be written, or as `encodeNpz` throws
 * @example        saveNpz('m.npz', { b: zeros([3]) })()   // Promise of right(undefined)
 */
export const saveNpz = (path: string, tensors: Tensors): TE.TaskEither<FormatError, void> =>
  save('saveNpz', path, () => encodeNpz(tensors))

/**
 * `decodeNpz` of a file
 *
 * @param path     of the file, at most 2 GiB
 * @param options  `names`, where not all arrays are wanted
 * @returns        left(FormatError) when it cannot be read, or as `decodeNpz` tells
 * @example        loadNpz('m.npz')()   // Promise of right({ b })
 */
export const loadNpz = (path: string, options: NpzOptions = {}): TE.TaskEither<FormatError, Tensors> =>
  load('loadNpz', path, (name, bytes) => decodeNpz(name, bytes, options))

/**
 * `encodeNpy` in a file, which appears whole or not at all
 *
 * One of more than 2 GiB is for Python: `loadNpy` does not read it.
 *
 * @param path  of the file; its folder is made if need be, and a file that is there is replaced
 * @param t     any shape, float32 or float64
 * @returns     left(FormatError) when it cannot be written, or as `encodeNpy` throws
 * @example     saveNpy('b.npy', zeros([3]))()   // Promise of right(undefined)
 */
export const saveNpy = (path: string, t: Tensor): TE.TaskEither<FormatError, void> =>
  save('saveNpy', path, () => encodeNpy(t))

/**
 * `decodeNpy` of a file
 *
 * @param path  of the file, at most 2 GiB
 * @returns     left(FormatError) when it cannot be read, or as `decodeNpy` tells
 * @example     loadNpy('b.npy')()   // Promise of right({ shape: [3], data })
 */
export const loadNpy = (path: string): TE.TaskEither<FormatError, Tensor> => load('loadNpy', path, decodeNpy)

/**
 * `decodeNpyRows` of a file
 *
 * @param path  of the file, at most 2 GiB
 * @returns     left(FormatError) when it cannot be read, or as `decodeNpyRows` tells
 * @example     loadNpyRows('x.npy')()   // Promise of right({ shape: [60000, 784], data: Uint8Array, mean, scale })
 */
export const loadNpyRows = (path: string): TE.TaskEither<FormatError, Rows> => load('loadNpyRows', path, decodeNpyRows)

/**
 * `decodeNpzRows` of a file
 *
 * @param path     of the file, at most 2 GiB
 * @param options  `names`, where not all arrays are wanted
 * @returns        left(FormatError) when it cannot be read, or as `decodeNpzRows` tells
 * @example        loadNpzRows('mnist.npz')()   // Promise of right({ x_train, y_train, x_test, y_test })
 */
export const loadNpzRows = (
  path: string,
  options: NpzOptions = {},
): TE.TaskEither<FormatError, Readonly<Record<string, Rows>>> =>
  load('loadNpzRows', path, (name, bytes) => decodeNpzRows(name, bytes, options))
