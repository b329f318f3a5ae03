import { crc32, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { orThrow } from '../../src/errors/index.ts'
import { decodeNpy, decodeNpyRows, decodeNpz, decodeNpzRows, encodeNpy, encodeNpz } from '../../src/formats/index.ts'
import { bytes, linspace, ones, zeros } from '../../src/tensor/index.ts'
import { bitsOf } from '../support.ts'
import { anyTensor, expected, faultOf, fixture, flips, truncations } from './support.ts'

const fault = (bytes: Uint8Array): string => faultOf(decodeNpz('m.npz', bytes))

/** An archive of two arrays, with the given field of its second directory entry changed. */
const changed = (field: number, value: number, size: 2 | 4 = 4): Uint8Array => {
  const bytes = encodeNpz({ a: ones([2]), b: zeros([3]) })
  const view = new DataView(bytes.buffer)
  const entry = bytes.length - 22 - 51 + field
  if (size === 2) view.setUint16(entry, value, true)
  else view.setUint32(entry, value, true)
  return bytes
}

/** An archive of one entry, deflated, that says it has this size. */
const deflated = (content: Uint8Array, promised = content.length): Uint8Array => {
  const packed = deflateRawSync(content)
  const stored = encodeNpz({ a: zeros([0]) })
  const [header, directory] = [stored.slice(0, 35), stored.slice(-22 - 51)]
  const view = new DataView(directory.buffer)
  view.setUint16(10, 8, true)
  view.setUint32(16, crc32(content), true)
  view.setUint32(20, packed.length, true)
  view.setUint32(24, promised, true)
  view.setUint32(51 + 16, 35 + packed.length, true)
  return new Uint8Array(Buffer.concat([header, packed, directory]))
}

describe('what is written', () => {
  test('comes back to the bit, in its order', () => {
    const name = fc.stringMatching(/^[a-zα-ω_][\w./ ]*$/).filter((n) => !/(^|\/)\.\.?(\/|$)/.test(n))
    fc.assert(
      fc.property(fc.dictionary(name, anyTensor, { noNullPrototype: true }), (tensors) => {
        const back = orThrow(decodeNpz('m', encodeNpz(tensors)))
        expect(bitsOf(back)).toEqual(bitsOf(tensors))
        expect(Object.keys(back)).toEqual(Object.keys(tensors))
      }),
    )
  })

  test('the same tensors give the same bytes', () => {
    expect(encodeNpz({ a: ones([2]) })).toEqual(encodeNpz({ a: ones([2]) }))
  })

  test.each(['../a', '/a', 'a/../../b', 'C:a', '..\\a', 'a\0'])('no name leaves its folder: %j', (name) => {
    expect(() => encodeNpz({ [name]: ones([1]) })).toThrow("leaves the archive's folder")
  })

  test('no name that UTF-8 would change, no data that do not fit their shape', () => {
    expect(() => encodeNpz({ '\ud800': ones([1]) })).toThrow('holds half a surrogate pair')
    expect(() => encodeNpz({ a: { shape: [3], data: new Float32Array(2) } })).toThrow('encodeNpz: "a" must be a tensor')
  })
})

test.each(['stored.npz', 'deflated.npz', 'zip64.npz'])('what NumPy wrote: %s', (name) => {
  const { bfloat16: _, ...others } = expected()
  expect(bitsOf(orThrow(decodeNpz(name, fixture(name))))).toEqual(bitsOf(others))
})

describe('hostile files', () => {
  test.each(['stored.npz', 'deflated.npz', 'zip64.npz'])('every truncation of %s', (name) => {
    for (const bytes of truncations(fixture(name))) fault(bytes)
  })

  test('every flipped bit gives an error or the same numbers', () => {
    const tensors = { a: linspace(0, 1, [2]), b: zeros([2, 1], 'float64') }
    const sound = Object.values(bitsOf(tensors))
    for (const bytes of flips(encodeNpz(tensors))) {
      const result = decodeNpz('m', bytes)
      if (E.isLeft(result)) faultOf(result)
      else for (const bits of Object.values(bitsOf(result.right))) expect(sound).toContain(bits)
    }
  })

  const bomb = new Uint8Array(2 ** 20)

  test('an archive that packs well is read', () => {
    const well = zeros([2 ** 18])
    expect(orThrow(decodeNpz('m', deflated(encodeNpy(well)))).a).toEqual(well)
  })

  test.each<readonly [string, Uint8Array, string]>([
    ['no file', new Uint8Array(0), 'but this is empty; get it again'],
    ['a size of 4 GiB − 1, packed', changed(20, 2 ** 32 - 2), 'but not as many are there'],
    ['a size of 4 GiB − 1, unpacked', changed(24, 2 ** 32 - 2), 'unpacked it would take 4294967430 bytes, but at most'],
    ['a size that is too small', deflated(bomb, 1000), 'damaged'],
    ['a size that is too large', deflated(bomb, 2 ** 20 + 1), 'has 1048576 bytes, but promises 1048577'],
    ['a bomb that says so', deflated(bomb, 2 ** 31), 'unpacked it would take 2147483648 bytes'],
    ['another checksum', changed(16, 0), 'the checksum of the entry "b.npy" is wrong'],
    ['an overlap', changed(42, 20), 'the entry "b.npy" overlaps'],
    ['two entries at one place', changed(42, 0), 'the entry "b.npy" overlaps'],
    ['an entry in the air', changed(42, 2 ** 31), 'the entry "b.npy" is not where it should be'],
    ['an encrypted entry', changed(8, 1, 2), 'entry 1 is encrypted'],
    ['another packing', changed(10, 99, 2), 'packed by method 99'],
    ['a name beyond the directory', changed(28, 60_000, 2), 'entry 1 of its directory is cut off'],
    ['64-bit sizes that are missing', changed(24, 2 ** 32 - 1), 'the 64-bit sizes of an entry are missing'],
    ['a name twice', changed(46, 0x706e2e61), 'the name "a.npy" comes twice'],
    ['a name that climbs', changed(46, 0x2f2e2e), "leaves the archive's folder"],
    ['a name that climbs', changed(46, 0x2f2e2e2f), "leaves the archive's folder"],
    ['a file that is no array', changed(46, 0x7478742e), 'is no .npy file'],
  ])('%s', (_, bytes, message) => {
    expect(fault(bytes)).toContain(message)
  })

  test('a long name is not shown whole', () => {
    const bytes = encodeNpz({ ['a'.repeat(60_000)]: ones([2]) })
    bytes[bytes.length - 22 - 60_050 + 16] = 0x55 // a byte of the checksum
    expect(fault(bytes)).toMatch(/^m\.npz: the checksum of the entry "a{40}…" is wrong/)
  })

  test('a directory of more entries than there is room for', () => {
    const bytes = encodeNpz({ a: ones([2]) })
    new DataView(bytes.buffer).setUint16(bytes.length - 12, 60_000, true)
    expect(fault(bytes)).toContain('promises 60000 entries')
  })

  test('a directory whose place is told in 64 bits', () => {
    const place = (file: string): Uint8Array => new Uint8Array(fixture(file)).fill(0xff, -12, -2)
    const wide = (fromEnd: number, value: bigint): Uint8Array => {
      const bytes = place('zip64.npz')
      new DataView(bytes.buffer).setBigUint64(bytes.length - fromEnd, value, true)
      return bytes
    }
    expect(E.isRight(decodeNpz('m', place('zip64.npz')))).toBe(true)
    expect(fault(place('stored.npz'))).toContain('the place of its directory is missing')
    expect(fault(wide(22 + 12, 2n ** 60n))).toContain('the place of its directory is damaged')
    expect(fault(wide(22 + 20 + 24, 2n ** 60n))).toContain('promises 1152921504606847000 entries')
  })
})

describe('rows of a data set', () => {
  test('uint8 stays bytes, other numbers are tensors, and either order of axes is read', () => {
    const rows = orThrow(decodeNpzRows('deflated.npz', fixture('deflated.npz')))
    const same = orThrow(decodeNpz('deflated.npz', fixture('deflated.npz')))
    expect(Object.keys(rows)).toEqual(Object.keys(same))
    for (const [name, { shape, data }] of Object.entries(rows)) {
      expect(data).toBeInstanceOf(name === 'uint8' ? Uint8Array : (same[name]?.data.constructor as never))
      expect([shape, [...data]]).toEqual([same[name]?.shape, [...(same[name]?.data ?? [])]])
    }
    const header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n"
    const npy = Buffer.from(
      `\x93NUMPY\x01\0${String.fromCharCode(header.length)}\0${header}\x01\x04\x02\x05\x03\x06`,
      'latin1',
    )
    expect(orThrow(decodeNpyRows('f', npy))).toEqual(bytes([2, 3], new Uint8Array([1, 2, 3, 4, 5, 6])))
    expect([...orThrow(decodeNpy('f', npy)).data]).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('what is wrong is told as of tensors, and by the own name', () => {
    expect(faultOf(decodeNpyRows('f', fixture('object.npy')))).toContain("it holds Python's objects")
    expect(faultOf(decodeNpzRows('f', new Uint8Array(3), { nams: [] } as never))).toContain(
      "decodeNpzRows: unknown option 'nams'; did you mean 'names'?",
    )
  })
})
