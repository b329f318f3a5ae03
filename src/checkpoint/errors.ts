/**
 * A checkpoint that cannot be written, read or gone on from. The message is one line: which file or option, what is wrong, what
 * to do.
 */
export class CheckpointError extends Error {
  readonly _tag = 'CheckpointError'
  override readonly name = 'CheckpointError'
}
