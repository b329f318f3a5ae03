import { closeSync, fdatasync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import { explain } from '../../files/index.ts'
import { SweepError } from '../errors.ts'
import { type Entry, pieces, sealed } from './line.ts'
import type { Operation } from './operation.ts'

/** A line that was appended, by us or by another program. */
export interface Appended extends Entry {
  readonly mine: boolean
}

/** Writes at the end of a journal. */
export interface Appender {
  /**
   * Writes one line with one call of the system. Whoever else writes to the file, Optuna say, is noticed: what comes back are all
   * lines since the last one, in the order in which they stand in the file.
   *
   * @throws  SweepError where it cannot be written; the file is as it was
   */
  append(operation: Operation): readonly Appended[]
  /** Has what was written forced to the disk, at once but without waiting for it; a fault is told at the next call. */
  flush(): void
  /** Forces what was written to the disk and ends. */
  close(): void
}

export const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'its folder is not there',
  EACCES: 'it may not be read and written',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EROFS: 'the file system is read-only',
  EFBIG: 'the file is too large',
  EIO: 'the disk has a fault',
}

/** @param path  of a journal that is empty or ends with a newline */
export const appender = (path: string): Appender => {
  const file = openSync(path, 'a+')
  let size = fstatSync(file).size
  let flushing = false
  let again = false
  let closed = false
  let fault: unknown

  const fail = (why: string): SweepError => new SweepError(`runSweep: journal ${path} cannot be written: ${why}`)

  const write = (line: Buffer): void => {
    let written = 0
    let reason: unknown = { code: 'ENOSPC' }
    try {
      written = writeSync(file, line)
    } catch (error) {
      reason = error
    }
    if (written === line.length) return
    if (written > 0) ftruncateSync(file, size)
    throw fail(written > 0 ? 'the disk is full; make room and run it again' : explain(reasons, reason))
  }

  /** What stands between the known end and the new one. */
  const tail = (end: number): Buffer => {
    const bytes = Buffer.alloc(end - size)
    let read = 0
    while (read < bytes.length) {
      const count = readSync(file, bytes, read, bytes.length - read, size + read)
      if (count === 0) break
      read += count
    }
    return bytes.subarray(0, bytes.lastIndexOf(10) + 1)
  }

  const append = (operation: Operation): readonly Appended[] => {
    if (closed) throw fail('it is closed')
    if (fault !== undefined) throw fail(explain(reasons, fault))
    const line = sealed(operation)
    write(line)
    const { size: end, nlink } = fstatSync(file)
    if (nlink === 0 || end < size + line.length) {
      throw fail('another program removed, replaced or shortened it; run it again, one at a time')
    }
    if (end === size + line.length) {
      size = end
      return [{ operation, sealed: true, mine: true }]
    }
    const bytes = tail(end)
    size += bytes.length
    return [...pieces(bytes)].flatMap(({ from, to, entry }) =>
      entry === undefined ? [] : [{ ...entry, mine: line.equals(bytes.subarray(from, to + 1)) }],
    )
  }

  const flush = (): void => {
    again = flushing
    if (flushing || closed) return
    flushing = true
    fdatasync(file, (error) => {
      flushing = false
      fault ??= error ?? undefined
      if (closed) closeSync(file)
      else if (again) flush()
    })
  }

  const close = (): void => {
    if (closed) return
    closed = true
    try {
      fdatasyncSync(file)
    } finally {
      // A flush that is under way still needs the file.
      if (!flushing) closeSync(file)
    }
    if (fault !== undefined) throw fail(explain(reasons, fault))
  }

  return { append, flush, close }
}
