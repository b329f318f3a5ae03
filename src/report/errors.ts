import { inspect } from 'node:util'
import { codeOf, messageOf } from '../files/index.ts'

/** A report or a log that cannot be written. The message is one line: which file, what is wrong, what to do. */
export class ReportError extends Error {
  readonly _tag = 'ReportError'
  override readonly name = 'ReportError'
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written here; give another path',
  EPERM: 'it may not be written here; give another path',
  EROFS: 'the file system is read-only; give another path',
  ENOSPC: 'the disk is full; make room or give a path on another one',
  EDQUOT: 'your disk quota is used up; make room or give a path on another disk',
  ENOENT: 'there is no such folder; make it or give another path',
  ENOTDIR: 'a part of the path is a file, not a folder; give another path',
  EEXIST: 'a part of the path is a file, not a folder; give another path',
  EISDIR: 'this is a folder; give the path of a file',
}

/** Any value, also one that String cannot take, in one line. */
export const shown = (value: unknown): string =>
  inspect(value, {
    depth: 0,
    customInspect: false,
    maxStringLength: 100,
    breakLength: Number.POSITIVE_INFINITY,
  }).replace(/\s+/g, ' ')

/** What the system said about a file, in one line. */
export const cannotWrite = (path: string, reason: unknown): ReportError => {
  // Who has no types may give anything.
  const named = typeof path === 'string' && path !== '' ? path.replace(/\s+/g, ' ') : shown(path)
  return new ReportError(`${named} cannot be written: ${reasons[codeOf(reason)] ?? messageOf(reason)}`, {
    cause: reason,
  })
}
