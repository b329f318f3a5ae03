import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { decodeSafetensors, encodeSafetensors } from '../../src/formats/index.ts'
import { type Tensors, tensor, zeros } from '../../src/tensor/index.ts'
import { bitsOf } from '../support.ts'
import { anyTensor, expected, faultOf, fixture, flips, truncations } from './support.ts'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** A file with this header and these many bytes of data. */
const file = (header: string, size = 0, length = new TextEncoder().encode(header).length): Uint8Array => {
  const head = new TextEncoder().encode(header)
  const out = new Uint8Array(8 + head.length + size)
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true)
  out.set(head, 8)
  return out
}

const fault = (bytes: Uint8Array): string => faultOf(decodeSafetensors('m.safetensors', bytes))

const entry = (dtype: string, shape: readonly number[], offsets: readonly number[]): string =>
  JSON.stringify({ dtype, shape, data_offsets: offsets })

describe('what is written', () => {
  test('byte by byte', () => {
    const bytes = encodeSafetensors({ w: tensor([1, 2], [1, -2]), b: tensor([], [0.5], 'float64') }, { k: 'é' })
    const header =
      '{"__metadata__":{"k":"é"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},"b":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}'
    const length = Math.ceil((header.length + 1) / 8) * 8 // é takes two bytes
    expect([...bytes.subarray(0, 8)]).toEqual([length, 0, 0, 0, 0, 0, 0, 0])
    expect(text(bytes.subarray(8, 8 + length))).toBe(header.padEnd(length - 1))
    expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0, 0, 0, 0, 0xe0, 0x3f, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
  })

  test('comes back to the bit, in its order', () => {
    const name = fc.string({ unit: 'binary' }).filter((n) => n !== '__metadata__' && !/^\d+$/.test(n))
    const names = fc.dictionary(name, anyTensor, { noNullPrototype: true })
    fc.assert(
      fc.property(names, fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), (tensors, metadata) => {
        const bytes = encodeSafetensors(tensors, metadata)
        const back = orThrow(decodeSafetensors('m', bytes))
        expect(bitsOf(back.tensors)).toEqual(bitsOf(tensors))
        expect(Object.keys(back.tensors)).toEqual(Object.keys(tensors))
        expect(back.metadata).toEqual(metadata)
      }),
    )
  })

  test('names that an object treats in its own way; names that cannot be', () => {
    const tensors = Object.fromEntries(['__proto__', 'constructor', ''].map((name) => [name, zeros([1])]))
    expect(Object.keys(orThrow(decodeSafetensors('m', encodeSafetensors(tensors))).tensors)).toEqual([
      '__proto__',
      'constructor',
      '',
    ])
    expect(() => encodeSafetensors({}, { k: 'x'.repeat(2 ** 24) })).toThrow('take 16777248 bytes, but at most 16777216')
    expect(() => encodeSafetensors({ __metadata__: zeros([1]) })).toThrow('no tensor can be named __metadata__')
  })

  test.each<readonly [string, unknown, unknown, string]>([
    [
      'more numbers than places',
      { w: { shape: [2], data: new Float32Array(3) } },
      {},
      'encodeSafetensors: "w" must be a tensor of at most 64 axes with a number for each place, but has shape (2,) and 3 numbers;',
    ],
    ['no size', { w: { shape: [-1, -1], data: new Float32Array(1) } }, {}, 'but has shape [-1, -1] and 1 numbers'],
    ['no shape', { w: { shape: 1, data: new Float32Array(1) } }, {}, 'but has shape 1 and 1 numbers'],
    ['65 axes', { w: { shape: Array(65).fill(1), data: new Float32Array(1) } }, {}, 'of at most 64 axes'],
    ['integers', { w: { shape: [1], data: new Int32Array(1) } }, {}, 'but has no { shape, data } with a Float32Array'],
    ['nothing', { w: undefined }, {}, 'but has no { shape, data }'],
    ['a tensor in place of a record', zeros([1]), {}, '"shape" must be a tensor'],
    ['half a surrogate pair', { '\ud800': zeros([1]) }, {}, 'but "\\ud800" holds half a surrogate pair'],
    ['half of one in the metadata', {}, { k: '\udc00' }, 'but "\\udc00" holds half a surrogate pair'],
    ['metadata that are no texts', {}, { epoch: 3 }, 'metadata are texts, but "epoch" is a number; use JSON.stringify'],
  ])('%s is not written', (_, tensors, metadata, message) => {
    expect(() => encodeSafetensors(tensors as Tensors, metadata as Record<string, string>)).toThrow(message)
  })
})

describe('what Python wrote', () => {
  test('each kind of number', () => {
    const { tensors, metadata } = orThrow(decodeSafetensors('numpy', fixture('numpy.safetensors')))
    expect(bitsOf(tensors)).toEqual(bitsOf(expected()))
    expect(metadata).toEqual({ by: 'safetensors 𝛼' })
  })

  test('an integer that no float64 holds is told', () => {
    const bytes = file(`{"n":${entry('I64', [2], [0, 16])}}`, 16)
    bytes.set([1, 0, 0, 0, 0, 0, 0x20, 0], bytes.length - 8)
    expect(fault(bytes)).toBe(
      'm.safetensors: "n": element 1 is an integer beyond ±(2⁵³ − 1), where float64 has gaps; save it as float64',
    )
  })
})

