import { oneLine } from '../files/index.ts'

/**
 * A sweep that cannot be run or resumed: a bad space, a journal that is held or damaged, a study that changed. The message is one
 * line: which parameter, file or setting, what was expected, what came, what to do.
 */
export class SweepError extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'SweepError'
  /** As in the first line of its stack. */
  override readonly name = 'SweepError'

  // Names, paths and what others threw may hold anything.
  constructor(message: string, options?: ErrorOptions) {
    super(oneLine(message), options)
  }
}
