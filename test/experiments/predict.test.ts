import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { pixelsOf } from '../../experiments/support/pixels.ts'
import { loadPicture } from '../../src/data/index.ts'
import { orThrow } from '../../src/errors/index.ts'

const root = join(import.meta.dirname, '..', '..')
const fixtures = join(root, 'test', 'formats', 'fixtures')
const folder = mkdtempSync(join(tmpdir(), 'cachegrad-predict-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('pictures', () => {
  test('one of another size is resized, and that is said', async () => {
    const path = join(fixtures, 'picture-rgb.png')
    const notes: string[] = []
    const pixels = await pixelsOf(path, 0, [1, 2, 2], (text) => notes.push(text))
    expect(pixels).toEqual(orThrow(await loadPicture(path, { channels: 1, size: 2 })()).data)
    expect(notes).toEqual([`${path} has 5×4 pixels, and is resized to the 2×2 that the net takes`])
  })

  test('one of its size is taken as it is', async () => {
    const path = join(fixtures, 'picture-grey.png')
    const pixels = await pixelsOf(path, 0, [4, 5], () => expect.fail())
    expect(pixels).toHaveLength(20)
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