describe('hostile files', () => {
  test('every truncation', () => {
    for (const bytes of truncations(fixture('numpy.safetensors'))) fault(bytes)
  })

  test('every flipped bit gives an error or tensors of known shapes', () => {
    const bytes = encodeSafetensors({ w: tensor([2, 2], [1, 2, 3, 4]), b: tensor([2], [5, 6], 'float64') }, { a: 'b' })
    let wrong = 0
    for (const flipped of flips(bytes)) {
      const result = decodeSafetensors('m', flipped)
      if (E.isLeft(result)) {
        faultOf(result)
        wrong++
      } else {
        const sizes = Object.values(result.right.tensors).map(({ data }) => data.byteLength)
        expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(2 * 32)
      }
    }
    expect(wrong).toBeGreaterThan(64)
  })

  test.each<readonly [string, Uint8Array, string]>([
    ['no file', new Uint8Array(0), 'begins with 8 bytes of length, but this has 0'],
    ['a web page', new TextEncoder().encode('<html><body></body></html>'), 'but this is a web page'],
    ['2^40 bytes of header', file('{}', 0, 2 ** 40), 'the header has 1099511627776 bytes, but at most 16777216'],
    ['a header beyond the file', file('{}', 0, 1000), 'the header has 1000 bytes, but 2 follow'],
    ['2^40 bytes of data', file(`{"w":${entry('F32', [2 ** 38], [0, 2 ** 40])}}`, 4), 'promises 1099511627776 bytes'],
    [
      'a shape too large',
      file(`{"w":${entry('F32', [2 ** 52, 2 ** 52], [0, 4])}}`, 4),
      'has 4 bytes, but F32 of shape',
    ],
    ['a shape of 0·∞', file(`{"w":${entry('F32', [...Array(60).fill(2 ** 52), 0], [0, 0])}}`), 'has 0 bytes, but F32'],
    ['too many axes', file(`{"w":${entry('F32', Array(65).fill(1), [0, 4])}}`, 4), 'a list of at most 64 items'],
    ['deep JSON', file(`{"w":${'['.repeat(1e6)}`), `'{' is expected at character 5`],
    ['deep JSON in a field', file(`{"w":{"shape":${'['.repeat(1e6)}`), 'an integer from 0 to 2⁵³ − 1 is expected'],
    ['a name twice', file(`{"w":${entry('F32', [1], [0, 4])},"w":${entry('F32', [1], [4, 8])}}`, 8), 'as "w" did'],
    ['a field twice', file('{"w":{"dtype":"F32","dtype":"F64"}}'), 'as "dtype" did'],
    ['a field unknown', file('{"w":{"dtyp":"F32"}}'), 'has a field "dtyp"'],
    ['a field missing', file('{"w":{"dtype":"F32","shape":[]}}'), 'must have dtype, shape and data_offsets'],
    ['an overlap', file(`{"v":${entry('F32', [2], [0, 8])},"w":${entry('F32', [1], [4, 8])}}`, 8), 'overlaps'],
    ['a gap', file(`{"v":${entry('F32', [1], [0, 4])},"w":${entry('F32', [1], [8, 12])}}`, 12), 'leaves a gap'],
    ['bytes of nobody', file(`{"v":${entry('F32', [1], [0, 4])}}`, 8), 'bytes that belong to no tensor'],
    [
      'an end before the beginning',
      file(`{"v":${entry('F32', [1], [0, 4])},"w":${entry('F32', [1], [4, 0])}}`, 4),
      'has -4 bytes',
    ],
    ['another dtype', file(`{"v":${entry('F8_E4M3', [4], [0, 4])}}`, 4), '"v" has dtype "F8_E4M3", but only BOOL, I8,'],
    ['a dtype of Object', file(`{"v":${entry('toString', [4], [0, 4])}}`, 4), 'has dtype "toString"'],
    ['a fraction', file('{"w":{"shape":[1.5]}}'), `']' is expected`],
    ['a zero before a size', file('{"w":{"shape":[01]}}'), `']' is expected`],
    ['a negative size', file('{"w":{"shape":[-1]}}'), 'an integer from 0'],
    [
      'a size of 2^60',
      file(`{"w":{"shape":[${2n ** 60n}]}}`),
      'an integer from 0 to 2⁵³ − 1 is expected at character 15',
    ],
    ['a string without an end', file('{"w'), 'a string that ends'],
    ['a newline in a name', file('{"w\n":1}'), 'a string that ends'],
    ['a name with an escape', file('{"a\\nb":{"x":1}}'), '"a\\nb" has a field'],
    ['no UTF-8', file('{"\ud800":1}').fill(0xff, 10, 11), 'the header is no JSON of a safetensors file'],
    ['text after the header', file('{} {}'), 'the end is expected at character 3'],
    ['metadata that are no text', file('{"__metadata__":{"a":1}}'), 'a string is expected'],
  ])('%s', (_, bytes, message) => {
    expect(fault(bytes)).toContain(message)
  })
})
