import type { Trial } from '../../sweep/index.ts'
import { count } from '../page/numbers.ts'

/** A trial that has a number. */
export type Valued = Trial & { readonly value: number }

/** Trials whose value is a number, in order of number. */
export const valued = (trials: readonly Trial[], state: 'complete' | 'pruned'): readonly Valued[] =>
  trials
    .filter((trial): trial is Valued => trial.state === state && Number.isFinite(trial.value))
    .sort((a, b) => a.number - b.number)

/** Each k-th one: so many at most. */
export const eachKth = <T>(all: readonly T[], most: number): readonly T[] =>
  all.length <= most
    ? all
    : Array.from({ length: most }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / most)] as T)

/** The first half of so many, and each k-th of the rest. */
export const someOf = <T>(all: readonly T[], most: number): readonly T[] => {
  if (all.length <= most) return all
  const first = Math.ceil(most / 2)
  return [...all.slice(0, first), ...eachKth(all.slice(first), most - first)]
}

/** Says that not all are drawn. */
export const drawnText = (all: number, first: number, drawn: number): string =>
  drawn >= all
    ? ''
    : ` Of ${count(all)} trials the best ${count(first)} are drawn, and ${count(drawn - first)} spread over the rest.`
