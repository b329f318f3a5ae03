import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { median, uniform } from '../../../src/sweep/index.ts'
import { tpe } from '../../../src/sweep/samplers/tpe.ts'
import { choice } from '../../../src/sweep/space/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'

/** Milliseconds of each step, on average. */
const PACE = Number(process.env.PACE ?? 0)
const STEPS = 4

/** Some trials are pruned, some diverge, some fail, and all but a few go on from checkpoints where they find them. */
export default sweep({
  space: { x: uniform(-1, 1), kind: choice(['a', 'b']) },
  data: () => ({ weights: Float32Array.of(0.5, 1), names: ['a', 'b'] }),
  objective: async (trial, { weights, names }) => {
    const { x, kind } = trial.params
    const goal = 1 - x * x * (weights[names.indexOf(kind)] as number) + (trial.seed / 2 ** 32) * 0.01
    const saves = trial.number % 4 !== 0
    const saved = saves ? join(trial.folder, 'step.txt') : ''
    const start = saves && existsSync(saved) ? Number(readFileSync(saved, 'utf8')) + 1 : 0
    for (let step = start; step < STEPS; step++) {
      if (PACE > 0) await pause(2 * PACE * Math.random())
      trial.report(step, goal * (1 - 0.5 ** (step + 1)))
      if (saves) writeFileSync(saved, String(step))
    }
    trial.note('kind', kind)
    if (trial.number % 13 === 7) throw new Error(`trial ${trial.number} fails`)
    return trial.number % 11 === 5 ? Number.NaN : goal
  },
  direction: 'maximize',
  sampler: tpe({ startup: 16 }),
  pruner: median({ startup: 8 }),
  trials: 60,
  seed: 3,
})
