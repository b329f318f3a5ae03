// What would end the line or steer a terminal: paths and names may hold anything.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]/gu

/**
 * A file of weights that cannot be read, written or right. The message is one line: which file, what was expected, what
 * came, what to do.
 */
export class FormatError extends Error {
  readonly _tag = 'FormatError'
  override readonly name = 'FormatError'

  constructor(message: string, options?: ErrorOptions) {
    super(message.replace(UNPRINTABLE, ' '), options)
  }
}

const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, most)}…` : text)

/** A name from a file, as a message can show it. */
export const quoted = (name: string): string => JSON.stringify(cut(name, 40))

/** What is wrong with a file; what it quotes of the file is cut. */
export const faultIn = (file: string, fault: string): FormatError => new FormatError(`${file}: ${cut(fault, 500)}`)
