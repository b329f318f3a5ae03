import { choice, median, type Study, tpe, uniform } from '../../../src/sweep/index.ts'
import { sweep } from '../../../src/sweep/sweep.ts'
import { right } from '../support.ts'

/** Trials that are complete, pruned, diverged and failed, and whose parameters depend on the results before them. */
export const ordered = (seed: number, trials: number): Study =>
  right(
    sweep({
      space: { x: uniform(-1, 1), kind: choice(['a', 'b']) },
      objective: (trial) => {
        const { x, kind } = trial.params
        const goal = 1 - x ** 2 * (kind === 'a' ? 0.5 : 1)
        for (let step = 0; step < 3; step++) trial.report(step, goal * (1 - 0.5 ** (step + 1)))
        trial.note('kind', kind)
        if (trial.number % 8 === 7) throw new Error(`trial ${trial.number} fails`)
        return trial.number % 8 === 5 ? Number.NaN : goal
      },
      direction: 'maximize',
      sampler: tpe({ startup: 4 }),
      pruner: median({ startup: 4, generation: 2 }),
      trials,
      seed,
    }),
  )
