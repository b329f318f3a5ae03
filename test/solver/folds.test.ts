import { describe, expect, test } from 'vitest'
import { folds, holdOut, overSeeds, splitRows } from '../../src/solver/index.ts'
import { bytes, linspace, tensor } from '../../src/tensor/index.ts'
import { leftMessage, random, right } from '../support.ts'

describe('folds', () => {
  test('each row is validated with once, and trained on in the others', () => {
    const all = right(folds(11, 4))
    expect(all.map(({ val }) => val.length)).toEqual([3, 3, 3, 2])
    expect(all.flatMap(({ val }) => [...val]).sort((a, b) => a - b)).toEqual([...Array(11).keys()])
    for (const { train, val } of all) {
      expect([...train, ...val].sort((a, b) => a - b)).toEqual([...Array(11).keys()])
    }
  })

  test('stratified: each class has its share in each fold', () => {
    const y = Array.from({ length: 50 }, (_, i) => (i < 30 ? 0 : i < 43 ? 1 : 2))
    const all = right(folds(50, 5, { stratify: y }))
    const counts = all.map(({ val }) => [0, 1, 2].map((c) => [...val].filter((row) => y[row] === c).length))
    for (const [zeros = 0, ones = 0, twos = 0] of counts) {
      expect([zeros, zeros + ones + twos]).toEqual([6, 10])
      expect([ones === 2 || ones === 3, twos === 1 || twos === 2]).toEqual([true, true])
    }
  })

  test('the same for the same seed and others for another', () => {
    expect(right(folds(20, 3, { seed: 5 }))).toEqual(right(folds(20, 3, { seed: 5 })))
    expect(right(folds(20, 3, { seed: 5 }))).not.toEqual(right(folds(20, 3, { seed: 6 })))
  })

  test.each<[string, () => ReturnType<typeof folds>, string]>([
    ['one fold', () => folds(5, 1), 'folds: k must be an integer from 2 to the number of rows, 5, but got 1'],
    [
      'more folds than rows',
      () => folds(5, 6),
      'folds: k must be an integer from 2 to the number of rows, 5, but got 6',
    ],
    ['no rows', () => folds(0, 2), 'folds: n must be an integer ≥ 1, the number of rows, but got 0'],
    [
      'a class of one row',
      () => folds(5, 2, { stratify: [0, 0, 1, 0, 0] }),
      'folds: stratify needs a row of each class in each of 2 folds, but class 1 has 1; leave that class out',
    ],
    [
      'a class of few rows',
      () => folds(6, 3, { stratify: [0, 0, 1, 0, 0, 1] }),
      'class 1 has 2; make 2 folds or fewer, or leave that class out',
    ],
    ['other labels', () => folds(5, 2, { stratify: [0, 1] }), 'folds: there are 5 rows, but stratify has 2 labels'],
    [
      'true',
      () => folds(5, 2, { stratify: true as never }),
      'folds: stratify must be the labels of the rows, but got true',
    ],
    [
      'numbers as labels',
      () => folds(2, 2, { stratify: [0.5, 1] }),
      'folds: stratify: classIndices: labels are integers ≥ 0, but row 0 has 0.5',
    ],
    [
      'a misspelt option',
      () => folds(5, 2, { stratfy: [] } as never),
      "folds: unknown option 'stratfy'; did you mean 'stratify'?",
    ],
  ])('%s is refused', (_title, call, message) => {
    expect(leftMessage(call())).toContain(message)
  })
})

describe('splitRows', () => {
  const [fold] = right(folds(6, 3))

  test('examples keep their form', () => {
    const x = bytes([6, 1], Uint8Array.of(0, 1, 2, 3, 4, 5))
    const y = Float32Array.of(0, 10, 20, 30, 40, 50)
    const { xTrain, yTrain, xVal, yVal } = splitRows({ x, y }, fold as NonNullable<typeof fold>)
    expect(yTrain).toBeInstanceOf(Float32Array)
    expect([...xTrain.data].map((v) => 10 * v)).toEqual([...yTrain])
    expect([...xVal.data].map((v) => 10 * v)).toEqual([...yVal])
    expect(
      splitRows(
        {
          x,
          y: tensor(
            [6, 2],
            'abcdefghijkl'.split('').map((_, i) => i),
          ),
        },
        fold as never,
      ).yVal.shape,
    ).toEqual([2, 2])
  })

  test('other targets are refused', () => {
    expect(() => splitRows({ x: linspace(0, 1, [3, 1]), y: [1] }, fold as never)).toThrow(
      'splitRows: x has 3 rows, but y has 1 targets; each example needs one',
    )
  })
})

describe('holdOut', () => {
  test('of numbers to be predicted', () => {
    const x = linspace(0, 9, [10, 1])
    const { xVal, yVal, yTrain } = right(holdOut({ x, y: Float64Array.from(x.data, (v) => v / 4) }, 0.3))
    expect([...yVal]).toEqual([...xVal.data].map((v) => v / 4))
    expect([yTrain.length, yTrain instanceof Float64Array]).toEqual([7, true])
    expect(right(holdOut({ x, y: random(1, [10, 2]) }, 2)).yVal.shape).toEqual([2, 2])
    expect(leftMessage(holdOut({ x, y: [...Array(9).fill(0.5), Number.NaN] }, 2))).toBe(
      'holdOut: y: targets are finite numbers, but row 9 has NaN; repair or remove that row',
    )
  })

  test('stratified, a class of one row is refused', () => {
    expect(leftMessage(holdOut({ x: linspace(0, 3, [4, 1]), y: [0, 0, 0, 7] }, 2, { stratify: true }))).toBe(
      'holdOut: stratify needs two rows of each class, one for each part, but class 7 has 1; leave that class out, or stratify: false',
    )
  })
})

describe('overSeeds', () => {
  // numpy.std([1, 2, 4], ddof=1)
  const expected = { scores: [1, 2, 4], mean: 7 / 3, std: expect.closeTo(1.5275252316519465, 14) }

  test('mean and spread of the scores of seeds 0, 1, …', async () => {
    expect(overSeeds((seed) => 2 ** seed, 3)).toEqual(expected)
    expect(await overSeeds(async (seed) => 2 ** seed, 3)).toEqual(expected)
    expect(overSeeds(() => 1, 1).std).toBeNaN()
  })

  test('runs that give promises follow each other', async () => {
    const order: string[] = []
    await overSeeds(async (seed) => {
      order.push(`begin ${seed}`)
      await new Promise((resolve) => setTimeout(resolve, 1))
      order.push(`end ${seed}`)
      return seed
    }, 2)
    expect(order).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1'])
  })

  test('what is no score is told with its seed', () => {
    expect(() => overSeeds((seed) => (seed === 1 ? Number.NaN : 1), 3)).toThrow(
      'overSeeds: the run of seed 1 gave NaN; a run returns its score, a finite number',
    )
    expect(() => overSeeds(() => 1, 0)).toThrow('overSeeds: n must be an integer ≥ 1, but got 0')
  })
})
