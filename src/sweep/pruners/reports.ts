import type { Direction, Reported, Trial } from '../trial.ts'

export const isBetter = (direction: Direction, a: number, b: number): boolean =>
  direction === 'maximize' ? a > b : a < b

/** The best of some reports. */
export const bestOf = (reported: readonly Reported[], direction: Direction): number =>
  reported.map(({ value }) => value).reduce((best, value) => (isBetter(direction, value, best) ? value : best))

/** What a trial reported first at the step or after it; undefined where it did not come so far, or that is no number. */
export const valueFrom = ({ reported }: Trial, step: number): number | undefined => {
  const value = reported.find((report) => report.step >= step)?.value
  return Number.isNaN(value) ? undefined : value
}

/** As reasons write numbers: what rounding left over is of no interest. */
export const show = (value: number): string => String(Number(value.toPrecision(6)))
