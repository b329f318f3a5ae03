import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Given, shown, text, withDefault } from '../../errors/index.ts'
import { recognised } from '../../files/index.ts'
import { DataError } from '../errors.ts'
import { unpack } from '../files/gzip.ts'
import { readBytes } from '../files/readBytes.ts'
import { resolved } from '../options.ts'
import { type CsvOptions, csvOptions, decodeTable, type Table, type TargetTable } from './decodeCsv.ts'

// The longest text that V8 has.
const MOST = 2 ** 29 - 24

const loadOptions = {
  ...csvOptions,
  /** Of the characters, e.g. 'windows-1252' of an older Excel; 'utf-8' unless given. UTF-16 is known by how it begins. */
  encoding: withDefault('utf-8', text),
}

/** The options of `loadCsv`. @interface */
export type LoadCsvOptions = CsvOptions & Pick<Given<typeof loadOptions>, 'encoding'>

const encodingOf = (bytes: Uint8Array, encoding: string): string => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : encoding
}

/** The text of a file that is one. */
const textOf = (path: string, bytes: Uint8Array, encoding: string): E.Either<DataError, string> => {
  const refuse = (why: string) => E.left(new DataError(`${path}: ${why}`))
  if (bytes.length > MOST) {
    return refuse(
      `it has ${bytes.length} bytes, but at most ${MOST} are read as a table; split it, or save it as a .npy file`,
    )
  }
  const own = encodingOf(bytes, encoding)
  const what = own === encoding ? recognised(bytes) : undefined
  if (what !== undefined && !what.startsWith('a text'))
    return refuse(`a table as text (CSV) is expected, but this is ${what}`)
  try {
    return E.right(new TextDecoder(own, { fatal: true }).decode(bytes))
  } catch (error) {
    return error instanceof RangeError
      ? refuse(`encoding ${shown(encoding)} is not known; give e.g. 'utf-8' or 'windows-1252'`)
      : refuse(
          `its characters are not ${own}; save it as CSV UTF-8, or give { encoding: 'windows-1252' } if an older Excel wrote it`,
        )
  }
}

/**
 * `decodeCsv` of a file, packed by gzip or not
 *
 * @param path     of the file, at most 512 MiB
 * @param options  `target`, and what is not as usual: see `LoadCsvOptions`
 * @returns        { x, y, columns, … }; left(DataError) when it cannot be read, is no text, or as `decodeCsv` tells
 * @example        loadCsv('houses.csv', { target: 'price' })()   // Promise of right({ x: (N, D), y: Float64Array, columns, … })
 */
export function loadCsv(
  path: string,
  options: LoadCsvOptions & { readonly target: NonNullable<CsvOptions['target']> },
): TE.TaskEither<DataError, TargetTable>
export function loadCsv(path: string, options?: LoadCsvOptions): TE.TaskEither<DataError, Table>
export function loadCsv(path: string, options: LoadCsvOptions = {}): TE.TaskEither<DataError, Table> {
  if (typeof path !== 'string' || path === '') {
    return TE.left(new DataError(`loadCsv: path is the name of a file, but got ${shown(path)}`))
  }
  return pipe(
    TE.fromEither(resolved('loadCsv', options, loadOptions)),
    TE.chain(({ encoding, ...known }) =>
      pipe(
        readBytes(path, MOST),
        TE.chain((bytes) => unpack(path, bytes, MOST)),
        TE.chainEitherK((bytes) => textOf(path, bytes, encoding)),
        TE.chainEitherK((content) => decodeTable(path, content, known)),
      ),
    ),
  )
}
