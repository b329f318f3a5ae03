import type { Head, Journal } from '../../src/sweep/journal/index.ts'
import type { TrialResult } from '../../src/sweep/records.ts'
import { choice, int, logUniform, normal, uniform, when } from '../../src/sweep/space/index.ts'
import type { Params } from '../../src/sweep/trial.ts'

export const space = {
  rate: logUniform(1e-5, 1e-1),
  hidden: int(32, 512, { step: 32 }),
  rule: choice(['sgd', 'adam', null]),
  momentum: when('rule', ['sgd'], uniform(0.5, 0.99)),
  offset: normal(0, 2),
}

export const head: Head = { name: 'first', direction: 'maximize', space, sampler: 'random', pruner: 'none', seed: 1 }

export const paramsOf = (number: number): Params => {
  const rate = 0.01 / (1 + (number % 50))
  return number % 3 === 0
    ? { rate, hidden: 64, rule: 'sgd', momentum: 0.9, offset: -1.5 }
    : { rate, hidden: 96, rule: number % 3 === 1 ? 'adam' : null, offset: (number % 50) / 4 }
}

/** Runs a trial whose end depends on its number. */
export const runTrial = (journal: Journal, number: number): void => {
  journal.create(number, paramsOf(number))
  journal.begin(number)
  journal.report(number, 1, number / 7)
  const end = (state: TrialResult['state'], value: number | undefined, reason?: string): void =>
    journal.end(number, { state, value, reason })
  switch (number % 4) {
    case 1:
      end('pruned', number / 7, 'step 1: too low')
      break
    case 2:
      journal.report(number, 2, Number.NaN)
      end('diverged', undefined, 'the loss is NaN')
      break
    case 3:
      end('failed', undefined, 'Error: it threw')
      break
    default:
      journal.note(number, 'epochs', { best: 3, all: [1, 'é\u2028"{'] })
      end('complete', number / 3)
  }
}
