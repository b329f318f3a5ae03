import { fileName } from '../errors/index.ts'
import { oneLine } from '../files/index.ts'

/**
 * A file of weights that cannot be read, written or right. The message is one line: which file, what was expected, what
 * came, what to do.
 */
export class FormatError extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'FormatError'
  /** As in the first line of its stack. */
  override readonly name = 'FormatError'

  // Names of files may hold anything.
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}

const LONGEST = 500 // characters of what is wrong, which may quote the file

/** What is wrong with a file. */
export const faultIn = (file: string, fault: string): FormatError =>
  new FormatError(`${fileName(file)}: ${fault.length > LONGEST ? `${fault.slice(0, LONGEST)}…` : fault}`)
