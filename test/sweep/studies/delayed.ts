import { setTimeout as pause } from 'node:timers/promises'
import type { Pruner } from '../../../src/sweep/pruner.ts'
import type { Sampler } from '../../../src/sweep/sampler.ts'
import { choice, sampleSpace, uniform } from '../../../src/sweep/space/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'
import { best } from '../../../src/sweep/table.ts'

/** Trials that sees() counts in generations of four. */
const generation = (number: number): number => Math.floor(number / 4) * 4

/** Stays near the best x that it may look at. */
const climber: Sampler = {
  description: 'climber',
  sees: generation,
  size: () => Number.POSITIVE_INFINITY,
  suggest: ({ space, seen, direction }, key) => {
    const drawn = sampleSpace(space, key)
    const top = best(seen, direction)
    if (top === undefined || typeof drawn.x !== 'number') return drawn
    return { ...drawn, x: 0.8 * (top.params.x as number) + 0.2 * drawn.x }
  },
}

/** Ends a trial whose second report is below the mean of the second reports that it may look at. */
const belowMean: Pruner = {
  description: 'belowMean',
  sees: generation,
  prune: ({ reported, seen }) => {
    const others = seen.flatMap((trial) => trial.reported.filter(({ step }) => step === 1).map(({ value }) => value))
    const mean = others.reduce((sum, value) => sum + value, 0) / others.length
    const last = reported.at(-1)
    return last?.step === 1 && last.value < mean ? `${last.value} is below ${mean}` : undefined
  },
}

/** Waits at random, so that with several workers no trial ends in its turn. */
export default sweep({
  space: { x: uniform(-1, 1), kind: choice(['plain', 'nan', 'throws']) },
  objective: async (trial) => {
    const { x, kind } = trial.params
    trial.note('seed', trial.seed)
    for (let step = 0; step < 3; step++) {
      await pause(12 * Math.random())
      trial.report(step, (step + 1) * (1 - x * x))
    }
    if (kind === 'throws' && trial.number > 8) throw new Error(`no value for x = ${x}`)
    return kind === 'nan' ? Number.NaN : 3 * (1 - x * x) + (trial.seed / 2 ** 32) * 1e-3
  },
  direction: 'maximize',
  sampler: climber,
  pruner: belowMean,
  trials: 40,
  seed: 11,
  repeats: 2,
})
