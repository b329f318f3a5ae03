import { expect, test } from 'vitest'
import { sweepPage } from '../../src/report/index.ts'
import { textOf } from './support.ts'
import { rowsOf, startsOf, sweepRecord, wideSpace } from './sweepSupport.ts'

test.each([
  ['7 parameters', sweepRecord(10_000)],
  ['20 parameters', sweepRecord(10_000, wideSpace)],
])(
  '10,000 trials with %s: under 2 MB',
  (what, large) => {
    const start = performance.now()
    const drawn = sweepPage(large)
    console.log(
      `10,000 trials, ${what}: ${(Buffer.byteLength(drawn) / 1e6).toFixed(2)} MB in ${(performance.now() - start).toFixed(0)} ms`,
    )
    expect(Buffer.byteLength(drawn)).toBeLessThan(2e6)
    expect(rowsOf(drawn)).toHaveLength(100)
    // All complete trials have their dot.
    const complete = large.trials.filter(({ state }) => state === 'complete')
    expect(startsOf(drawn, 'history', 's1')).toHaveLength(complete.length)
    expect(textOf(drawn)).toContain('The first 100 of 10,000.')
  },
  120_000,
)
