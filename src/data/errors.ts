import { oneLine } from '../files/index.ts'

/**
 * Data that cannot be had or cannot be right: a missing or damaged file, a mirror that does not answer, a folder that
 * cannot be written. The message is one line: which file, what was expected, what came, what to do.
 */
export class DataError extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'DataError'
  /** As in the first line of its stack. */
  override readonly name = 'DataError'

  // Names of files may hold anything.
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}
