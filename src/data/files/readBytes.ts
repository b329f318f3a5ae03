import * as TE from 'fp-ts/lib/TaskEither.js'
import { fileName } from '../../errors/index.ts'
import { explain, readReasons } from '../../files/index.ts'
import { open, readFile, stat } from '../../system/index.ts'
import { DataError } from '../errors.ts'
import { LIMIT } from './gzip.ts'

const unreadable = (path: string, error: unknown): DataError =>
  error instanceof DataError
    ? error
    : new DataError(`${fileName(path)}: ${explain(readReasons, error)}`, { cause: error })

/** The bytes of a file of at most 1 GiB, or of fewer. */
export const readBytes = (path: string, most = LIMIT): TE.TaskEither<DataError, Uint8Array> =>
  TE.tryCatch(
    async () => {
      const info = await stat(path)
      if (!info.isFile()) throw new DataError(`${path}: this is no file but a folder or a device`)
      if (info.size > most) {
        throw new DataError(`${path}: it has ${info.size} bytes, but at most ${most} are read; is it the right file?`)
      }
      return await readFile(path)
    },
    (error) => unreadable(path, error),
  )

/** The first bytes of a file, as many as tell what it is unless so many are asked for. */
export const beginning = async (path: string, length = 512): Promise<Uint8Array> => {
  const handle = await open(path)
  try {
    const { buffer, bytesRead } = await handle.read(new Uint8Array(length))
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
