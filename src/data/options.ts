import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { boolean, checkOptions, isFunction, listOf, positive, type Requirement } from '../tensor/index.ts'
import { cacheRoot } from './cache.ts'
import { type Progress, STALL } from './download.ts'
import { DataError } from './errors.ts'

const text: Requirement = {
  expected: 'a text that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
}

const webAddress: Requirement = {
  expected: 'an address that begins with http:// or https://',
  holds: (value) => typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value),
}

/** What `MnistForm` allows. */
export const form = { normalize: boolean, flatten: boolean, oneHot: boolean }

/** From where files are taken: the options that all loaders share. */
export interface Sourcing {
  /** Only this folder is looked in. */
  readonly dir?: string
  /** Instead of CACHEGRAD_CACHE: the data set's own folder in it holds the files. */
  readonly cacheDir?: string
  /** Whether files that are missing are downloaded; true unless given. */
  readonly download?: boolean
  /** Called whenever bytes of a download have come, with how many there are by now. */
  readonly onProgress?: (progress: Progress) => void
  /** Addresses of folders that hold the packed files, instead of the known ones; sums are checked all the same. */
  readonly mirrors?: readonly string[]
  /** Milliseconds without a byte after which a mirror is given up; 20,000 unless given. */
  readonly timeout?: number
}

/** What `Sourcing` allows. */
export const sourcing = {
  dir: text,
  cacheDir: text,
  download: boolean,
  onProgress: isFunction,
  mirrors: listOf(webAddress),
  timeout: positive,
}

/** Which cache, which mirrors and how to download, where `dir` is not given: the options, else what is usual. */
export const withDefaults = (
  { cacheDir = cacheRoot(), mirrors, download = true, timeout = STALL, onProgress = () => {} }: Sourcing,
  known: readonly string[],
) => ({ cacheDir, mirrors: mirrors ?? known, fetching: { download, timeout, onProgress } })

/** `checkOptions` with a DataError, the one error of this folder. */
export const checked = <O extends object>(
  where: string,
  options: O,
  requirements: { readonly [K in keyof O]-?: Requirement },
): E.Either<DataError, O> =>
  pipe(
    checkOptions(where, options, requirements),
    E.mapLeft((error) => new DataError(error.message, { cause: error })),
  )
