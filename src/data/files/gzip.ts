import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { codeOf, messageOf } from '../../files/index.ts'
import { gunzip, promisify } from '../../system/index.ts'
import { DataError } from '../errors.ts'

/**
 * The most bytes that one file may hold, packed or not: 1 GiB. The largest file of this format in circulation, EMNIST's
 * images by class, holds 0.55 GB; a file that unpacks to more is damaged or hostile.
 */
export const LIMIT = 2 ** 30

// A few bytes of gzip can hold a thousand times as many. Up to 64 MiB that is let pass; beyond, images shrink to a tenth, and
// what shrinks to less than a hundredth is a bomb.
const MOST_UNASKED = 2 ** 26
const MOST_RATIO = 100

const inflate = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(gunzip)

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

const reason = (error: unknown, bytes: Uint8Array, limit: number): string => {
  switch (codeOf(error)) {
    case 'Z_BUF_ERROR':
      return (
        `the gzip data end too early, after ${bytes.length} bytes: the file is truncated, ` +
        'perhaps by a broken download; delete it and get it again'
      )
    case 'ERR_BUFFER_TOO_LARGE':
      return `unpacked it is longer than ${limit} bytes, the most that is read; is it the right file?`
    default:
      return `the gzip data are damaged (${messageOf(error)}); delete the file and get it again`
  }
}

/**
 * The unpacked bytes if these begin with gzip's magic number 1f 8b, else the same bytes.
 *
 * @param name   of the file, for messages
 * @param most   bytes of the result; for small files fewer are enough to refuse
 * @returns      left(DataError) when the gzip data are truncated, damaged or too long
 */
export const unpack = (name: string, bytes: Uint8Array, most = LIMIT): TE.TaskEither<DataError, Uint8Array> => {
  if (!isGzip(bytes)) return TE.right(bytes)
  const limit = Math.min(most, Math.max(MOST_UNASKED, MOST_RATIO * bytes.length))
  return pipe(
    TE.tryCatch(
      () => inflate(bytes, { maxOutputLength: limit }),
      (error) => new DataError(`${name}: ${reason(error, bytes, limit)}`, { cause: error }),
    ),
    TE.filterOrElse(
      (unpacked) => !isGzip(unpacked),
      () =>
        new DataError(
          `${name}: it is packed by gzip twice; unpack it once, e.g. gunzip ${name}, and give what comes out`,
        ),
    ),
  )
}
