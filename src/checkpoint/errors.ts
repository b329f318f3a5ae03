import { oneLine } from '../files/index.ts'

/**
 * A checkpoint that cannot be written, read or gone on from. The message is one line: which file or option, what is wrong, what
 * to do.
 */
export class CheckpointError extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'CheckpointError'
  /** As in the first line of its stack. */
  override readonly name = 'CheckpointError'

  // Names of files may hold anything.
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}
