import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'

const writeThrough = async (path: string, content: string | Uint8Array): Promise<void> => {
  const handle = await open(path, 'wx')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Writes a file so that nobody ever sees a part of it: a temporary file beside it, forced to the disk, then renamed. A link
 * is followed; what is no file, e.g. /dev/stdout, is written as it is. When it fails, what was there stays, and rejects.
 */
export const replaceFile = async (path: string, content: string | Uint8Array): Promise<void> => {
  const target = await realpath(path).catch(() => resolve(path))
  const there = await stat(target).catch(() => undefined)
  if (there !== undefined && !there.isFile()) return writeFile(target, content)
  const draft = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}.part`)
  try {
    await writeThrough(draft, content)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
}
