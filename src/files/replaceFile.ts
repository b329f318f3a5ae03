import { access, constants, dirname, open, rename, rm, type Stats, stat, writeFile } from '../system/index.ts'
import { codeOf } from './faults.ts'
import { draftOf, targetOf } from './names.ts'

const writeThrough = async (path: string, content: string | Uint8Array, old: Stats | undefined): Promise<void> => {
  const handle = await open(path, 'wx', old?.mode)
  try {
    // What `open` sets is less than asked for where the umask says so.
    if (old !== undefined) await handle.chmod(old.mode)
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

// What systems say that cannot open a folder, or cannot force it to the disk.
const CANNOT_SYNC = ['EACCES', 'EBADF', 'EINVAL', 'EISDIR', 'EPERM']

/** Forces the names in a folder to the disk: without it a power failure may undo a renaming that was done. */
const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch (error) {
    if (!CANNOT_SYNC.includes(codeOf(error))) throw error
  }
}

/**
 * Writes a file so that nobody ever sees a part of it, also after a power failure: a temporary file beside it, forced to
 * the disk, then renamed. Where it fails there is the whole old content, or, by a fault of the disk, the whole new one.
 *
 * The file keeps its permissions, and one that may not be written is not replaced. A symbolic link is followed, also
 * to a file that is not there yet; other hard links keep the old content. What is no file, e.g. /dev/stdout, is written as it is.
 *
 * @param path     of the file, in a folder that is there
 * @param content  all of the new content; text is written as UTF-8
 * @returns        rejects with the system's error
 */
export const replaceFile = async (path: string, content: string | Uint8Array): Promise<void> => {
  const target = targetOf(path)
  const old = await stat(target).catch(() => undefined)
  if (old !== undefined && !old.isFile()) return writeFile(target, content)
  if (old !== undefined) await access(target, constants.W_OK)
  const draft = draftOf(target)
  try {
    await writeThrough(draft, content, old)
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(target))
}
