import { constants, type FileHandle, join, open, readFile, rm } from '../../system/index.ts'

/** Bytes of a download that broke off, kept in a file `.<name>.part` so that the next try can go on behind them. */
export interface Part {
  /** What was there at the beginning. */
  readonly bytes: Uint8Array
  /** Keeps what came for this place, unless bytes for it are there already. */
  readonly keep: (chunk: Uint8Array, at: number) => Promise<void>
  /** Whether anything was added. */
  readonly hasGrown: () => boolean
  /** Leaves it for the next try, if that is worth it. */
  readonly close: () => Promise<void>
  readonly remove: () => Promise<void>
}

// Less than this comes again sooner than anyone can look at the file.
const LEAST = 2 ** 20

/**
 * The part of a file in a folder; an empty one that keeps nothing without a folder. Where it cannot be read or written
 * a download is not resumed, and that is all. Bytes are written at their place, so two processes that download the same
 * file write the same.
 */
export const openPart = async (folder: string | undefined, file: string): Promise<Part> => {
  const path = folder === undefined ? undefined : join(folder, `.${file}.part`)
  const bytes = path === undefined ? new Uint8Array() : await readFile(path).catch(() => new Uint8Array())
  let length = bytes.length
  let handle: FileHandle | undefined
  let writable = path !== undefined

  const keep = async (chunk: Uint8Array, at: number): Promise<void> => {
    if (path === undefined || !writable || at + chunk.length <= length) return
    try {
      handle ??= await open(path, constants.O_WRONLY | constants.O_CREAT)
      await handle.write(chunk, 0, chunk.length, at)
      length = at + chunk.length
    } catch {
      writable = false
      if (length === 0) await remove()
    }
  }
  const shut = async (): Promise<void> => {
    await handle?.close().catch(() => undefined)
    handle = undefined
  }
  const remove = async (): Promise<void> => {
    await shut()
    length = 0
    if (path !== undefined) await rm(path, { force: true }).catch(() => undefined)
  }
  return {
    bytes,
    keep,
    hasGrown: () => length > bytes.length,
    close: () => (length > 0 && length < LEAST ? remove() : shut()),
    remove,
  }
}
