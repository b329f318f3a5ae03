import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Pruner } from '../../src/sweep/pruner.ts'
import { bracketsOf } from '../../src/sweep/pruners/hyperband.ts'
import { asha, hyperband, median, none } from '../../src/sweep/pruners/index.ts'
import type { Direction, Reported, Trial, TrialState } from '../../src/sweep/trial.ts'
import { leftMessage, right } from '../support.ts'

/** Values at steps 1, 2, 3, …; undefined where nothing was reported. */
const reports = (values: readonly (number | undefined)[]): readonly Reported[] =>
  values.flatMap((value, i) => (value === undefined ? [] : [{ step: i + 1, value }]))

const trial = (number: number, values: readonly (number | undefined)[], state: TrialState = 'complete'): Trial => ({
  ...{ number, state, reported: reports(values), value: values.at(-1), params: {}, notes: {}, reason: undefined },
  ...{ attempts: 1, began: undefined, ended: undefined },
})

const decide = (
  made: E.Either<Error, Pruner>,
  seen: readonly Trial[],
  own: readonly (number | undefined)[],
  { direction = 'maximize', number = seen.length }: { direction?: Direction; number?: number } = {},
): string | undefined => right(made).prune({ direction, number, reported: reports(own), seen })

const table = (...rows: readonly (readonly number[])[]): readonly Trial[] => rows.map((row, i) => trial(i, row))

describe('none', () => {
  test('goes on, whatever comes', () => {
    expect(decide(E.right(none()), table([9], [9], [9]), [0])).toBeUndefined()
    expect(none().sees(1000)).toBe(0)
  })
})

describe('median', () => {
  const seen = table([0.1, 0.5, 0.6], [0.2, 0.4, 0.5], [0.3, 0.3, 0.9], [0.4, 0.8, 0.7])

  test.each<[readonly number[], string | undefined]>([
    [[0.2], 'step 1: 0.2 is below the median 0.25 of 4 trials'],
    [[0.25], undefined],
    // The median of step 2 is 0.45; what counts is the best so far.
    [[0.1, 0.44], 'step 2: 0.44 is below the median 0.45 of 4 trials'],
    [[0.5, 0.44], undefined],
    [[0.3, 0.3, 0.64], 'step 3: 0.64 is below the median 0.65 of 4 trials'],
    // Nobody has come so far.
    [[0, 0, 0, 0], undefined],
  ])('maximise %j: %s', (own, reason) => {
    expect(decide(median(), seen, own)).toBe(reason)
  })

  test('minimise', () => {
    expect(decide(median(), seen, [0.26], { direction: 'minimize' })).toBe(
      'step 1: 0.26 is above the median 0.25 of 4 trials',
    )
    expect(decide(median(), seen, [0.24], { direction: 'minimize' })).toBeUndefined()
  })

  test('only complete trials count, and not before the warm-up is over', () => {
    const others = [trial(0, [0.9], 'pruned'), trial(1, [0.9], 'failed'), trial(2, [Number.NaN], 'diverged')]
    expect(decide(median(), others, [0])).toBeUndefined()
    expect(decide(median({ warmup: 2 }), seen, [0])).toBeUndefined()
    expect(decide(median({ warmup: 2 }), seen, [0, 0])).toContain('step 2')
  })

  test('sees all startup trials, then whole generations', () => {
    expect([0, 7, 8, 15, 16].map((n) => right(median()).sees(n))).toEqual([0, 0, 8, 8, 16])
    expect([4, 5, 6, 7].map((n) => right(median({ startup: 5, generation: 2 })).sees(n))).toEqual([0, 5, 5, 7])
  })
})

