import { describe, expect, test } from 'vitest'
import { ShapeError } from '../../src/errors/index.ts'
import { mseLoss, softmaxLoss, svmLoss } from '../../src/layers/index.ts'
import { classIndices, type Labels, oneHot, tensor, zeros } from '../../src/tensor/index.ts'

describe('classIndices', () => {
  test('takes lists, bytes, integers and one-hot rows', () => {
    const expected = new Int32Array([2, 0, 1])
    const forms: Labels[] = [
      [2, 0, 1],
      new Uint8Array([2, 0, 1]),
      expected,
      tensor([3, 3], [0, 0, 1, 1, 0, 0, 0, 1, 0]),
    ]
    for (const labels of forms) expect(classIndices(labels)).toEqual(expected)
  })

  test.each([
    [[0, 1.5], 'labels are integers ≥ 0, but row 1 has 1.5; numbers to be predicted are the targets of regression()'],
    [[-1], 'labels are integers ≥ 0, but row 0 has -1; give the class of each example, counted from 0'],
    [[0, Number.NaN], 'labels are integers ≥ 0, but row 1 has NaN; every example needs a label'],
    [['cat'], "labels are integers ≥ 0, but row 0 has 'cat'; encodeLabels(names) gives the class of each name"],
    [[undefined], 'labels are integers ≥ 0, but row 0 has undefined; every example needs a label'],
  ])('refuses %j', (labels, message) => {
    expect(() => classIndices(labels as unknown as Labels)).toThrow(new ShapeError(`classIndices: ${message}`))
  })

  test.each([
    [[0, 0], 'none'],
    [[1, 1], 'two'],
    [[0.5, 0.5], 'halves'],
    [[1, Number.NaN], 'a NaN'],
  ])('refuses the row %j, which has %s', (row) => {
    expect(() => classIndices(tensor([2, 2], [0, 1, ...row]))).toThrow(
      new ShapeError(
        `classIndices: one-hot labels have a single 1 and else 0 in each row, but row 1 is [${row.join(', ')}]`,
      ),
    )
  })

  test('takes a tensor (N,) of class indices, and floats that are integers', () => {
    expect(classIndices(tensor([3], [2, 0, 1]))).toEqual(new Int32Array([2, 0, 1]))
    expect(classIndices(new Float32Array([2, 0, 1]))).toEqual(new Int32Array([2, 0, 1]))
  })

  test.each([[[3, 1]], [[]], [[1, 2, 2]]])('refuses a tensor of shape %j', (shape) => {
    expect(() => classIndices(zeros(shape))).toThrow(
      /^classIndices: labels have shape \(N,\), or \(N, C\) where they are one-hot/,
    )
  })
})

describe('oneHot', () => {
  test('is the inverse of classIndices', () => {
    expect(oneHot([2, 0], 3)).toEqual(tensor([2, 3], [0, 0, 1, 1, 0, 0]))
    expect(classIndices(oneHot([2, 0, 1], 3))).toEqual(new Int32Array([2, 0, 1]))
  })

  test('refuses a class that does not exist', () => {
    expect(() => oneHot([0, 3], 3)).toThrow(
      'oneHot: a label is a class from 0 to 2 because numClasses is 3, but row 1 has 3',
    )
    expect(() => oneHot([0], 0)).toThrow('oneHot: numClasses must be an integer ≥ 1, but got 0')
  })
})

describe('losses check their labels', () => {
  const x = zeros([2, 3])

  test.each([
    ['softmaxLoss', softmaxLoss],
    ['svmLoss', svmLoss],
  ])('%s', (name, loss) => {
    expect(() => loss(x, [0, 3])).toThrow(
      new ShapeError(`${name}: a label is a class from 0 to 2 because there are 3 scores a row, but row 1 has 3`),
    )
    expect(() => loss(x, new Int32Array([-1, 0]))).toThrow(/row 0 has -1/)
    expect(() => loss(x, [0])).toThrow(
      new ShapeError(`${name}: x has shape (2, 3), so y must have 2 labels, but has 1`),
    )
    expect(() => loss(zeros([0, 3]), [])).toThrow(/a mean over no rows is not defined; x has shape \(0, 3\)/)
    expect(() => loss(zeros([3]), [0])).toThrow(`${name}: x must have shape (N, C), but has (3,)`)
    expect(() => loss(x, [0, 0.5])).toThrow('labels are integers ≥ 0, but row 1 has 0.5')
  })

  test('one-hot labels give the same loss as class indices', () => {
    const scores = tensor([2, 3], [1, -2, 0.5, 0.25, 3, 1])
    for (const loss of [softmaxLoss, svmLoss]) expect(loss(scores, oneHot([2, 0], 3))).toEqual(loss(scores, [2, 0]))
  })

  test('mseLoss refuses other sizes and no elements', () => {
    expect(() => mseLoss(zeros([2]), zeros([3]))).toThrow(
      new ShapeError('mseLoss: D = 2 because x has shape (2,), but D = 3 because y has shape (3,)'),
    )
    expect(() => mseLoss(zeros([0]), zeros([0]))).toThrow(
      new ShapeError('mseLoss: a mean over no elements is not defined'),
    )
  })
})
