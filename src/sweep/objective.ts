import type { Params } from './trial.ts'

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** A trial as its objective sees it. */
export interface RunningTrial<P = Params> {
  /** Its parameters by name. */
  readonly params: P
  /** Counts from 0. */
  readonly number: number
  /** An integer from 0 to 2³² − 1, a pure function of the study's seed, of `number` and of `repeat`. */
  readonly seed: number
  /** From 0 to the study's repeats − 1. */
  readonly repeat: number
  /** 1, and one more each time that the trial was begun anew because its worker or the whole process died. */
  readonly attempt: number
  /**
   * A folder of this trial's own, made when it is first asked for and removed when the trial has its result: a later attempt finds here
   * what an earlier one saved. What was reported and noted so far stays too, so report a step first and save its checkpoint then.
   */
  readonly folder: string
  /**
   * Records a value on the way, e.g. the validation accuracy after an epoch; the study's pruner may end the trial here. After the
   * objective's end it does nothing, and nor does `note`.
   *
   * @param step   an integer ≥ 0; one that is not above the last one takes the report back to there
   * @param value  what the objective would return if it stopped now
   * @throws       TrialPruned, which the objective should let through; TrialDiverged when the value is NaN or an infinity; RangeError
   *               from the 131,073rd report of a run on
   */
  report(step: number, value: number): void
  /**
   * Keeps something else in the table, e.g. the number of weights; a later note of the same name replaces it.
   *
   * @throws  TypeError when the value is none that JSON can hold; RangeError when it has more than 2¹⁶ characters there, or
   *          all notes together more than 2²⁰
   */
  note(name: string, value: Json): void
}

/** What a study asks of each trial: the value that is to be as large or as small as possible. */
export type Objective<P = Params, D = unknown> = (trial: RunningTrial<P>, data: D) => number | Promise<number>

/** Thrown by `trial.report` when the pruner ends a trial. */
export class TrialPruned extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'TrialPruned'
  /** As in the first line of its stack. */
  override readonly name = 'TrialPruned'
}

/** Thrown by `trial.report` when the value is NaN or an infinity. */
export class TrialDiverged extends Error {
  /** Discriminant of the errors. */
  readonly _tag = 'TrialDiverged'
  /** As in the first line of its stack. */
  override readonly name = 'TrialDiverged'
}
