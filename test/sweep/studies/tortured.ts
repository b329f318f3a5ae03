import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread } from 'node:worker_threads'
import type { Pruner } from '../../../src/sweep/pruner.ts'
import { runSweep } from '../../../src/sweep/runSweep.ts'
import { tpe } from '../../../src/sweep/samplers/tpe.ts'
import { choice, int, logUniform, when } from '../../../src/sweep/space/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'
import { right } from '../support.ts'

/** Below the median of what it sees at step 1. */
const belowMedian: Pruner = {
  description: 'belowMedian',
  sees: (number) => Math.floor(number / 8) * 8,
  prune: ({ reported, seen }) => {
    const last = reported.at(-1)
    if (last?.step !== 1) return undefined
    const others = seen.flatMap((trial) => trial.reported.filter(({ step }) => step === 1).map(({ value }) => value))
    const median = others.sort((a, b) => a - b)[others.length >> 1] ?? Number.NEGATIVE_INFINITY
    return last.value < median - 0.2 ? `${last.value} is far below ${median}` : undefined
  },
}

const { TORTURE, JOURNAL, WORKERS } = process.env

/** 200 short trials, some of which save what they have, and whose workers die now and then if they are to. */
export const study = sweep({
  space: {
    rate: logUniform(1e-4, 1),
    layers: int(1, 4),
    rule: choice(['sgd', 'adam']),
    momentum: when('rule', ['sgd'], logUniform(0.1, 0.99)),
  },
  objective: async (trial) => {
    const { rate, layers, momentum = 0.5 } = trial.params
    const saves = trial.number % 3 === 0
    const saved = saves ? join(trial.folder, 'step.txt') : ''
    const start = saves && existsSync(saved) ? Number(readFileSync(saved, 'utf8')) + 1 : 0
    const goal = Math.exp(-((Math.log10(rate) + 2) ** 2)) + 0.1 * layers * momentum + (trial.seed / 2 ** 32) * 0.01
    for (let step = start; step < 4; step++) {
      if (TORTURE !== undefined) {
        await pause(4 * Math.random())
        if (Math.random() < 0.004) process.exit(9)
      }
      trial.report(step, goal * (1 - 0.5 ** (step + 1)))
      if (saves) writeFileSync(saved, String(step))
    }
    trial.note('layers', layers)
    if (trial.number % 17 === 5) throw new Error(`trial ${trial.number} fails`)
    return trial.number % 19 === 6 ? Number.NaN : goal
  },
  direction: 'maximize',
  sampler: tpe(),
  pruner: belowMedian,
  trials: 200,
  seed: 5,
})
export default study

// As a program: runs what is left, and says when the first trial begins.
if (isMainThread && JOURNAL !== undefined) {
  const see = ({ _tag }: { readonly _tag: string }): void => {
    if (_tag === 'Begun') process.stdout.write('.')
  }
  const options = { module: import.meta.url, journal: JOURNAL, workers: Number(WORKERS), retries: 1000, see }
  right(await runSweep(right(study), options)())
}
