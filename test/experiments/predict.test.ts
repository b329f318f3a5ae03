import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { pixelsOf } from '../../experiments/support/pixels.ts'
import { isPng, pngPixels } from '../../experiments/support/png.ts'
import { chunk, png } from '../formats/png.ts'

const root = join(import.meta.dirname, '..', '..')
const fixtures = join(root, 'test', 'formats', 'fixtures')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-predict-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('pictures', () => {
  type Told = Readonly<Record<string, { readonly grey: number[]; readonly rgb: number[] }>>
  const told = JSON.parse(readFileSync(join(fixtures, 'pictures.json'), 'utf8')) as Told

  test.each(Object.keys(told))('%s has the pixels that Pillow sees, within 1 for rounding', (name) => {
    const bytes = readFileSync(join(fixtures, `picture-${name}.png`))
    expect(isPng(bytes)).toBe(true)
    for (const [channels, expected] of [
      [1, told[name]?.grey],
      [3, told[name]?.rgb],
    ] as const) {
      const pixels = pngPixels(bytes, { channels, height: 4, width: 5 })
      expect(pixels.length).toBe(20 * channels)
      const worst = Math.max(...pixels.map((v, i) => Math.abs(v - (expected?.[i] ?? Number.NaN))))
      expect(worst).toBeLessThanOrEqual(1)
    }
  })

  test('every truncation and every flipped bit: an error or pixels', () => {
    const sound = readFileSync(join(fixtures, 'picture-palette.png'))
    const picture = { channels: 1, height: 4, width: 5 }
    for (let length = 8; length < sound.length; length++) {
      expect(() => pngPixels(sound.subarray(0, length), picture)).toThrow()
    }
    for (let bit = 64; bit < 8 * sound.length; bit++) {
      const flipped = Buffer.from(sound)
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      try {
        expect(pngPixels(flipped, picture)).toHaveLength(20)
      } catch (error) {
        expect(error).toBeInstanceOf(Error)
      }
    }
  })

  const picture = { channels: 1, height: 2, width: 2 }
  test.each<readonly [string, Buffer, string]>([
    ['another size', png(3, 2, new Uint8Array(8)), 'the picture has 3×2 pixels, but the net takes 2×2'],
    ['a size of 2^31', png(2 ** 31, 2 ** 31, new Uint8Array(8)), 'the picture has 2147483648×2147483648 pixels'],
    ['a bomb', png(2, 2, new Uint8Array(2 ** 24)), 'Cannot create a Buffer larger than'],
    ['too few rows', png(2, 2, new Uint8Array(3)), 'Unsupported filter'],
  ])('%s', (_, bytes, message) => {
    expect(() => pngPixels(bytes, picture)).toThrow(message)
  })

  test('a second header and a packed colour profile are not looked at', () => {
    const second = png(9, 9, new Uint8Array(0)).subarray(8, 33)
    const profile = chunk('iCCP', Buffer.concat([Buffer.from('p\0\0', 'latin1'), deflateSync(new Uint8Array(2 ** 24))]))
    const bytes = png(2, 2, new Uint8Array([0, 1, 2, 0, 3, 4]), second, profile)
    expect([...pngPixels(bytes, picture)]).toEqual([1, 2, 3, 4])
  })
})

describe('rows of an IDX file', () => {
  const idx = (...shape: readonly number[]): string => {
    const path = join(folder, shape.join('-'))
    const size = shape.reduce((product, length) => product * length, 1)
    const sizes = shape.flatMap((length) => [0, 0, 0, length])
    writeFileSync(path, Uint8Array.from([0, 0, 8, shape.length, ...sizes, ...Array(size).keys()]))
    return path
  }

  test.each<readonly [readonly number[], readonly number[]]>([
    [
      [2, 2],
      [1, 2, 2],
    ],
    [
      [2, 2],
      [2, 2],
    ],
    [[2, 2], [4]],
    [
      [3, 2, 2],
      [3, 2, 2],
    ],
    [[3, 2, 2], [12]],
    [[5], [5]],
  ])('of shape %j are examples of shape %j', async (row, example) => {
    const size = row.reduce((product, length) => product * length, 1)
    expect([...(await pixelsOf(idx(3, ...row), 1, example))]).toEqual([...Array(size).keys()].map((i) => size + i))
  })

  test('grey pictures are no parts of a picture in colours', async () => {
    await expect(pixelsOf(idx(3, 2, 2), 0, [3, 2, 2])).rejects.toThrow(
      'its rows have shape 2×2, but the net takes 3×2×2',
    )
    await expect(pixelsOf(idx(3, 2, 2), 0, [12])).rejects.toThrow('its rows have shape 2×2, but the net takes 12')
  })

  test('a net that takes no pictures takes no PNG file', async () => {
    await expect(pixelsOf(join(fixtures, 'picture-grey.png'), 0, [5])).rejects.toThrow(
      'are no pictures; give an IDX file',
    )
  })
})
