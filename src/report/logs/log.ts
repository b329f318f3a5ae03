import type * as E from 'fp-ts/lib/Either.js'
import { boolean, functionOf, type Given, withDefault } from '../../errors/index.ts'
import type { Evaluation, Event } from '../../solver/index.ts'
import type { ReportError } from '../errors.ts'

/** A consumer of events that writes a file as the run goes on. */
export interface Log {
  /** An event that comes after `close` is added to what was written. */
  readonly see: (event: Event) => void
  /** Writes what is left. A file that could not be written is a left, here and from then on, and does not stop the run. */
  readonly close: () => E.Either<ReportError, void>
}

/** What logs write; pieces of an evaluation are nothing to keep. */
export type Logged = Exclude<Event, Evaluation>

export const logOptions = {
  /** Told once, at the first thing that cannot be written; nothing more is tried then. */
  onError: withDefault(() => {}, functionOf<(error: ReportError) => void>()),
  /** Go on with a file that is there, as a run does that goes on; it is replaced unless true. */
  append: withDefault(false, boolean),
}

/** The options of `jsonlLog` and `tensorboardLog`. @interface */
export type LogOptions = Given<typeof logOptions>
