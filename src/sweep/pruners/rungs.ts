import * as E from 'fp-ts/lib/Either.js'
import { OptionError, requirement } from '../../errors/index.ts'
import type { PrunerView } from '../pruner.ts'
import type { Reported, Trial } from '../trial.ts'
import { countBetter, insert } from './ascending.ts'
import { show, valueFrom } from './reports.ts'

/** η: one of so many goes on. */
export const aReduction = requirement<number>(
  'an integer ≥ 2',
  (value) => Number.isSafeInteger(value) && (value as number) >= 2,
)

/** The options, if the first step does not lie behind the last one. */
export const checkSteps =
  (where: string) =>
  <O extends { readonly minSteps: number; readonly maxSteps?: number | undefined }>(
    options: O,
  ): E.Either<OptionError, O> => {
    const { minSteps, maxSteps = Number.POSITIVE_INFINITY } = options
    return minSteps <= maxSteps
      ? E.right(options)
      : E.left(new OptionError(`${where}: minSteps ${minSteps} is above maxSteps ${maxSteps}; exchange them`))
  }

/** The steps of decisions: first, first·η, first·η², … below the last step, where there is nothing left to save. */
export interface Rungs {
  readonly first: number
  readonly factor: number
  readonly last: number
}

/** The rungs after the step before, as far as this one. */
const reachedBy = ({ first, factor, last }: Rungs, before: number, step: number): readonly number[] => {
  const reached: number[] = []
  for (let rung = first; rung <= step && rung < last; rung *= factor) if (rung > before) reached.push(rung)
  return reached
}

/** What trials reported at each rung, in ascending order. */
export type Ladder = Map<number, number[]>

/** Adds what a trial reported at the rungs that it reached. */
export const climb = (ladder: Ladder, rungs: Rungs, trial: Trial): void => {
  const end = trial.reported.at(-1)?.step ?? Number.NEGATIVE_INFINITY
  for (const rung of reachedBy(rungs, Number.NEGATIVE_INFINITY, end)) {
    const value = valueFrom(trial, rung)
    const values = ladder.get(rung) ?? []
    ladder.set(rung, values)
    if (value !== undefined) insert(values, value)
  }
}

/**
 * stop ⇔ at a rung, not among the best max(1, ⌊n/η⌋) of the n trials that came so far, itself included
 *
 * A rung is reached by the first report at its step or after it; other reports decide nothing.
 *
 * @param ladder  of the trials that count
 */
export const judgeAtRungs = ({ direction, reported }: PrunerView, rungs: Rungs, ladder: Ladder): string | undefined => {
  const { step, value } = reported.at(-1) as Reported
  const before = reported.at(-2)?.step ?? Number.NEGATIVE_INFINITY
  for (const rung of reachedBy(rungs, before, step)) {
    const others = ladder.get(rung) ?? []
    const places = Math.max(1, Math.floor((others.length + 1) / rungs.factor))
    const ahead = countBetter(direction, others, value)
    if (ahead >= places)
      return `step ${step}: ${show(value)} is place ${ahead + 1} of ${others.length + 1} trials, ${places} go on`
  }
  return undefined
}
