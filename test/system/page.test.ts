import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { crc32, deflateRawSync, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
// @ts-expect-error: a script without types.
import { packed } from '../../scripts/packed.mjs'
import { unpacked } from '../../src/kernels/unpacked.ts'
import * as page from '../../src/system/index.page.ts'
import * as paths from '../../src/system/paths.ts'

// What stands in the place of node in a page, held against node.

const src = join(import.meta.dirname, '..', '..', 'src')

/** x.page.ts, which takes the place of x.ts. */
const twins = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.page.ts'))

const bytes = randomBytes(100_000)
// Repeats, so that there is something to pack.
const text = Buffer.from('the quick brown fox '.repeat(5000))

test.each(twins)('%s exports what the module has in whose place it is', async (twin) => {
  const original = join(src, twin.replace('.page.ts', '.ts'))
  expect(existsSync(original)).toBe(true)
  const [here, there] = await Promise.all([import(join(src, twin)), import(original)])
  // What only other modules use that a page does not have either.
  const spare = ['program', 'workerModule']
  expect(Object.keys(here).sort()).toEqual(
    Object.keys(there)
      .filter((name) => !spare.includes(name))
      .sort(),
  )
})

describe('sums', () => {
  test.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000, 100_000])('sha256 of %i bytes', (length) => {
    const part = bytes.subarray(0, length)
    const hash = page.createHash('sha256')
    for (let at = 0; at < length; at += 777) hash.update(part.subarray(at, at + 777))
    expect(hash.digest('hex')).toBe(createHash('sha256').update(part).digest('hex'))
    expect(page.crc32(part)).toBe(crc32(part))
  })

  test('of texts, and of numbers by their bytes', () => {
    for (const each of ['naïve', Float32Array.of(1, -2.5), Int32Array.of(7)]) {
      expect(page.createHash('sha256').update(each).digest('hex')).toBe(createHash('sha256').update(each).digest('hex'))
    }
    expect(() => page.createHash('md5')).toThrow('md5 needs Node')
  })
})

describe('packing', () => {
  test('what node packs is unpacked', async () => {
    for (const whole of [bytes, text, new Uint8Array(0)]) {
      const limit = { maxOutputLength: 200_000 }
      expect(Buffer.from(page.inflateRawSync(deflateRawSync(whole), limit)).equals(whole)).toBe(true)
      expect(Buffer.from(page.inflateSync(deflateSync(whole), limit)).equals(whole)).toBe(true)
      const gunzip = page.promisify(page.gunzip) as unknown as (packed: Uint8Array) => Promise<Uint8Array>
      expect(Buffer.from(await gunzip(gzipSync(whole))).equals(whole)).toBe(true)
      expect(inflateSync(page.deflateSync(whole)).equals(whole)).toBe(true)
    }
    expect(gunzipSync(gzipSync(text)).equals(text)).toBe(true)
  })

  test('no more than is wanted, and no less than was packed', () => {
    const packedText = deflateRawSync(text)
    expect(() => page.inflateRawSync(packedText, { maxOutputLength: text.length - 1 })).toThrow(
      expect.objectContaining({ code: 'ERR_BUFFER_TOO_LARGE' }),
    )
    expect(() => page.inflateRawSync(packedText.subarray(0, 50))).toThrow(
      expect.objectContaining({ code: 'Z_BUF_ERROR' }),
    )
    expect(() => page.inflateSync(bytes)).toThrow()
  })
})

test('paths are those of POSIX', () => {
  const some = ['', '.', '/', 'a', 'a/b.txt', '/a//b/', '../x', 'a/../../b', './c', '/..', 'a.txt/']
  for (const a of some) {
    expect([a, paths.dirname(a), paths.basename(a, '.txt')]).toEqual([a, posix.dirname(a), posix.basename(a, '.txt')])
    expect(paths.isAbsolute(a)).toBe(posix.isAbsolute(a))
    expect(paths.resolve('/r', a)).toBe(posix.resolve('/r', a))
    for (const b of some) {
      const whole = posix.join(a, b)
      expect([a, b, paths.join(a, b)]).toEqual([a, b, whole === '/' ? whole : whole.replace(/\/$/, '')])
      expect(paths.relative(`/${a}`, `/${b}`)).toBe(posix.relative(`/${a}`, `/${b}`))
    }
  }
})

test('a file, a process and a download are refused with the remedy', async () => {
  await expect(page.readFile('x')).rejects.toThrow('a file needs Node; in a page, give the bytes to a function decode…')
  expect(() => page.readFileSync('x')).toThrow('a file needs Node')
  expect(() => page.processHere.kill(1, 0)).toThrow('a process needs Node')
})

test('the event loop turns, and identifiers differ', async () => {
  let turns = 0
  setImmediate(() => turns++)
  await page.turn()
  await page.turn()
  expect(turns).toBe(1)
  expect(page.randomUUID()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(page.randomUUID()).not.toBe(page.randomUUID())
})

test('bytes survive as the text that the package holds of wasm', () => {
  for (const each of [bytes, text, Uint8Array.from({ length: 256 }, (_, i) => i), new Uint8Array(0)]) {
    expect(Buffer.from(unpacked(packed(each))).equals(each)).toBe(true)
    expect(packed(each)).not.toMatch(/[^!-~]|["'`\\$<]/)
  }
})
