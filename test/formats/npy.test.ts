import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { decodeNpy, encodeNpy } from '../../src/formats/index.ts'
import { linspace, tensor, zeros } from '../../src/tensor/index.ts'
import { bitsOf } from '../support.ts'
import { anyTensor, expected, faultOf, fixture, flips, truncations } from './support.ts'

const fault = (bytes: Uint8Array): string => faultOf(decodeNpy('a.npy', bytes))

/** A file of version 2.0 with this header and these many bytes of data. */
const file = (header: string, size = 0, length = header.length): Uint8Array => {
  const out = new Uint8Array(12 + header.length + size)
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0])
  new DataView(out.buffer).setUint32(8, length, true)
  out.set(new TextEncoder().encode(header), 12)
  return out
}

const header = (descr: string, shape: string, order = 'False'): string =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`

describe('what is written', () => {
  test('as NumPy writes it, byte by byte', () => {
    const w1 = expected().W1
    if (w1 === undefined) throw new Error('no W1')
    expect(Buffer.from(encodeNpy(w1)).equals(fixture('version1.npy'))).toBe(true)
  })

  test('comes back to the bit', () => {
    fc.assert(
      fc.property(anyTensor, (t) => {
        const bytes = encodeNpy(t)
        expect(bytes.indexOf(0x0a) % 64).toBe(63)
        expect(bitsOf({ t: orThrow(decodeNpy('t', bytes)) })).toEqual(bitsOf({ t }))
      }),
    )
  })
})

test('what does not fit its shape is not written', () => {
  const misfit = { shape: [3], data: new Float32Array(2) }
  expect(() => encodeNpy(misfit)).toThrow(
    'encodeNpy: t must be a tensor of at most 64 axes with a number for each place',
  )
})

describe('what NumPy wrote', () => {
  test.each(['version1.npy', 'version2.npy', 'version3.npy'])('%s', (name) => {
    expect(bitsOf({ W1: orThrow(decodeNpy(name, fixture(name))) }).W1).toBe(bitsOf(expected()).W1)
  })

  test('the first axis runs fastest', () => {
    const read = orThrow(decodeNpy('fortran.npy', fixture('fortran.npy')))
    expect(read).toEqual(linspace(0, 23, [2, 3, 4]))
    const none = decodeNpy('none', file(header('<f4', '(0, 3)', 'True')))
    expect(orThrow(none)).toEqual(zeros([0, 3]))
  })

  test('the highest byte comes first', () => {
    const read = orThrow(decodeNpy('big-endian.npy', fixture('big-endian.npy')))
    expect(read).toEqual(tensor([2], [1 - 2 ** 53, 2 ** 53 - 1], 'float64'))
  })
})

describe('hostile files', () => {
  test('every truncation', () => {
    for (const bytes of truncations(fixture('version1.npy'))) fault(bytes)
  })

  test('every flipped bit gives an error or as many numbers as there are bytes for', () => {
    for (const bytes of flips(fixture('fortran.npy'))) {
      const result = decodeNpy('a', bytes)
      if (E.isLeft(result)) faultOf(result)
      else expect(result.right.data.length).toBeLessThanOrEqual(96)
    }
  })

  test.each<readonly [string, Uint8Array, string]>([
    ['no file', new Uint8Array(0), 'but this is empty; get it again'],
    ['version 9', fixture('version1.npy').map((byte, i) => (i === 6 ? 9 : byte)), 'has version 9.0'],
    ['2^32 bytes of header', file('', 0, 2 ** 32 - 1), 'the header has 4294967295 bytes, but at most 10000 are read'],
    ['a header beyond the file', file('{', 0, 9999), 'the header has 9999 bytes, but 1 follow'],
    ['2^52 numbers', file(header('<f8', '(4503599627370496,)'), 8), 'promises 36028797018963970 bytes'],
    ['0·∞ numbers', file(header('<f4', `(${'4503599627370496, '.repeat(30)}0)`)), 'promises NaN bytes'],
    ['2^60 as a size', file(header('<f4', '(1152921504606846976,)'), 4), 'a header such as'],
    [
      'too many axes',
      file(header('<f4', `(${'1, '.repeat(65)})`), 4),
      'at most 64 axes are read, but the shape has 65',
    ],
    ['a negative size', file(header('<f4', '(-1,)'), 4), 'a header such as'],
    ['bytes after the array', file(header('<f4', '(1,)'), 8), 'longer than one array'],
    [
      'a field twice',
      file("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4),
      'a header such as',
    ],
    ['a field more', file("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': (), }", 4), 'a header such as'],
    ['deep brackets', file(`{'shape': ${'('.repeat(9000)}`), 'a header such as'],
    ['a program', file("{'descr': __import__('os')}"), 'a header such as'],
    ['complex numbers', fixture('complex.npy'), 'it holds complex numbers; save array.real and array.imag'],
    ['objects', fixture('object.npy'), `dtype "'|O'" is not read`],
    ['records', fixture('record.npy'), 'it has named fields'],
    ['a wide kind without an order', file(header('|f4', '(1,)'), 4), `dtype "'|f4'" is not read`],
  ])('%s', (_, bytes, message) => {
    expect(fault(bytes)).toContain(message)
  })
})
