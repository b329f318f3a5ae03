import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { join } from '../../system/index.ts'
import { DataError } from '../errors.ts'
import type { Source } from '../files/cachedFiles.ts'
import { unpack } from '../files/gzip.ts'
import { type TarFiles, tarFiles } from '../files/tar.ts'

// The genuine ones unpack to 187 MB at most.
const MOST = 2 ** 28

/** Names of the files that an archive may hold: all of one version. */
export type Versions = readonly (readonly string[])[]

const missingOf = (files: TarFiles, names: readonly string[]): readonly string[] =>
  names.filter((name) => !files.has(name))

/**
 * The files of the first version that is whole in an archive, packed by gzip or not. What else it holds is not looked at,
 * but for its paths: see `tarFiles`.
 *
 * @param remedy  what to give instead, where files are missing
 * @returns       which version it is, and its files in their order; left(DataError) for a damaged or hostile archive, or
 *                one that lacks a file
 */
export const archiveBatches = (
  versions: Versions,
  remedy: string,
  { path, bytes }: Source,
): TE.TaskEither<DataError, { readonly version: number; readonly files: readonly Source[] }> =>
  pipe(
    unpack(path, bytes, MOST),
    TE.chainEitherK((plain) => tarFiles(path, plain, (name) => versions.some((names) => names.includes(name)))),
    TE.chain((files) => {
      const missing = versions.map((names) => missingOf(files, names))
      const version = missing.findIndex(({ length }) => length === 0)
      const names = versions[version]
      if (names !== undefined) {
        return TE.right({
          version,
          files: names.map((name) => ({ path: join(path, name), bytes: files.get(name) as Uint8Array })),
        })
      }
      // Of the version of which most is there.
      const [least = []] = [...missing].sort((a, b) => a.length - b.length)
      return TE.left(new DataError(`${path}: there is no ${least.join(', ')} here; ${remedy}`))
    }),
  )
