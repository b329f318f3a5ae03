import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { random, uniform } from '../../../src/sweep/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'

/** Where the variable names a file, the last trial waits for it. */
const gate = process.env.CACHEGRAD_TEST_GATE

/** Trials of two seconds, which note where they began. */
export default sweep({
  space: { x: uniform(0, 1) },
  objective: async (trial) => {
    const saved = join(trial.folder, 'step.txt')
    const start = existsSync(saved) ? Number(readFileSync(saved, 'utf8')) + 1 : 0
    trial.note('start', start)
    for (let step = start; step < 6; step++) {
      await pause(300)
      trial.report(step, trial.params.x + step)
      writeFileSync(saved, String(step))
    }
    while (gate !== undefined && trial.number === 7 && !existsSync(gate)) await pause(50)
    return trial.params.x
  },
  direction: 'minimize',
  sampler: random(),
  trials: 8,
})
