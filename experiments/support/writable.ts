import { accessSync, constants, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { codeOf, explain, writeReasons } from '../../src/files/index.ts'

/** What is at a path, if anything is; throws where a part of the path is no folder. */
const statOf = (path: string) => {
  try {
    return statSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** The folder, or of one that is still to be made the nearest above it that is there. */
const nearestFolder = (folder: string): string =>
  statOf(folder) === undefined && dirname(folder) !== folder ? nearestFolder(dirname(folder)) : folder

/**
 * Whether a file can be written whole when the work is done: told before the work, not after it, and without writing
 * anything. Folders that are not there can be made.
 *
 * @param option  as on the command line, e.g. --out
 * @returns       the path; left when it is a folder, or the file or its folder may not be written
 */
export const checkWritable = (option: string, path: string): E.Either<Error, string> => {
  const wrong = (why: string): E.Either<Error, never> => E.left(new Error(`${option} ${path}: ${why}`))
  if (path === '') return wrong('the name of a file is missing, e.g. run.html')
  try {
    const there = statOf(resolve(path))
    if (there?.isDirectory() || /[/\\]$/.test(path)) {
      return wrong(`this is a folder; give the name of a file, e.g. ${join(path, 'run.html')}`)
    }
    if (there !== undefined) accessSync(path, constants.W_OK)
    // Another file takes its place; what is no file, e.g. /dev/stdout, is written as it is.
    if (there === undefined || there.isFile()) accessSync(nearestFolder(dirname(resolve(path))), constants.W_OK)
    return E.right(path)
  } catch (error) {
    return wrong(`it cannot be written: ${explain(writeReasons, error)}; give another path`)
  }
}
