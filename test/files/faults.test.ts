import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { codeOf, explain, messageOf, quoted, stackOf } from '../../src/files/index.ts'

const thrown = (work: () => unknown): unknown => {
  try {
    work()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}

const missing = thrown(() => readFileSync('/no/such/file'))

describe('codeOf', () => {
  test('is the code of a fault of the system', () => {
    expect(codeOf(missing)).toBe('ENOENT')
  })

  test.each([
    [new Error('no code')],
    [Object.assign(new Error('a number'), { code: 7 })],
    [{ code: 'ENOENT' }],
    [null],
  ])('is empty for %o', (error) => {
    expect(codeOf(error)).toBe('')
  })
})

describe('messageOf', () => {
  test.each([
    [new Error('  two\n   lines\t'), 'two lines'],
    ['a\r\ntext', 'a text'],
    ['a\u001b[2J\u009bJ\u2028text', 'a [2J J text'],
    ['a\u202eb\u2066c\ud800d', 'a b c d'],
    [Object.create(null), '[object Object]'],
    [undefined, 'undefined'],
    [7, '7'],
  ])('%o in one line', (error, message) => {
    expect(messageOf(error)).toBe(message)
  })
})

test('what may not be looked at is told too', () => {
  const refuse = (): never => {
    throw new Error('not to be looked at')
  }
  const proxy = new Proxy(new Error('hidden'), { getPrototypeOf: refuse, get: refuse })
  expect([codeOf(proxy), messageOf(proxy), stackOf(proxy)]).toEqual([
    '',
    'what cannot be shown',
    'it threw what cannot be shown',
  ])
})

describe('quoted', () => {
  test.each([
    ['a "b"\n', '"a \\"b\\"\\n"'],
    ['\u001b[2J\u009b\u007f\u2028', '"\\u001b[2J\\u009b\\u007f\\u2028"'],
    ['a\u202eb\u2066\u2069', '"a\\u202eb\\u2066\\u2069"'],
    ['a'.repeat(41), `"${'a'.repeat(40)}…"`],
  ])('%j in one line that steers no terminal', (text, shown) => {
    expect(quoted(text)).toBe(shown)
  })
})

describe('explain', () => {
  test('gives the reason that is known for the code', () => {
    expect(explain({ ENOENT: 'it is not there' }, missing)).toBe('it is not there (ENOENT)')
  })

  test('gives the message where no reason is known', () => {
    expect(explain({ EACCES: 'it is locked' }, missing)).toBe(messageOf(missing))
    expect(explain({ EACCES: 'it is locked' }, new Error('as it is'))).toBe('as it is')
  })
})
