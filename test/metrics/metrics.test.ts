import { describe, expect, test } from 'vitest'
import {
  logLoss,
  meanAbsoluteError,
  multiLabelPrecisionRecall,
  type PrecisionRecallReport,
  precisionRecall,
  r2Score,
  rocAuc,
  rootMeanSquaredError,
  topKAccuracy,
} from '../../src/metrics/index.ts'
import { type Tensor, tensor, zeros } from '../../src/tensor/index.ts'
import { close, type GoldenCase, golden, tensorFrom } from '../support.ts'

type Result = Readonly<Record<string, number | readonly number[] | object>>

const listed = ({ perClass, macro, micro }: PrecisionRecallReport): Result => ({
  precision: perClass.map(({ precision }) => precision),
  recall: perClass.map(({ recall }) => recall),
  f1: perClass.map(({ f1 }) => f1),
  support: perClass.map(({ support }) => support),
  macro,
  micro,
})

const at = ({ inputs }: GoldenCase, name: string): Tensor => tensorFrom(inputs[name], 'float64')
const labels = ({ inputs }: GoldenCase, name = 'y'): number[] => inputs[name] as number[]

const regression = (c: GoldenCase): Result => ({
  mae: meanAbsoluteError(at(c, 'predicted'), at(c, 'y')),
  rmse: rootMeanSquaredError(at(c, 'predicted'), at(c, 'y')),
  r2: r2Score(at(c, 'predicted'), at(c, 'y')),
})

const table: Readonly<Record<string, (c: GoldenCase) => Result>> = {
  precisionRecall: (c) => listed(precisionRecall(labels(c, 'predicted'), labels(c), c.inputs.numClasses as number)),
  multiLabelPrecisionRecall: (c) => listed(multiLabelPrecisionRecall(at(c, 'predicted'), at(c, 'y'))),
  topKAccuracy: (c) => ({ value: topKAccuracy(at(c, 'scores'), labels(c), c.inputs.k as number) }),
  rocAuc: (c) => ({ value: rocAuc(at(c, 'scores'), labels(c)) }),
  logLoss: (c) => ({ value: logLoss(at(c, 'p'), labels(c)) }),
  regression,
}

const cases = golden('tasks').cases.flatMap((c) => {
  const name = Object.keys(table).find((each) => new RegExp(`^${each}([A-Z]\\w*|\\d)?$`).test(c.name))
  return name === undefined || c.name.startsWith('regressionNet')
    ? []
    : [{ ...c, compute: table[name] as (typeof table)[string] }]
})

const compare = (actual: unknown, expected: unknown, what: string): void => {
  if (typeof expected === 'number' || Array.isArray(expected)) {
    close(actual as number, expected as number, 1e-14, what)
    return
  }
  for (const [name, value] of Object.entries(expected as object)) {
    compare((actual as Record<string, unknown>)[name], value, `${what} ${name}`)
  }
}

describe('metrics are those of scikit-learn', () => {
  test('all of them', () => expect(cases).toHaveLength(19))
  test.each(cases)('$name', (c) => compare(c.compute(c), c.outputs, c.name))
})

describe('laws', () => {
  test('micro averages of one label a row are the accuracy', () => {
    const { micro } = precisionRecall([0, 1, 2, 2], [0, 1, 1, 2], 3)
    expect([micro.precision, micro.recall, micro.f1]).toEqual([0.75, 0.75, 0.75])
  })

  test('of equal scores the first is the higher one', () => {
    expect(topKAccuracy(zeros([3, 3]), [0, 1, 2], 2)).toBe(2 / 3)
  })

  test('yes or no may be a column', () => {
    const y = tensor([[0], [1]])
    expect([rocAuc(tensor([[0.1], [0.9]]), y), logLoss(tensor([[0.5], [0.5]]), y)]).toEqual([1, Math.log(2)])
  })

  test('a sure and wrong probability of float32 costs as much as its rounding', () => {
    expect(logLoss(tensor([[1, 0]]), [1])).toBeCloseTo(-Math.log(2 ** -23), 12)
  })
})

describe('what does not fit is told', () => {
  test.each<[string, () => unknown, string]>([
    [
      'one class',
      () => rocAuc([0.1, 0.2], [1, 1]),
      'rocAuc: all 2 labels are 1, but the area is over pairs of one of each class; take examples of both',
    ],
    ['no examples', () => rocAuc([], []), 'rocAuc: there are no examples'],
    [
      'another class',
      () => rocAuc([0.1, 0.2], [1, 2]),
      'rocAuc: a label is a class from 0 to 1 because it is yes or no, but row 1 has 2',
    ],
    ['a score of NaN', () => rocAuc([0.1, Number.NaN], [0, 1]), 'rocAuc: scores are finite numbers, but row 1 has NaN'],
    ['too few labels', () => rocAuc([0.1, 0.2], [1]), 'rocAuc: 2 scores, but 1 labels'],
    [
      'no probability',
      () => logLoss(tensor([[0.5, 1.5]]), [0]),
      'logLoss: p are probabilities from 0 to 1, but row 0 has 1.5; predict gives them',
    ],
    [
      'labels of other classes',
      () => logLoss(tensor([[0.5, 0.5]]), [2]),
      'logLoss: a label is a class from 0 to 1 because p has 2 columns, but row 0 has 2',
    ],
    [
      'k of more than all',
      () => topKAccuracy(zeros([1, 3]), [0], 4),
      'topKAccuracy: k is at most the number of classes, 3, but got 4',
    ],
    ['scores without order', () => topKAccuracy(tensor([[Number.NaN, 0]]), [0], 1), 'topKAccuracy: row 0 holds a NaN'],
    ['other predictions', () => r2Score([1, 2], [1, 2, 3]), 'r2Score: predictions have shape (2,), but targets (3,)'],
    ['nothing', () => meanAbsoluteError([], []), 'meanAbsoluteError: a mean over no elements is not defined'],
    [
      'names as numbers',
      () => r2Score([1], ['cat'] as never),
      "r2Score: targets are finite numbers, but row 0 has 'cat'; names are classes: encodeLabels(names) and classification()",
    ],
    [
      'probabilities as predictions',
      () => multiLabelPrecisionRecall(tensor([[0.2, 1]]), tensor([[0, 1]])),
      'predictions are 0 or 1, but row 0 has 0.2',
    ],
  ])('%s', (_title, call, message) => {
    expect(call).toThrow(message)
  })
})
