import { existsSync, rmSync } from 'node:fs'
import { random, uniform } from '../../../src/sweep/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'

/** What the system throws when it has no more of something. */
export const systemFault = (code: string): Error => Object.assign(new Error(`${code}: no more of it, write`), { code })

/** While the file FULL is there no trial from 3 on can write; the one that takes the file ONCE away cannot either. */
export default sweep({
  space: { x: uniform(0, 1) },
  objective: async (trial) => {
    trial.report(0, trial.params.x)
    const { FULL = '', ONCE = '' } = process.env
    if (trial.number >= 3 && existsSync(FULL))
      throw new Error('the training broke off', { cause: systemFault('ENOSPC') })
    if (trial.number === 5 && existsSync(ONCE)) {
      rmSync(ONCE)
      throw systemFault('EMFILE')
    }
    // Others must have a chance to take the next one.
    await new Promise((resolve) => setTimeout(resolve, 20))
    return trial.params.x
  },
  direction: 'minimize',
  sampler: random(),
  trials: 12,
  seed: 5,
})
