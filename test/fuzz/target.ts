import { writeFileSync } from 'node:fs'
import type * as E from 'fp-ts/lib/Either.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Draw } from './draw.ts'

/** An error value or what the file holds. */
export type Read = E.Either<Error, unknown>

/** Makes a file that means harm. */
export type Hostile = (draw: Draw) => Uint8Array

/** A reader of files, and files for it. */
export interface Target {
  readonly name: string
  /** Small valid files. */
  readonly seeds: readonly Uint8Array[]
  readonly read: (bytes: Uint8Array) => Read | Promise<Read>
  /** Files that mutations of the seeds would seldom hit, by what they are called in a failure. */
  readonly hostile: Readonly<Record<string, Hostile>>
  /** Bytes of memory that reading a file of this size may take: see `plain` and `packed`. */
  readonly justified: (size: number) => number
}

// What V8 and node take while they read, whatever the file: garbage that was not collected yet, compiled code.
const SLACK = 2 ** 25

/**
 * What a file that is not packed may take: 64 bytes for each of its own, which is what JSON.parse makes of the costliest
 * text, `[[[[…`.
 */
export const plain = (size: number): number => SLACK + 64 * size

/**
 * What a packed file may take. A byte of deflate data can stand for 1032, and that much is allowed until 64 MiB, or 100 for
 * each byte; beyond that a reader must refuse. Three times, since node keeps the unpacked pieces while it joins them.
 */
export const packed = (size: number): number => plain(size) + 3 * Math.min(1032 * size, Math.max(2 ** 26, 100 * size))

/** A reader of a path as one of bytes: they are written to a file in the folder of this process. */
export const fromFile =
  (read: (path: string) => TE.TaskEither<Error, unknown>) =>
  (bytes: Uint8Array): Promise<Read> => {
    writeFileSync('input', bytes)
    return read('input')()
  }
