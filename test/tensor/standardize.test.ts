import { describe, expect, test } from 'vitest'
import { bytes, decode, encodeLabels, standardize, type Tensor, tensor, zeros } from '../../src/tensor/index.ts'
import { close, goldenCase, leftMessage, random, right, tensorFrom } from '../support.ts'

describe('encodeLabels', () => {
  test('classes are sorted, numbers by their size', () => {
    expect(right(encodeLabels(['dog', 'cat', 'dog', 'ape']))).toEqual({
      y: Int32Array.of(2, 1, 2, 0),
      classNames: ['ape', 'cat', 'dog'],
    })
    expect(right(encodeLabels([10, 9, 10]))).toEqual({ y: Int32Array.of(1, 0, 1), classNames: ['9', '10'] })
    expect(right(encodeLabels([true, false])).classNames).toEqual(['false', 'true'])
  })

  test('those of a test set mean the same', () => {
    const { classNames } = right(encodeLabels(['b', 'a', 'c']))
    expect(right(encodeLabels(['c', 'c'], classNames))).toEqual({ y: Int32Array.of(2, 2), classNames })
  })

  test.each<[string, () => ReturnType<typeof encodeLabels>, string]>([
    ['an empty text', () => encodeLabels(['a', '']), "encodeLabels: row 1 has ''; leave rows without a label out"],
    ['nothing', () => encodeLabels(['a', undefined as never]), 'encodeLabels: row 1 has undefined; leave rows without'],
    ['NaN', () => encodeLabels([1, Number.NaN]), 'encodeLabels: row 1 has NaN; leave'],
    ['a list', () => encodeLabels([['a'] as never]), "row 0 has ['a']; a label is a text, a number or true or false"],
    ['a text', () => encodeLabels('abc' as never), "labels must be a list, but got 'abc'"],
    [
      'an unknown class',
      () => encodeLabels(['dgo'], ['cat', 'dog']),
      "row 0 has 'dgo', which is none of the classes 'cat', 'dog'; did you mean 'dog'?",
    ],
    ['another class', () => encodeLabels(['elephant'], ['cat']), 'take the class names of all the data'],
    ['a class twice', () => encodeLabels(['a'], ['a', 'a']), "classNames has a name twice: 'a', 'a'"],
    [
      'class names as a text',
      () => encodeLabels(['a'], 'a' as never),
      "classNames must be a list of texts, but got 'a'",
    ],
  ])('%s is refused', (_title, call, message) => {
    expect(leftMessage(call())).toContain(message)
  })
})

describe('standardize', () => {
  test('as scikit-learn’s StandardScaler does, a constant column too', () => {
    const { inputs, outputs } = goldenCase('tasks', 'standardize')
    const { x, input, transform } = right(standardize(tensorFrom(inputs.x, 'float64')))
    close(x, tensorFrom(outputs.x, 'float64'), 1e-10, 'x')
    close(transform(tensorFrom(inputs.raw, 'float64')), tensorFrom(outputs.transformed, 'float64'), 1e-10, 'others')
    close(input.mean, tensorFrom(outputs.mean, 'float64').data, 1e-12, 'mean')
    close(input.scale, tensorFrom(outputs.scale, 'float64').data, 1e-12, 'scale')
    expect(input).toMatchObject({ type: 'numbers', shape: [4] })
  })

  test('a column whose values differ by rounding only is a constant one', () => {
    const x = tensor([3, 1], [0.1 + 0.2, 0.3, 0.3], 'float64')
    expect(right(standardize(x)).input.scale).toEqual(Float64Array.of(1))
  })

  test('keeps shape and precision, and leaves what it was given alone', () => {
    const raw = random(1, [5, 2, 3], 'float32')
    const before = raw.data.slice()
    const { x, input } = right(standardize(raw))
    expect([x.shape, x.data.constructor, input.shape]).toEqual([[5, 2, 3], Float32Array, [2, 3]])
    expect(raw.data).toEqual(before)
  })

  test('bytes stay bytes, with means and scales of their own', () => {
    const raw = bytes([4, 2], Uint8Array.of(0, 7, 10, 7, 20, 7, 30, 7), 128, 1 / 255)
    const { x, input, transform } = right(standardize(raw))
    expect(x.data).toBe(raw.data)
    const numbers = right(standardize(tensor([4, 2], Array.from(raw.data)))).x
    close(decode(x), numbers, 1e-6, 'x')
    expect(input).toMatchObject({ type: 'bytes', mean: Float32Array.of(15, 7) })
    expect(transform(raw)).toEqual(x)
  })

  test.each<[string, () => unknown, string]>([
    [
      'a NaN',
      () => leftMessage(standardize(tensor([[1], [Number.NaN]]))),
      'standardize: row 1 holds a NaN or an infinity; repair or remove it',
    ],
    ['no rows', () => leftMessage(standardize(zeros([0, 3]))), 'standardize: there are no rows; the shape is (0, 3)'],
    ['no tensor', () => leftMessage(standardize([[1]] as never)), 'standardize: rows must be a tensor'],
  ])('%s is refused', (_title, call, message) => {
    expect(call()).toContain(message)
  })

  test('other columns are refused', () => {
    const { transform } = right(standardize<Tensor>(random(1, [4, 3])))
    expect(() => transform(random(1, [4, 2]))).toThrow(
      'standardize: transform: an example has 3 numbers, but rows of shape (4, 2) came; give shape (N, 3)',
    )
  })
})
