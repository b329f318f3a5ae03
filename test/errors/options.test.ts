import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import {
  anything,
  boolean,
  either,
  fraction,
  listOf,
  naturalNumber,
  nearest,
  nonNegative,
  OptionError,
  oneOf,
  orThrow,
  positive,
  positiveInteger,
  probability,
  required,
  resolveOptions,
  withDefault,
} from '../../src/errors/index.ts'
import { leftMessage } from '../support.ts'

describe('requirements', () => {
  test.each([
    ['positive', positive, [1e-300, 3], [0, -1, Number.NaN, Infinity, '1']],
    ['nonNegative', nonNegative, [0, 0.5], [-1e-300, Number.NaN, Infinity, null]],
    ['positiveInteger', positiveInteger, [1, 2 ** 53 - 1], [0, -1, 1.5, Number.NaN, Infinity, '2']],
    ['naturalNumber', naturalNumber, [0, 7], [-1, 0.5, Number.NaN]],
    ['probability', probability, [1e-9, 1], [0, 1.0001, -1, Number.NaN]],
    ['fraction', fraction, [0, 0.999], [1, -0.1, Number.NaN]],
    ['boolean', boolean, [true, false], [0, 'true', null]],
    ['anything', anything, [null, 0], []],
    ['oneOf', oneOf(['a', 'b']), ['a', 'b'], ['c', 1]],
    ['listOf', listOf(positiveInteger), [[], [1, 2]], [3, [0], [1, Number.NaN], 'no']],
    ['either', either(positive, oneOf(['he'])), [1, 'she'.slice(1)], [0, 'him']],
  ] as const)('%s', (_name, { holds }, right, wrong) => {
    for (const value of right) expect(holds(value), String(value)).toBe(true)
    for (const value of wrong) expect(holds(value), String(value)).toBe(false)
  })
})

test('what steers a terminal is escaped in messages', () => {
  const steering = '\u001b[2Ja\nb'
  expect(leftMessage(resolveOptions('f', steering as never, {}))).toContain("'\\u001b[2Ja\\u000ab'")
  expect(leftMessage(resolveOptions('f', { n: steering as never }, { n: positive }))).toContain(
    "but got '\\u001b[2Ja\\u000ab'",
  )
  expect(leftMessage(resolveOptions('f', { [steering]: 1 } as never, {}))).toContain(
    "unknown option '\\u001b[2Ja\\u000ab'",
  )
})

describe('nearest', () => {
  const names = ['sgd', 'sgdMomentum', 'adam', 'adagrad', 'learningRate']

  test.each([
    ['Adam', 'adam'],
    ['adamm', 'adam'],
    ['learning_rate', 'learningRate'],
    ['learningrate', 'learningRate'],
    ['sgdmomentum', 'sgdMomentum'],
    ['transformer', undefined],
  ])('%s → %s', (name, expected) => {
    expect(nearest(name, names)).toBe(expected)
  })
})

describe('resolveOptions', () => {
  const declaration = { count: positiveInteger, mode: oneOf(['fast', 'slow']), sizes: listOf(positive) }
  const check = (options: object) => resolveOptions('f', options, declaration)

  test('gives the options back when all fit; absent and undefined ones are not checked', () => {
    expect(check({ count: 2, mode: undefined })).toEqual(E.right({ count: 2 }))
  })

  test('fills in defaults, and keeps a list as it was', () => {
    const sizes = [1]
    const filled = orThrow(resolveOptions('f', { sizes }, { ...declaration, count: withDefault(7, positiveInteger) }))
    sizes.push(2)
    const count: number = filled.count
    expect([count, filled]).toEqual([7, { count: 7, sizes: [1] }])
  })

  test('names what is missing, after what does not fit', () => {
    const needed = { count: required(positiveInteger), path: required(anything, 'give a path'), mode: declaration.mode }
    const refused = (options: object) => leftMessage(resolveOptions('f', options as never, needed))
    expect(refused({ path: 1 })).toBe('f: count is missing; give an integer ≥ 1')
    expect(refused({ count: 1, path: undefined })).toBe('f: path is missing; give a path')
    expect(refused({ mode: 'slwo' })).toBe(
      "f: mode must be one of 'fast', 'slow', but got 'slwo'; did you mean 'slow'?",
    )
  })

  test.each([
    [{ cuont: 1 }, "f: unknown option 'cuont'; did you mean 'count'?"],
    [{ elephants: 1 }, "f: unknown option 'elephants'; known are count, mode, sizes"],
    [{ count: 0 }, 'f: count must be an integer ≥ 1, but got 0'],
    [{ count: 'many' }, "f: count must be an integer ≥ 1, but got 'many'"],
    [{ mode: 'fsat' }, "f: mode must be one of 'fast', 'slow', but got 'fsat'; did you mean 'fast'?"],
    [{ mode: () => 1 }, "f: mode must be one of 'fast', 'slow', but got a function"],
    [{ sizes: [1, -1] }, 'f: sizes must be a list, each a number > 0, but got [1, -1]'],
  ])('%j', (options, message) => {
    expect(leftMessage(check(options))).toBe(message)
  })

  test.each([null, undefined, 'fast', 3])('refuses %j in place of options', (options) => {
    const shown = typeof options === 'string' ? `'${options}'` : String(options)
    expect(leftMessage(check(options as unknown as object))).toBe(`f: options are an object, but got ${shown}`)
  })

  test('orThrow gives the right and throws the left', () => {
    expect(orThrow(E.right(3))).toBe(3)
    expect(() => orThrow(E.left(new OptionError('no')))).toThrow(new OptionError('no'))
  })
})
