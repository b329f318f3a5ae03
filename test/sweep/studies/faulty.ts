import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { random } from '../../../src/sweep/samplers/random.ts'
import { uniform } from '../../../src/sweep/space/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'

const hang = (): never => {
  for (;;);
}

/** What trials do before they return x, by number. */
const faults: Readonly<Record<number, (attempt: number) => void>> = {
  1: (attempt) => void (attempt === 1 && process.exit(3)),
  2: () => process.exit(4),
  3: (attempt) => void (attempt === 1 && hang()),
  4: (attempt) => void (attempt === 1 && Promise.reject(new Error('nobody caught this'))),
  5: () => {
    throw new Error('five is not liked')
  },
}

export default sweep({
  space: { x: uniform(0, 1) },
  objective: async (trial) => {
    const saved = join(trial.folder, 'step.txt')
    const start = existsSync(saved) ? Number(readFileSync(saved, 'utf8')) + 1 : 0
    for (let step = start; step < 4; step++) {
      trial.report(step, step + trial.params.x)
      writeFileSync(saved, String(step))
      if (step >= 2) faults[trial.number]?.(trial.attempt)
      // A promise that nobody catches ends the worker in the next turn.
      await new Promise(setImmediate)
    }
    trial.note('start', start)
    return trial.number === 6 ? Number.NaN : trial.params.x
  },
  direction: 'minimize',
  sampler: random(),
  trials: 8,
  seed: 3,
})
