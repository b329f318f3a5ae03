/** What steers a terminal (C0, C1), ends a line, turns text around or is half a character. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]+/gu

/** A text in one line, without what steers a terminal */
export const printable = (text: string): string => text.replace(UNPRINTABLE, ' ')

const MOST = 800 // characters of a message

/** A message: one line, and not as long as a name or a file that it quotes may be. */
export const oneLine = (text: string): string => {
  const line = printable(text)
  return line.length <= MOST ? line : `${line.slice(0, MOST / 2)} … ${line.slice(-MOST / 2)}`
}

/** The same, but lines stay, as of a stack. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n')

/** What is thrown may be anything, and may throw in turn when it is looked at. */
const tried = <A>(read: () => A, otherwise: A): A => {
  try {
    return read()
  } catch {
    return otherwise
  }
}

/** The system's error code, e.g. 'ENOENT', or '' where there is none. */
export const codeOf = (error: unknown): string =>
  tried(() => {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return typeof code === 'string' ? code : ''
  }, '')

const textOf = (error: unknown): string =>
  tried(() => String(error instanceof Error ? error.message : error), undefined) ??
  tried(() => Object.prototype.toString.call(error), 'what cannot be shown')

/** What was thrown, in one line, and without what would steer a terminal. */
export const messageOf = (error: unknown): string => printable(textOf(error)).replace(/\s+/g, ' ').trim()

/** An error's stack, with its lines; another value in one line. */
export const stackOf = (error: unknown): string => {
  const stack = tried(() => (error instanceof Error ? String(error.stack ?? error) : undefined), undefined)
  return stack === undefined ? `it threw ${messageOf(error)}` : printableLines(stack)
}

/**
 * A text from a file as a message can show it: in quotes, cut, and with escapes for what would end the line or steer a
 * terminal
 */
export const quoted = (text: string, most = 40): string =>
  JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text).replace(UNPRINTABLE, (found) =>
    [...found].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
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
