import type { Direction } from '../trial.ts'

/** Where the first value lies that holds, if all behind it hold as well; the length where none does. */
const firstThat = (ascending: readonly number[], holds: (value: number) => boolean): number => {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(ascending[middle] as number)) high = middle
    else low = middle + 1
  }
  return low
}

/** Adds a value to a list that is in ascending order, and stays so. */
export const insert = (ascending: number[], value: number): void => {
  ascending.splice(
    firstThat(ascending, (other) => other > value),
    0,
    value,
  )
}

/**
 * How many values are better than one.
 *
 * @example countBetter('maximize', [1, 2, 2, 3], 2)   // 1
 */
export const countBetter = (direction: Direction, ascending: readonly number[], value: number): number =>
  direction === 'maximize'
    ? ascending.length - firstThat(ascending, (other) => other > value)
    : firstThat(ascending, (other) => !(other < value))
