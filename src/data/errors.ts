/**
 * Data that cannot be had or cannot be right: a missing or damaged file, a mirror that does not answer, a folder that
 * cannot be written. The message is one line: which file, what was expected, what came, what to do.
 */
export class DataError extends Error {
  readonly _tag = 'DataError'
  override readonly name = 'DataError'
}
