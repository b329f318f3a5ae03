/**
 * Data that cannot be had or cannot be right: a missing or damaged file, a mirror that does not answer, a folder that
 * cannot be written. The message is one line: which file, what was expected, what came, what to do.
 */
export class DataError extends Error {
  readonly _tag = 'DataError'
  override readonly name = 'DataError'
}

/** The system's error code, e.g. 'ENOENT', or '' where there is none. */
export const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

/** What was thrown, in one line. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim()
