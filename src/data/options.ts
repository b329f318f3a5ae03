import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  boolean,
  type Declaration,
  type Given,
  listOf,
  type Resolved,
  requirement,
  resolveOptions,
  text,
  withDefault,
} from '../errors/index.ts'
import { DataError } from './errors.ts'
import { cacheRoot } from './files/cache.ts'
import { downloading } from './files/download.ts'

const webAddress = requirement<string>(
  'an address that begins with http:// or https://',
  (value) => typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value),
)

/** In which form images of ten grey classes and their labels are wanted. */
export const form = {
  /** Pixels from 0 to 1 (true, the default), or from 0 to 255. */
  normalize: withDefault(true, boolean),
  /** Images as rows of pixels (true, the default), or as (1, height, width). */
  flatten: withDefault(true, boolean),
  /** Labels as one-hot rows, or as class indices (false, the default). */
  oneHot: withDefault(false, boolean),
}

export type Form = Resolved<typeof form>

// Types of options are put together of what the options spread: of a spread, the compiler's declarations lose the comments.
export type FormOptions<H extends boolean> = Omit<Given<typeof form>, 'oneHot'> & {
  /** Labels as one-hot rows, or as class indices (false, the default). */
  readonly oneHot?: H | undefined
}

/** From where files are taken: the options that all loaders share. */
export const sourcing = {
  /** Only this folder is looked in. */
  dir: text,
  /** Instead of CACHEGRAD_CACHE: the data set's own folder in it holds the files. */
  cacheDir: text,
  /** Whether files that are missing are downloaded; true unless given. */
  download: withDefault(true, boolean),
  ...downloading,
  /** Addresses of folders that hold the packed files, instead of the known ones; sums are checked all the same. */
  mirrors: listOf(webAddress),
}

export type Sourcing = Given<typeof downloading> & Omit<Given<typeof sourcing>, keyof typeof downloading>

/** Where a loader's files come from, and its own options, some of which say that in other words. */
export type LoaderOptions<D extends Declaration, Own extends keyof Given<D>> = Omit<Sourcing, Own> & Pick<Given<D>, Own>

/** Which cache, which mirrors and how to download, where `dir` is not given. */
export const sourceOf = (
  { cacheDir = cacheRoot(), mirrors, ...fetching }: Resolved<typeof sourcing>,
  known: readonly string[],
) => ({ cacheDir, mirrors: mirrors ?? known, fetching })

/** `resolveOptions` with a DataError, the one error of this folder. */
export const resolved = <D extends Declaration>(
  where: string,
  options: Given<D>,
  declaration: D,
): E.Either<DataError, Resolved<D>> =>
  pipe(
    resolveOptions(where, options, declaration),
    E.mapLeft((error) => new DataError(error.message, { cause: error })),
  )
