import type { Direction, Reported, Trial } from '../trial.ts'

export const isBetter = (direction: Direction, a: number, b: number): boolean =>
  direction === 'maximize' ? a > b : a < b

/** By direction and report: the best up to there. What stands before a report never changes, also where later ones are taken back. */
const known: Readonly<Record<Direction, WeakMap<Reported, number>>> = {
  maximize: new WeakMap(),
  minimize: new WeakMap(),
}

/** The best of a trial's reports; one more costs the same however many there are. */
export const bestOf = (reported: readonly Reported[], direction: Direction): number => {
  const bests = known[direction]
  let from = reported.length
  while (from > 0 && !bests.has(reported[from - 1] as Reported)) from--
  let best = from === 0 ? Number.NaN : (bests.get(reported[from - 1] as Reported) as number)
  for (const report of reported.slice(from)) {
    best = Number.isNaN(best) || isBetter(direction, report.value, best) ? report.value : best
    bests.set(report, best)
  }
  return best
}

/** What a trial reported first at the step or after it; undefined where it did not come so far, or that is no number. */
export const valueFrom = ({ reported }: Trial, step: number): number | undefined => {
  let [low, high] = [0, reported.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((reported[middle] as Reported).step < step) low = middle + 1
    else high = middle
  }
  const value = reported[low]?.value
  return Number.isNaN(value) ? undefined : value
}

/** As reasons write numbers: what rounding left over is of no interest. */
export const show = (value: number): string => String(Number(value.toPrecision(6)))
