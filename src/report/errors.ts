import { explain, oneLine, writeReasons } from '../files/index.ts'
import { inspect } from '../system/index.ts'

/** A report or a log that cannot be written. The message is one line: which file, what is wrong, what to do. */
export class ReportError extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'ReportError'
  /** As in the first line of its stack. */
  override readonly name = 'ReportError'

  // Names of files may hold anything.
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}

/** Any value, also one that String cannot take, in one line. */
export const shown = (value: unknown): string =>
  inspect(value, {
    depth: 0,
    customInspect: false,
    maxStringLength: 100,
    breakLength: Number.POSITIVE_INFINITY,
  }).replace(/\s+/g, ' ')

/** What the system said about a file, in one line. */
export const cannotWrite = (path: string, reason: unknown): ReportError =>
  new ReportError(
    `${path.replace(/\s+/g, ' ')} cannot be written: ${explain(writeReasons, reason)}; give another path`,
    { cause: reason },
  )
