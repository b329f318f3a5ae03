import type { Direction, Reported, Trial } from '../trial.ts'

export const isBetter = (direction: Direction, a: number, b: number): boolean =>
  direction === 'maximize' ? a > b : a < b

/** The best of some reports. */
export const bestOf = (reported: readonly Reported[], direction: Direction): number =>
  reported.map(({ value }) => value).reduce((best, value) => (isBetter(direction, value, best) ? value : best))

/** What each trial reported first at the step or after it; those that did not come so far are left out. */
export const valuesFrom = (trials: readonly Trial[], step: number): readonly number[] =>
  trials.flatMap(({ reported }) => {
    const there = reported.find((report) => report.step >= step)
    return there === undefined || Number.isNaN(there.value) ? [] : [there.value]
  })

/** As reasons write numbers: what rounding left over is of no interest. */
export const show = (value: number): string => String(Number(value.toPrecision(6)))
