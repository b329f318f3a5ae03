import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { boolean, checkOptions, listOf, positive, type Requirement } from '../tensor/index.ts'
import { DataError } from './errors.ts'

export const text: Requirement = {
  expected: 'a text that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
}

export const callback: Requirement = { expected: 'a function', holds: (value) => typeof value === 'function' }

export const webAddress: Requirement = {
  expected: 'an address that begins with http:// or https://',
  holds: (value) => typeof value === 'string' && URL.canParse(value) && /^https?:/.test(value),
}

/** What `MnistForm` allows. */
export const form = { normalize: boolean, flatten: boolean, oneHot: boolean }

/** From where files are taken: the options that all loaders share. */
export const sourcing = {
  dir: text,
  cacheDir: text,
  download: boolean,
  onProgress: callback,
  mirrors: listOf(webAddress),
  timeout: positive,
}

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
