/**
 * Which sampler finds the lowest of 100 trials: the median over 30 seeds, on three functions.
 *
 *   npx tsx bench/sweep-samplers.ts [seeds]
 *
 * Trials run as in a study with any number of workers: a trial is drawn when those that its sampler sees are final. The command fails
 * unless TPE beats random search on all three.
 */

import { orThrow } from '../src/errors/index.ts'
import { foldIn, key } from '../src/random/index.ts'
import type { Sampler } from '../src/sweep/sampler.ts'
import { coarseToFine, grid, quasiRandom, random, tpe } from '../src/sweep/samplers/index.ts'
import type { Trial } from '../src/sweep/trial.ts'
import { median, quartiles } from './statistics.ts'
import { type Landscape, landscapes } from './sweep-landscapes.ts'

const TRIALS = 100
const seeds = Number(process.argv[2] ?? 30)

const samplers: Readonly<Record<string, Sampler>> = {
  random: random(),
  grid: orThrow(grid()),
  quasiRandom: quasiRandom(),
  coarseToFine: orThrow(coarseToFine()),
  tpe: orThrow(tpe()),
}

const complete = (number: number, params: Trial['params'], value: number): Trial => ({
  ...{ number, params, value, state: 'complete', reported: [], notes: {}, reason: undefined },
  ...{ attempts: 1, began: undefined, ended: undefined },
})

/** The lowest value of a study. */
const lowest = ({ space, value }: Landscape, sampler: Sampler, seed: number): number => {
  const studyKey = key(seed)
  const trials: Trial[] = []
  for (let number = 0; number < Math.min(TRIALS, sampler.size(space)); number++) {
    const seen = trials.slice(0, sampler.sees(number))
    const view = { space, direction: 'minimize', number, studyKey, seen } as const
    const params = sampler.suggest(view, foldIn(studyKey, number))
    trials.push(complete(number, params, value(params)))
  }
  return Math.min(...trials.map((trial) => trial.value as number))
}

console.log(`lowest of ${TRIALS} trials above the minimum, over ${seeds} seeds: median (quartiles)`)
let lost = 0
for (const landscape of landscapes) {
  console.log(`\n${landscape.name}, minimum ${landscape.minimum}`)
  const medians = Object.entries(samplers).map(([name, sampler]) => {
    const began = performance.now()
    const gaps = Array.from({ length: seeds }, (_, seed) => lowest(landscape, sampler, seed) - landscape.minimum)
    const [middle, [q1, q3]] = [median(gaps), quartiles(gaps)]
    const each = (performance.now() - began) / seeds / TRIALS
    console.log(
      `  ${name.padEnd(13)} ${middle.toFixed(4)} (${q1.toFixed(4)} … ${q3.toFixed(4)})   ${each.toFixed(2)} ms a trial`,
    )
    return [name, middle] as const
  })
  const { tpe: byTpe, random: byRandom } = Object.fromEntries(medians)
  if (!((byTpe as number) < (byRandom as number))) lost++
}
console.log(
  lost === 0 ? '\nTPE beats random search on all three.' : `\nTPE does not beat random search on ${lost} of them.`,
)
process.exitCode = lost === 0 ? 0 : 1
