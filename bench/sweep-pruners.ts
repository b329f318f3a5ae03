/**
 * What pruners save and what they miss: epochs run and the best accuracy found by 100 random trials of 27 epochs, over 30 seeds.
 *
 *   npx tsx bench/sweep-pruners.ts [seeds]
 *
 * Accuracy follows power laws, aₜ = a∞ − c·t⁻ᵇ + noise: who learns fast may end low, so curves cross. Trials end as in a study with
 * any number of workers. The command fails unless ASHA needs at most 40 % of the epochs and its best is, in the median, within 1 point.
 */

import { orThrow } from '../src/errors/index.ts'
import { foldIn, type Key, key, normal } from '../src/random/index.ts'
import type { Pruner } from '../src/sweep/pruner.ts'
import { asha, hyperband, median, none } from '../src/sweep/pruners/index.ts'
import { sampleSpace } from '../src/sweep/space/index.ts'
import type { Params, Reported, Trial } from '../src/sweep/trial.ts'
import { powerLaw, space } from './sweep-curve.ts'

const TRIALS = 100
const EPOCHS = 27
const seeds = Number(process.argv[2] ?? 30)

const pruners: Readonly<Record<string, Pruner>> = {
  none: none(),
  median: orThrow(median()),
  asha: orThrow(asha({ maxSteps: EPOCHS })),
  'asha, η = 3': orThrow(asha({ maxSteps: EPOCHS, reductionFactor: 3 })),
  hyperband: orThrow(hyperband({ maxSteps: EPOCHS })),
}

const NOISE = 0.01

/** Percent right after each epoch. */
const curve = (params: Params, noise: ArrayLike<number>): readonly Reported[] => {
  const accuracyAfter = powerLaw(params)
  return Array.from({ length: EPOCHS }, (_, i) => ({
    step: i + 1,
    value: 100 * (accuracyAfter(i + 1) + NOISE * (noise[i] as number)),
  }))
}

const run = (number: number, trialKey: Key, pruner: Pruner, seen: readonly Trial[]): Trial => {
  const params = sampleSpace(space, trialKey)
  const whole = curve(params, normal(foldIn(trialKey, 'noise'), [EPOCHS], 1, 'float64').data)
  const reasons = whole.map((_, i) =>
    pruner.prune({ direction: 'maximize', number, reported: whole.slice(0, i + 1), seen }),
  )
  const end = reasons.findIndex((reason) => reason !== undefined)
  const reported = end < 0 ? whole : whole.slice(0, end + 1)
  return {
    ...{ number, params, reported, value: reported.at(-1)?.value, reason: reasons[end], notes: {} },
    ...{ state: end < 0 ? 'complete' : 'pruned', attempts: 1, began: undefined, ended: undefined },
  }
}

const study = (pruner: Pruner, seed: number): { readonly epochs: number; readonly best: number } => {
  const trials: Trial[] = []
  for (let number = 0; number < TRIALS; number++) {
    trials.push(run(number, foldIn(key(seed), number), pruner, trials.slice(0, pruner.sees(number))))
  }
  const complete = trials.filter(({ state }) => state === 'complete')
  return {
    epochs: trials.reduce((sum, { reported }) => sum + reported.length, 0),
    best: Math.max(...complete.map(({ value }) => value as number)),
  }
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number

console.log(`${TRIALS} random trials of ${EPOCHS} epochs, ${seeds} seeds`)
const full = Array.from({ length: seeds }, (_, seed) => study(pruners.none as Pruner, seed).best)
let kept = false
for (const [name, pruner] of Object.entries(pruners)) {
  const studies = full.map((_, seed) => study(pruner, seed))
  const share = middle(studies.map(({ epochs }) => epochs)) / TRIALS / EPOCHS
  const lost = studies.map(({ best }, seed) => (full[seed] as number) - best)
  const within = lost.filter((points) => points <= 1).length
  console.log(
    `  ${name.padEnd(12)} ${(100 * share).toFixed(1).padStart(5)} % of the epochs; best ${middle(lost).toFixed(2)} points below the best of all ` +
      `(median), at most ${Math.max(...lost).toFixed(2)}; within 1 point for ${within} of ${seeds} seeds`,
  )
  if (name === 'asha') kept = share <= 0.4 && middle(lost) <= 1
}
console.log(kept ? 'ASHA keeps its promise.' : 'ASHA does not keep its promise.')
process.exitCode = kept ? 0 : 1
