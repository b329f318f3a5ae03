import { pipe } from 'fp-ts/lib/function.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { basename, dirname, join, stat } from '../../system/index.ts'
import { DataError } from '../errors.ts'
import type { Source } from '../files/cachedFiles.ts'
import { readBytes } from '../files/readBytes.ts'
import { archiveBatches } from './cifarArchive.ts'
import type { CifarSource } from './cifarFiles.ts'

/** The files of a set in their order, of the one version or the other. */
export interface VersionFiles {
  readonly isPython: boolean
  readonly files: readonly Source[]
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() === true

const missingIn = async (folder: string, names: readonly string[]): Promise<readonly string[]> => {
  const there = await Promise.all(names.map((name) => isFile(join(folder, name))))
  return names.filter((_, i) => !there[i])
}

const read = (path: string): TE.TaskEither<DataError, Source> =>
  pipe(
    readBytes(path),
    TE.map((bytes) => ({ path, bytes })),
  )

const namesOf = ({ batches }: { readonly batches: readonly { readonly name: string }[] }): readonly string[] =>
  batches.map(({ name }) => name)

/** What to give, where something is missing. */
export const remedyOf = ({ batches, archive, python }: CifarSource): string =>
  `give the folder that holds ${batches.length === 2 ? 'both' : 'all six'} files of the binary or of the Python version, ` +
  `or ${archive.name}, or ${python.archive}`

const fromArchive = (set: CifarSource, path: string): TE.TaskEither<DataError, VersionFiles> =>
  pipe(
    read(path),
    TE.chain((archive) => archiveBatches([namesOf(set), namesOf(set.python)], remedyOf(set), archive)),
    TE.map(({ version, files }) => ({ isPython: version === 1, files })),
  )

/** The first place that holds anything is taken, so that what is missing there is told. */
const inFolder = async (set: CifarSource, dir: string): Promise<TE.TaskEither<DataError, VersionFiles>> => {
  const versions = [set, set.python] as const
  for (const version of versions) {
    const names = namesOf(version)
    for (const folder of [dir, join(dir, version.folder)]) {
      const missing = await missingIn(folder, names)
      if (missing.length === 0) {
        return pipe(
          names,
          RA.traverse(TE.ApplicativeSeq)((name) => read(join(folder, name))),
          TE.map((files) => ({ isPython: version !== set, files })),
        )
      }
      if (missing.length < names.length) {
        return TE.left(new DataError(`${folder}: there is no ${missing.join(', ')} here; ${remedyOf(set)}`))
      }
    }
  }
  for (const archive of [set.archive.name, set.python.archive]) {
    // Browsers unpack one layer of what they download.
    for (const path of [join(dir, archive), join(dir, archive.replace(/\.gz$/, ''))]) {
      if (await isFile(path)) return fromArchive(set, path)
    }
  }
  return TE.left(new DataError(`${dir}: there is no ${namesOf(set).join(', ')} here; ${remedyOf(set)}`))
}

const choose = async (set: CifarSource, dir: string): Promise<TE.TaskEither<DataError, VersionFiles>> => {
  const info = await stat(dir).catch(() => undefined)
  if (info === undefined) return TE.left(new DataError(`${dir}: there is no such folder or file; ${remedyOf(set)}`))
  if (info.isDirectory()) return inFolder(set, dir)
  return [...namesOf(set), ...namesOf(set.python)].includes(basename(dir))
    ? TE.left(new DataError(`${dir}: this is one of the files; give the folder that holds them, ${dirname(dir)}`))
    : fromArchive(set, dir)
}

/**
 * The files of a set in a folder, in the folder of its archive in it (`cifar-10-batches-bin`, `cifar-10-batches-py`), or in an archive
 * in it; or those of an archive.
 *
 * @returns  left(DataError) that names what is missing
 */
export const cifarFolder = (set: CifarSource, dir: string): TE.TaskEither<DataError, VersionFiles> =>
  pipe(
    TE.fromTask(() => choose(set, dir)),
    TE.flatten,
  )
