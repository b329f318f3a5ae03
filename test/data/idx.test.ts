import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { unpack } from '../../src/data/files/gzip.ts'
import { parseIdx, readIdx } from '../../src/data/index.ts'
import { idxFile, message, newFolder, packed, right, webPage } from './support.ts'

const parsed = (...bytes: readonly number[]): string => message(parseIdx('f', Uint8Array.from(bytes)))

describe('parseIdx', () => {
  it('reads shape and bytes', () => {
    const { shape, data } = right(parseIdx('f', idxFile([2, 1, 3], [9, 8, 7, 6, 5, 255])))
    expect(shape).toEqual([2, 1, 3])
    expect([...data]).toEqual([9, 8, 7, 6, 5, 255])
  })

  it('reads bytes that begin somewhere in a larger buffer', () => {
    const file = idxFile([2], [4, 5])
    const larger = new Uint8Array(file.length + 3)
    larger.set(file, 3)
    expect([...right(parseIdx('f', larger.subarray(3))).data]).toEqual([4, 5])
  })

  it('reads an axis of length 0', () => {
    expect(right(parseIdx('f', idxFile([0, 28, 28]))).shape).toEqual([0, 28, 28])
  })

  it('refuses a wrong magic number', () => {
    expect(parsed(1, 2, 3, 4, 5)).toBe(
      'f: an IDX file of unsigned bytes begins with 00 00 08 and its number of axes (01 to 08), ' +
        'but this begins with 01 02 03 04; is it the right file?',
    )
  })

  it('refuses no axes and too many', () => {
    expect(parsed(0, 0, 8, 0, 0)).toContain('but this begins with 00 00 08 00')
    expect(message(parseIdx('f', Uint8Array.from([0, 0, 8, 255, ...new Uint8Array(2000)])))).toContain('00 00 08 ff')
  })

  it('names another type of element', () => {
    expect(parsed(0, 0, 13, 1, 0, 0, 0, 0)).toBe(
      'f: only IDX files of unsigned bytes (type 08) are read, but this holds 32-bit floats',
    )
  })

  it('refuses an empty file and a cut header', () => {
    expect(parsed()).toBe('f: the file is empty; get it again')
    expect(parsed(0, 0)).toContain('a header of at least 4 bytes, but this has 2')
    expect(parsed(0, 0, 8, 3, 0, 0)).toContain('its header takes 16 bytes, but the file has 6: it is truncated')
  })

  it('counts missing and extra bytes', () => {
    const file = idxFile([3, 2])
    expect(message(parseIdx('f', file.subarray(0, -1)))).toBe(
      'f: the header promises 6 bytes (3 × 2), but 5 follow it: 1 are missing; ' +
        'the file is truncated or its header damaged; get it again',
    )
    expect(message(parseIdx('f', Buffer.concat([file, webPage])))).toContain(
      `but ${6 + webPage.length} follow it: ${webPage.length} too many`,
    )
  })

  it('refuses sizes whose product overflows, without allocating them', () => {
    expect(message(parseIdx('f', Buffer.concat([idxFile([2 ** 20, 2 ** 20], [1, 2])])))).toContain(
      'promises 1099511627776 bytes (1048576 × 1048576), but 2 follow it',
    )
    // 2³²·2³² = 2⁶⁴ would be 0 in 64 bits.
    expect(message(parseIdx('f', idxFile([2 ** 31, 2 ** 31, 4], [])))).toContain('18446744073709551616 bytes')
  })

  it('recognises a web page', () => {
    for (const page of [webPage, Buffer.from('\ufeff<?xml version="1.0"?><Error>'), Buffer.from('<!doctype html>')]) {
      expect(message(parseIdx('f.gz', page))).toBe(
        "f.gz: an IDX file is expected, but this is a web page or XML, as it begins with '<', " +
          "perhaps a mirror's error page; delete it and get the file again",
      )
    }
  })
})

describe('readIdx', () => {
  const written = (bytes: Uint8Array, name = 'file'): string => {
    const path = join(newFolder(), name)
    writeFileSync(path, bytes)
    return path
  }

  it('tells packed from plain files by their bytes, not their names', async () => {
    for (const path of [written(idxFile([3]), 'plain.gz'), written(packed(idxFile([3])), 'packed')]) {
      expect([...right(await readIdx(path)()).data]).toEqual([0, 1, 2])
    }
  })

  it('refuses a .gz that is cut anywhere', async () => {
    const whole = packed(idxFile([40]))
    for (let length = 2; length < whole.length; length++) {
      const path = written(whole.subarray(0, length))
      expect(message(await readIdx(path)())).toBe(
        `${path}: the gzip data end too early, after ${length} bytes: the file is truncated, ` +
          'perhaps by a broken download; delete it and get it again',
      )
    }
    expect(message(await readIdx(written(whole.subarray(0, 1)))())).toContain('at least 4 bytes, but this has 1')
    expect(message(await readIdx(written(whole.subarray(0, 0)))())).toContain('the file is empty')
  })

  it('refuses a .gz in which any byte after the header is changed', async () => {
    const whole = packed(idxFile([40]))
    for (let at = 10; at < whole.length; at++) {
      const changed = Uint8Array.from(whole)
      changed[at] = (changed[at] as number) ^ 0x55
      expect(message(await readIdx(written(changed))())).toMatch(/the gzip data (are damaged \(.*\)|end too early)/)
    }
  })

  it('refuses a web page, also a packed one', async () => {
    expect(message(await readIdx(written(webPage, 'a.gz'))())).toContain(
      'a.gz: an IDX file is expected, but this is a web page',
    )
    expect(message(await readIdx(written(packed(webPage), 'a.gz'))())).toContain('this is a web page')
  })

  it('refuses to unpack more than the limit', async () => {
    expect(message(await unpack('bomb', packed(new Uint8Array(100_000)), 50_000)())).toBe(
      'bomb: unpacked it is longer than 50000 bytes, the most that is read; is it the right file?',
    )
  })

  it('says when there is no file', async () => {
    const folder = newFolder()
    expect(message(await readIdx(join(folder, 'none'))())).toBe(
      `${join(folder, 'none')}: there is no such file (ENOENT)`,
    )
    expect(message(await readIdx(folder)())).toBe(`${folder}: this is no file but a folder or a device`)
  })
})
