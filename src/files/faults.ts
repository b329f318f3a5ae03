/** The system's error code, e.g. 'ENOENT', or '' where there is none. */
export const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

/** What was thrown, in one line. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ').trim()

/** The reason for an error's code and the code, e.g. 'the disk is full (ENOSPC)'; where there is none, its message. */
export const explain = (reasons: Readonly<Record<string, string>>, error: unknown): string => {
  const code = codeOf(error)
  return reasons[code] === undefined ? messageOf(error) : `${reasons[code]} (${code})`
}
