import { ArgumentError, checkArgument, functionOf, positiveInteger } from '../errors/index.ts'

/** Scores of several runs. */
export interface Spread {
  /** Of seed 0, 1, … */
  readonly scores: readonly number[]
  /** Of the scores. */
  readonly mean: number
  /** Standard deviation of a run's score, by n − 1; NaN for one run. */
  readonly std: number
}

/** mean and std of scores */
export const spreadOf = (scores: readonly number[]): Spread => {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0)
  return { scores, mean, std: Math.sqrt(squares / (scores.length - 1)) }
}

const checkedSpread = (scores: readonly number[]): Spread => {
  const odd = scores.findIndex((score) => !Number.isFinite(score))
  if (odd >= 0) {
    throw new ArgumentError(
      `overSeeds: the run of seed ${odd} gave ${scores[odd]}; a run returns its score, a finite number`,
    )
  }
  return spreadOf(scores)
}

/**
 * mean ± std of a score over the seeds 0 … n − 1: what one run gets by luck is in the spread
 *
 * @param run  a seed ↦ a score, e.g. of a net that was trained with it; or a promise of one, and then runs follow each other
 * @param n    number of runs, an integer ≥ 1
 * @returns    { scores, mean, std }, or a promise of it
 * @throws     ArgumentError for another n, what is no function, and a score that is not finite
 * @example    overSeeds((seed) => [0.9, 0.92, 0.94][seed] ?? 0, 3).mean.toFixed(2)   // '0.92'
 * @see        numpy.std with ddof=1
 */
export function overSeeds(run: (seed: number) => number, n: number): Spread
export function overSeeds(run: (seed: number) => Promise<number>, n: number): Promise<Spread>
export function overSeeds(run: (seed: number) => number | Promise<number>, n: number): Spread | Promise<Spread> {
  checkArgument('overSeeds', 'run', run, functionOf())
  checkArgument('overSeeds', 'n', n, positiveInteger)
  const first = run(0)
  if (typeof first === 'object') return later(run, n, first)
  const scores = [first]
  for (let seed = 1; seed < n; seed++) scores.push(run(seed) as number)
  return checkedSpread(scores)
}

const later = async (
  run: (seed: number) => number | Promise<number>,
  n: number,
  first: Promise<number>,
): Promise<Spread> => {
  const scores = [await first]
  for (let seed = 1; seed < n; seed++) scores.push(await run(seed))
  return checkedSpread(scores)
}
