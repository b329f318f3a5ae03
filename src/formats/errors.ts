/**
 * A file of weights that cannot be read, written or right. The message is one line: which file, what was expected, what
 * came, what to do.
 */
export class FormatError extends Error {
  readonly _tag = 'FormatError'
  override readonly name = 'FormatError'
}
