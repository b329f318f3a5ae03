import { expect, test } from 'vitest'
import { runSweep } from '../../src/sweep/runSweep.ts'
import { essence, right, studyModule } from './support.ts'

test('1, 2 and 4 workers and the calling thread give the same table', { timeout: 60_000 }, async () => {
  const { study, module } = await studyModule('delayed')
  const own = right(await runSweep(study)())
  expect(own).toMatchObject({ done: 40, status: 'finished' })
  expect(new Set(own.trials.map(({ state }) => state))).toEqual(new Set(['complete', 'pruned', 'diverged', 'failed']))
  for (const workers of [1, 2, 4]) {
    const shared = right(await runSweep(study, { module, workers })())
    expect(essence(shared.trials)).toEqual(essence(own.trials))
  }
})
