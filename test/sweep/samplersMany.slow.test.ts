import { expect, test } from 'vitest'
import { key } from '../../src/random/index.ts'
import { tpe } from '../../src/sweep/samplers/index.ts'
import { choice, type Space, uniform } from '../../src/sweep/space/index.ts'
import type { Params, Trial } from '../../src/sweep/trial.ts'
import { right } from '../support.ts'

const space: Space = { x: uniform(0, 1), c: choice(['a', 'b', 'c']) }

const trial = (number: number, params: Params, value: number): Trial => ({
  ...{ number, params, value, state: 'complete', reported: [], notes: {}, reason: undefined },
  ...{ attempts: 1, began: undefined, ended: undefined },
})

const draws = (seen: readonly Trial[]): readonly Params[] =>
  Array.from({ length: 200 }, (_, i) =>
    right(tpe()).suggest({ space, direction: 'minimize', number: 30, studyKey: key(231), seen }, key(i)),
  )

test('tpe: of more than 1,000 others 1,000 count, evenly over their numbers', { timeout: 120_000 }, () => {
  const unit = (i: number): number => ((i * 7919) % 3025) / 3025
  const all = Array.from({ length: 3025 }, (_, i) => trial(i, { x: unit(i), c: 'a' }, i < 25 ? -1 : unit(i)))
  const counting = all.filter((_, i) => i < 25 || (i - 25) % 3 === 2)
  const fewer = all.filter((_, i) => i < 25 || (i - 25) % 3 === 1)
  expect([counting.length, counting.at(-1)]).toEqual([1025, all.at(-1)])
  expect(draws(all)).toEqual(draws(counting))
  expect(draws(all)).not.toEqual(draws(fewer))
})
