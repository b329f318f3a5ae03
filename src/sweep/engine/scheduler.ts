import { type Records, trialAt } from '../records.ts'
import { keyOf } from '../space/index.ts'
import type { Study } from '../sweep.ts'
import { isFinal, type Trial } from '../trial.ts'
import { drawParams } from './draw.ts'

/** Gives the next trial that may begin, in order of number. */
export interface Scheduler {
  /** Draws it if it is a new one; undefined while the ones that it waits for are not final, and at the end. */
  readonly next: () => Trial | undefined
  readonly requeue: (number: number) => void
  readonly isExhausted: () => boolean
}

/** How many of the first trials must be final before a trial begins. */
export const seesOf =
  ({ sampler, pruner }: Study) =>
  (number: number): number =>
    Math.max(sampler.sees(number), pruner.sees(number))

/** The final trials 0 … count − 1; a generation looks at the same ones, so their list is made once for all of it. */
export const firstOf = (records: Records): ((count: number) => readonly Trial[]) => {
  let seen: readonly Trial[] = []
  return (count) => {
    if (seen.length !== count) seen = records.trials.slice(0, count)
    return seen
  }
}

/** The numbers of trials that are there but not final, or that a damaged journal has lost. */
const openNumbers = (total: number, { trials }: Records): number[] => {
  const final = new Set(trials.filter(isFinal).map(({ number }) => number))
  const length = Math.min(total, (trials.at(-1)?.number ?? -1) + 1)
  return Array.from({ length }, (_, number) => number).filter((number) => !final.has(number))
}

export const schedulerOf = (study: Study, records: Records): Scheduler => {
  const { trials } = records
  const sees = seesOf(study)
  const open = openNumbers(study.trials, records)
  const seen = firstOf(records)
  const taken = new Set(trials.map(({ params }) => keyOf(params)))
  let nextNew = (trials.at(-1)?.number ?? -1) + 1
  let final = 0
  let isExhausted = false

  const mayBegin = (number: number): boolean => {
    for (let trial = trials[final]; trial?.number === final && isFinal(trial); trial = trials[final]) final++
    return sees(number) <= final
  }
  /** What the parameters of a trial must differ from: those of the trials before it. */
  const takenBefore = (number: number): ReadonlySet<string> =>
    number === nextNew
      ? taken
      : new Set(trials.filter((trial) => trial.number < number).map(({ params }) => keyOf(params)))

  const draw = (number: number): void => {
    const params = drawParams(study, number, seen(study.sampler.sees(number)), takenBefore(number))
    if (params === undefined) {
      isExhausted = true
      return
    }
    taken.add(keyOf(params))
    records.create(number, params)
  }
  const next = (): Trial | undefined => {
    const number = open[0] ?? nextNew
    // Where there are no new ones any more, one that was put back still is to be run.
    if ((isExhausted && open.length === 0) || number >= study.trials || !mayBegin(number)) return undefined
    if (trialAt(records, number) === undefined) draw(number)
    const trial = trialAt(records, number)
    if (trial === undefined) return undefined
    if (number === nextNew) nextNew++
    else open.shift()
    return trial
  }
  return {
    next,
    requeue: (number) => {
      open.push(number)
      open.sort((a, b) => a - b)
    },
    isExhausted: () => isExhausted,
  }
}
