import { struct } from 'fp-ts/lib/Monoid.js'
import * as N from 'fp-ts/lib/number.js'
import * as RA from 'fp-ts/lib/ReadonlyArray.js'

/** Some inputs of a target: numbers from … to − 1. */
export interface Slice {
  readonly target: string
  readonly seed: number
  readonly from: number
  readonly to: number
  /** Milliseconds for one input. */
  readonly patience: number
}

export interface Failure {
  /** A crash is whatever is neither a value nor an error value that can be printed: a throw, the process's end, a stray file. */
  readonly what: 'crash' | 'hang' | 'memory'
  readonly target: string
  readonly seed: number
  readonly number: number
  /** What was done to make the file; unknown where the process died. */
  readonly kind: string
  readonly why: string
}

/** How some inputs went. */
export interface Tally {
  readonly inputs: number
  readonly accepted: number
  readonly refused: number
  readonly failures: readonly Failure[]
  /** Milliseconds of the slowest input. */
  readonly slowest: number
  /** Bytes by which memory grew at most. */
  readonly largest: number
}

const longest = { concat: Math.max, empty: 0 }

/** Counts add up, of extremes the greater one stays. */
export const tallies = struct<Tally>({
  inputs: N.MonoidSum,
  accepted: N.MonoidSum,
  refused: N.MonoidSum,
  failures: RA.getMonoid<Failure>(),
  slowest: longest,
  largest: longest,
})
