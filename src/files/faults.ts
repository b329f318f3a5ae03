/** The system's error code, e.g. 'ENOENT', or '' where there is none. */
export const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
}

/** What was thrown, in one line, and without what would steer a terminal. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/[\s\p{Cc}]+/gu, ' ').trim()

/**
 * A text from a file as a message can show it: in quotes, cut, and with escapes for what would end the line or steer a
 * terminal
 */
export const quoted = (text: string, most = 40): string =>
  JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text).replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** The reason for an error's code and the code, e.g. 'the disk is full (ENOSPC)'; where there is none, its message. */
export const explain = (reasons: Readonly<Record<string, string>>, error: unknown): string => {
  const code = codeOf(error)
  return reasons[code] === undefined ? messageOf(error) : `${reasons[code]} (${code})`
}

/** What codes mean when a file is written, for `explain`. */
export const writeReasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOENT: 'there is no such folder',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EEXIST: 'a part of the path is a file, not a folder',
  EISDIR: 'this is a folder, not a file',
}

/** What codes mean when a file is read, for `explain`. */
export const readReasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'this is a folder, not a file',
}