describe('asha', () => {
  // At the rungs 1, 2, 4 with η = 2.
  const seen = table([0.1, 0.2, 0.3, 0.4], [0.5, 0.5, 0.5, 0.9], [0.3, 0.6, 0.6, 0.6])
  const halving = asha({ reductionFactor: 2 })

  test.each<[readonly number[], string | undefined]>([
    // Of 4 two go on: 0.5 and 0.3 are ahead of 0.2.
    [[0.2], 'step 1: 0.2 is place 3 of 4 trials, 2 go on'],
    [[0.3], undefined],
    [[0.4], undefined],
    [[0.4, 0.4], 'step 2: 0.4 is place 3 of 4 trials, 2 go on'],
    [[0.4, 0.5], undefined],
    // Step 3 is no rung.
    [[0.4, 0.5, 0], undefined],
    [[0.4, 0.5, 0, 0.5], 'step 4: 0.5 is place 3 of 4 trials, 2 go on'],
    // Nobody has come to step 8.
    [[0.4, 0.5, 0, 0.7, 0, 0, 0, 0], undefined],
  ])('maximise %j: %s', (own, reason) => {
    expect(decide(halving, seen, own)).toBe(reason)
  })

  test('minimise: the order is the other one', () => {
    expect(decide(halving, seen, [0.4], { direction: 'minimize' })).toBe('step 1: 0.4 is place 3 of 4 trials, 2 go on')
    expect(decide(halving, seen, [0.2], { direction: 'minimize' })).toBeUndefined()
  })

  test('the best goes on, however few there are', () => {
    expect(decide(asha(), [], [0])).toBeUndefined()
    expect(decide(asha(), table([0.5]), [0.6])).toBeUndefined()
    expect(decide(asha(), table([0.5]), [0.4])).toBe('step 1: 0.4 is place 2 of 2 trials, 1 go on')
  })

  test('pruned and failed trials count at the rungs that they came to', () => {
    const others = [trial(0, [0.9], 'pruned'), trial(1, [0.8], 'failed'), trial(2, [Number.NaN], 'diverged')]
    expect(decide(halving, others, [0.7])).toBe('step 1: 0.7 is place 3 of 3 trials, 1 go on')
    expect(decide(halving, others, [1, 0])).toBeUndefined()
  })

  test('a rung is reached by the first report at it or after it', () => {
    // The others reported every third step: rungs 1 and 2 are reached at step 3.
    const sparse = [trial(0, [undefined, undefined, 0.9]), trial(1, [undefined, undefined, 0.8])]
    expect(decide(halving, sparse, [0.1])).toBe('step 1: 0.1 is place 3 of 3 trials, 1 go on')
    expect(decide(halving, sparse, [undefined, undefined, 0.85])).toBe('step 3: 0.85 is place 2 of 3 trials, 1 go on')
    // Rungs 1 and 2 were passed with the report before.
    expect(decide(halving, table([9, 9, 9, 0]), [undefined, 10, 0])).toBeUndefined()
  })

  test('minSteps begins, maxSteps ends', () => {
    expect(decide(asha({ minSteps: 3, reductionFactor: 2 }), seen, [0, 0])).toBeUndefined()
    expect(decide(asha({ minSteps: 3, reductionFactor: 2 }), seen, [0, 0, 0])).toContain('step 3')
    expect(decide(asha({ maxSteps: 4, reductionFactor: 2 }), seen, [1, 1, 1, 0])).toBeUndefined()
    expect(decide(asha({ maxSteps: 5, reductionFactor: 2 }), seen, [1, 1, 1, 0])).toContain('step 4')
  })

  test('sees whole generations', () => {
    expect([0, 7, 8, 15, 16].map((n) => right(asha()).sees(n))).toEqual([0, 0, 8, 8, 16])
  })
})

