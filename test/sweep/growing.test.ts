import type * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { foldIn, key, uniform as uniformDraws } from '../../src/random/index.ts'
import { growing } from '../../src/sweep/growing.ts'
import type { Pruner } from '../../src/sweep/pruner.ts'
import { asha, hyperband, median } from '../../src/sweep/pruners/index.ts'
import { tpe } from '../../src/sweep/samplers/tpe.ts'
import { choice, int, logUniform, normal, sampleSpace, uniform, when } from '../../src/sweep/space/index.ts'
import type { Direction, Trial, TrialState } from '../../src/sweep/trial.ts'
import { right } from './support.ts'

const space = {
  rate: logUniform(1e-5, 1e-1),
  layers: int(1, 4),
  width: int(8, 512, { log: true }),
  rule: choice(['sgd', 'adam', null]),
  momentum: when('rule', ['sgd'], uniform(0.5, 0.99)),
  offset: normal(0, 2),
  fixed: uniform(3, 3),
}

const states: readonly TrialState[] = ['complete', 'complete', 'pruned', 'diverged', 'failed']

/** Trials that came to the step 0 to 8, some of the values the same. */
const trials: readonly Trial[] = Array.from({ length: 120 }, (_, number) => {
  const draws = uniformDraws(foldIn(key(1), number), [10], 0, 1, 'float64').data
  const reported = Array.from({ length: Math.floor((draws[9] as number) * 9) }, (_, step) => {
    return { step, value: Math.round((draws[step] as number) * 20) / 20 }
  })
  const state = states[number % states.length] as TrialState
  return {
    ...{ number, state, reported, params: sampleSpace(space, foldIn(key(2), number)) },
    value: state === 'complete' || state === 'pruned' ? reported.at(-1)?.value : undefined,
    ...{ notes: {}, reason: undefined, attempts: 1, began: undefined, ended: undefined },
  }
})

/** What is shown one after the other: lists that grow, shorter ones, the same one again, others of the same length. */
const first = trials.slice(0, 40)
const lists = [
  [],
  first,
  first,
  trials.slice(0, 80),
  trials,
  trials.slice(0, 24),
  trials.slice(40),
  trials.slice(0, 25),
]

describe('a fold over growing lists', () => {
  test('adds each item once while a list grows, and begins again with another one', () => {
    const added: string[] = []
    const joined = growing<string, { text: string }>(
      () => ({ text: '' }),
      (state, item) => {
        added.push(item)
        state.text += item
      },
    )
    const shown = ['ab', 'ab', 'abcd', 'abc', 'xbc', ''].map((text) => joined([...text]).text)
    expect(shown).toEqual(['ab', 'ab', 'abcd', 'abc', 'xbc', ''])
    expect(added.join('')).toBe('abcdabcxbc')
  })
})

describe('what was seen before changes no decision', () => {
  const views = (['maximize', 'minimize'] as const).flatMap((direction: Direction) =>
    lists.flatMap((seen) =>
      trials
        .filter(({ reported }) => reported.length > 0)
        .slice(0, 40)
        .map(({ number, reported }) => ({ direction, number: number + 120, seen, reported })),
    ),
  )

  test.each<[string, () => E.Either<Error, Pruner>]>([
    ['median', () => median({ startup: 1 })],
    ['asha', () => asha({ reductionFactor: 2 })],
    ['asha with a last step', () => asha({ maxSteps: 6, reductionFactor: 2 })],
    ['hyperband', () => hyperband({ maxSteps: 8, reductionFactor: 2 })],
  ])('%s', (_name, make) => {
    const used = right(make())
    const decisions = views.map((view) => used.prune(view))
    expect(decisions).toEqual(views.map((view) => right(make()).prune(view)))
    expect(new Set(decisions).size).toBeGreaterThan(20)
  })

  test('tpe', () => {
    const options = { startup: 0, generation: 1 }
    const used = right(tpe(options))
    for (const direction of ['maximize', 'minimize', 'maximize'] as const) {
      for (const seen of lists.slice(1)) {
        const view = { space, direction, number: seen.length, studyKey: key(3), seen }
        expect(used.suggest(view, key(4))).toEqual(right(tpe(options)).suggest(view, key(4)))
      }
    }
  })
})
