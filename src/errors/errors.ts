/** A shape, precision or label that does not fit: a bug in the calling code, so it is thrown. */
export class ShapeError extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'ShapeError'
  /** As in the first line of its stack. */
  override readonly name = 'ShapeError'
}

/** An argument outside its range, e.g. `dropout: keepProb`. Thrown by primitives; `OptionError` is its sibling for option records. */
export class ArgumentError extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'ArgumentError'
  /** As in the first line of its stack. */
  override readonly name = 'ArgumentError'
}

/** A wrong option of a model, the solver or a loader; comes back as the left of an `Either`. */
export class OptionError extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'OptionError'
  /** As in the first line of its stack. */
  override readonly name = 'OptionError'
}