describe('hyperband', () => {
  test('the brackets of Li et al., algorithm 1, for 81 steps and η = 3', () => {
    expect(bracketsOf(1, 81, 3)).toEqual([
      { size: 81, first: 1 },
      { size: 34, first: 3 },
      { size: 15, first: 9 },
      { size: 8, first: 27 },
      { size: 5, first: 81 },
    ])
    expect(bracketsOf(2, 20, 3).map(({ first }) => first)).toEqual([2, 6, 18])
  })

  // Brackets of 9 steps: 9 trials from step 1, 5 from step 3, 3 that run to the end.
  const made = hyperband({ maxSteps: 9 })
  const seen = [trial(0, [0.5, 0.5, 0.5]), trial(9, [0.9, 0.9, 0.9]), trial(10, [0.8, 0.8, 0.8])]

  test("a trial's number decides its bracket, and only that bracket's trials count", () => {
    expect(decide(made, seen, [0.4], { number: 8 })).toBe('step 1: 0.4 is place 2 of 2 trials, 1 go on')
    expect(decide(made, seen, [0.6], { number: 8 })).toBeUndefined()
    expect(decide(made, seen, [0.4], { number: 13 })).toBeUndefined()
    expect(decide(made, seen, [0.4, 0.4, 0.4], { number: 13 })).toBe('step 3: 0.4 is place 3 of 3 trials, 1 go on')
    expect(decide(made, seen, [0.4, 0.4, 0.4], { number: 16 })).toBeUndefined()
    // After 17 trials the first bracket has the next.
    expect(decide(made, seen, [0.4], { number: 17 })).toBe('step 1: 0.4 is place 2 of 2 trials, 1 go on')
  })

  test('nothing is decided at the last step', () => {
    const full = [trial(0, Array<number>(9).fill(1))]
    expect(decide(made, full, [...Array<number>(8).fill(2), 0], { number: 1 })).toBeUndefined()
  })
})

describe('hyperband, where the last step is no power of η', () => {
  // As with 9 steps: decisions at the steps 1 and 3, also in brackets that began before step 9.
  const made = hyperband({ maxSteps: 20 })
  const full = [trial(0, Array<number>(20).fill(1)), trial(14, Array<number>(20).fill(1))]

  test.each([1, 15])('none at step 9: trial %i', (number) => {
    expect(decide(made, full, [...Array<number>(8).fill(2), 0, 0], { number })).toBeUndefined()
  })

  test('those before are as they were', () => {
    expect(decide(made, full, [2, 2, 0], { number: 1 })).toBe('step 3: 0 is place 2 of 2 trials, 1 go on')
  })
})

describe('wrong options', () => {
  test.each<[string, E.Either<Error, Pruner>]>([
    ["asha: unknown option 'minStep'; did you mean 'minSteps'?", asha({ minStep: 2 } as never)],
    ['asha: reductionFactor must be an integer ≥ 2, but got 1', asha({ reductionFactor: 1 })],
    ['asha: minSteps must be an integer ≥ 1, but got 0', asha({ minSteps: 0 })],
    ['median: warmup must be an integer ≥ 0, but got -1', median({ warmup: -1 })],
    ['median: startup must be an integer ≥ 1, but got 0', median({ startup: 0 })],
    ['hyperband: maxSteps is missing; give the last step of a trial, e.g. its epochs', hyperband({} as never)],
    ['asha: minSteps 9 is above maxSteps 3; exchange them', asha({ minSteps: 9, maxSteps: 3 })],
    ['hyperband: minSteps 9 is above maxSteps 3; exchange them', hyperband({ minSteps: 9, maxSteps: 3 })],
  ])('%s', (message, made) => {
    expect(leftMessage(made)).toBe(message)
  })
})

test('descriptions hold all settings', () => {
  expect(
    [E.right(none()), median(), asha(), asha({ maxSteps: 9 }), hyperband({ maxSteps: 9 })].map(
      (made) => right(made).description,
    ),
  ).toEqual([
    'none({})',
    'median({"startup":8,"warmup":0,"generation":8})',
    'asha({"minSteps":1,"reductionFactor":4,"generation":8})',
    'asha({"minSteps":1,"maxSteps":9,"reductionFactor":4,"generation":8})',
    'hyperband({"maxSteps":9,"minSteps":1,"reductionFactor":3,"generation":8})',
  ])
})
