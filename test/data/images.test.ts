import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it, test } from 'vitest'
import {
  DataError,
  decodePicture,
  type ImageProgress,
  loadImages,
  loadPicture,
  type Picture,
  resizePicture,
} from '../../src/data/index.ts'
import { isOnHeap } from '../../src/kernels/index.ts'
import { chunk, png } from '../formats/png.ts'
import { fixture as python } from '../formats/support.ts'
import { fixture, path, told } from './fixtures.ts'
import { message, newFolder, right } from './support.ts'

const refused = (bytes: Uint8Array): string => message(decodePicture('f', bytes))

const differences = (
  ours: Uint8Array,
  theirs: readonly number[],
): { readonly worst: number; readonly mean: number } => {
  expect(ours.length).toBe(theirs.length)
  const all = theirs.map((value, i) => Math.abs(value - (ours[i] as number)))
  return { worst: Math.max(...all), mean: all.reduce((sum, v) => sum + v, 0) / all.length }
}

describe('PNG', () => {
  type Told = Readonly<Record<string, { readonly grey: number[]; readonly rgb: number[] }>>
  const pictures = JSON.parse(new TextDecoder().decode(python('pictures.json'))) as Told

  test.each(Object.keys(pictures))('%s has the pixels that Pillow sees, within 1 for rounding', (name) => {
    const bytes = python(`picture-${name}.png`)
    for (const [channels, expected] of [
      [1, pictures[name]?.grey],
      [3, pictures[name]?.rgb],
    ] as const) {
      const { data, height, width } = right(decodePicture(name, bytes, { channels }))
      expect([height, width]).toEqual([4, 5])
      expect(differences(data, expected ?? []).worst).toBeLessThanOrEqual(1)
    }
    const isGrey = /grey|bilevel/.test(name)
    expect(right(decodePicture(name, bytes)).channels).toBe(isGrey ? 1 : 3)
  })

  test('every truncation and every flipped bit: an error or pixels', () => {
    const sound = python('picture-palette.png')
    for (let length = 0; length < sound.length; length++) refused(sound.subarray(0, length))
    for (let bit = 64; bit < 8 * sound.length; bit++) {
      const flipped = Uint8Array.from(sound)
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      const result = decodePicture('f', flipped, { channels: 1 })
      if (E.isRight(result)) expect(result.right.data).toHaveLength(result.right.height * result.right.width)
      else expect(result.left).toBeInstanceOf(DataError)
    }
  })

  test.each<readonly [string, Buffer, string]>([
    ['a size of 2^31', png(2 ** 31, 2 ** 31, new Uint8Array(8)), 'promises 2147483648×2147483648 pixels, which its '],
    ['a bomb', png(2, 2, new Uint8Array(2 ** 24)), 'Cannot create a Buffer larger than'],
    ['too few rows', png(2, 4, new Uint8Array(3)), 'it has fewer rows than it says'],
    ['no pixel', png(0, 2, new Uint8Array(3)), 'it has no pixel; get it again'],
  ])('%s', (_, bytes, expected) => {
    expect(refused(bytes)).toContain(expected)
  })

  test('a second header and a packed colour profile are not looked at', () => {
    const second = png(9, 9, new Uint8Array(0)).subarray(8, 33)
    const profile = chunk('iCCP', Buffer.concat([Buffer.from('p\0\0', 'latin1'), deflateSync(new Uint8Array(2 ** 24))]))
    const bytes = png(2, 2, new Uint8Array([0, 1, 2, 0, 3, 4]), second, profile)
    expect([...right(decodePicture('f', bytes)).data]).toEqual([1, 2, 3, 4])
  })
})

const pillow = told<{ readonly jpeg: Record<string, number[]>; readonly resized: Record<string, number[]> }>(
  'pictures.json',
)

describe('JPEG', () => {
  // The decoder does not smooth colours that are kept at half the size, where libjpeg does.
  test.each([
    ['444', 3],
    ['grey', 2],
    ['420', 20],
    ['progressive', 20],
    ['magick', 20],
    ['turned', 20],
    ['cmyk', 8],
  ] as const)('%s has the pixels that Pillow sees', (name, most) => {
    const { data, height, width } = right(decodePicture(name, fixture(`jpeg/${name}.jpg`), { channels: 3 }))
    expect([height, width]).toEqual([18, 21])
    const { worst, mean } = differences(data, pillow.jpeg[name] ?? [])
    expect(worst).toBeLessThanOrEqual(most)
    expect(mean).toBeLessThan(5)
  })

  test('every truncation is an error, every flipped bit an error or a picture', () => {
    const sound = fixture('jpeg/progressive.jpg')
    for (let length = 0; length < sound.length; length++) refused(sound.subarray(0, length))
    for (let bit = 24; bit < 8 * sound.length; bit += 5) {
      const flipped = Uint8Array.from(sound)
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7))
      const result = decodePicture('f', flipped)
      if (E.isRight(result)) expect(result.right.data.length).toBeGreaterThan(0)
      else expect(result.left).toBeInstanceOf(DataError)
    }
  })

  test('a size that the bytes do not hold, another kind of frame, hundreds of scans', () => {
    const bytes = Buffer.from(fixture('jpeg/grey.jpg'))
    const at = bytes.indexOf(Buffer.from([0xff, 0xc0]))
    const changed = (place: number, value: number): Buffer => {
      const copy = Buffer.from(bytes)
      copy[place] = value
      return copy
    }
    expect(refused(changed(at + 5, 255))).toMatch(/promises 21×65298 pixels, which its \d+ bytes do not hold/)
    expect(refused(changed(at + 1, 0xc9))).toContain('packed without loss or by arithmetic codes, which is not read')
    const scan = Buffer.from([0xff, 0xda, 0, 2])
    const many = Buffer.concat([bytes.subarray(0, -2), ...Array.from({ length: 200 }, () => scan), bytes.subarray(-2)])
    expect(refused(many)).toContain('it has 201 scans, but at most 100 are read')
  })

  test('other kinds of pictures and files', () => {
    expect(refused(Buffer.from('GIF89a....'))).toBe(
      'f: a PNG or JPEG picture is expected, but this is a GIF picture; convert it to PNG, e.g. magick picture picture.png',
    )
    expect(refused(Buffer.from([7]))).toBe('f: a PNG or JPEG picture is expected; is it the right file?')
  })
})

describe('resizePicture', () => {
  test.each(Object.keys(pillow.resized))('to %s as Pillow does, within 1 for rounding', (size) => {
    const [height = 0, width = 0] = size.split(' ').map(Number)
    const picture = right(decodePicture('420.png', fixture('jpeg/420.png')))
    const resized = resizePicture(picture, [height, width])
    expect([resized.channels, resized.height, resized.width]).toEqual([3, height, width])
    expect(differences(resized.data, pillow.resized[size] ?? []).worst).toBeLessThanOrEqual(1)
  })

  test('one side, and what is no size', () => {
    const picture: Picture = { channels: 1, height: 1, width: 1, data: new Uint8Array([7]) }
    expect([...resizePicture(picture, 2).data]).toEqual([7, 7, 7, 7])
    expect(() => resizePicture(picture, 0)).toThrow('resizePicture: size must be pixels of a side, e.g. 64, or')
    expect(() => resizePicture(picture, [1, 2, 3] as never)).toThrow('but got [1, 2, 3]')
  })
})

describe('loadImages', () => {
  const pets = path('pets')
  const load = async (folder: string, options: object = {}): Promise<string> =>
    message(await loadImages(folder, options)())
  const copied = (): string => {
    const folder = newFolder()
    cpSync(pets, folder, { recursive: true })
    return folder
  }

  it('gives bytes by class, sorted, on the heap', async () => {
    const seen: ImageProgress[] = []
    const images = right(await loadImages(pets, { onProgress: (progress) => seen.push(progress) })())
    expect([images.name, images.numClasses, images.classNames, images.x.shape]).toEqual([
      'pets',
      2,
      ['cat', 'dog'],
      [12, 3, 8, 10],
    ])
    expect([...images.y]).toEqual([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    expect([isOnHeap(images.x.data), isOnHeap(images.y), images.x.scale[0]]).toEqual([true, true, Math.fround(1 / 255)])
    expect(images.files[1]).toBe(join(pets, 'cat', 'cat1.jpg'))
    expect(images.skipped).toEqual([join(pets, 'cat', 'notes.txt')])
    expect(seen.map(({ done, total }) => [done, total])).toEqual(Array.from({ length: 12 }, (_, i) => [i + 1, 12]))
    const seventh = right(await loadPicture(images.files[7] as string)())
    expect([...images.x.data.subarray(7 * 240, 8 * 240)]).toEqual([...seventh.data])
    // What each class is made of: more red, more blue.
    const mean = (row: number, plane: number) =>
      images.x.data.subarray(row * 240 + plane * 80, row * 240 + (plane + 1) * 80).reduce((a, b) => a + b, 0) / 80
    for (let row = 0; row < 12; row++) expect(mean(row, 0) > mean(row, 2)).toBe(row < 6)
  })

  it('resizes, takes grey, and keeps bytes from 0 to 255', async () => {
    const { x } = right(await loadImages(pets, { size: [4, 6], channels: 1, normalize: false })())
    expect([x.shape, x.scale[0]]).toEqual([[12, 1, 4, 6], 1])
    const file = join(pets, 'cat', 'cat0.png')
    const first = right(await loadPicture(file, { size: [4, 6], channels: 1 })())
    expect([...x.data.subarray(0, 24)]).toEqual([...first.data])
  })

  it('grey pictures have one plane', async () => {
    const folder = newFolder()
    for (const name of ['a', 'b']) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, '0.png'), png(2, 2, new Uint8Array([0, 1, 2, 0, 3, 4])))
    }
    expect(right(await loadImages(folder)()).x.shape).toEqual([2, 1, 2, 2])
  })

  it('takes the classes of the training pictures for a folder that lacks one', async () => {
    const folder = copied()
    rmSync(join(folder, 'cat'), { recursive: true })
    expect([...right(await loadImages(folder, { classNames: ['bird', 'cat', 'dog'] })()).y]).toEqual(Array(6).fill(2))
    expect(await load(folder, { classNames: ['cat', 'dogs'] })).toBe(
      `${join(folder, 'dog')}: there is no class "dog" in classNames; did you mean "dogs"?`,
    )
  })

  it('refuses a picture of another size, and says how to resize all', async () => {
    const folder = copied()
    copyFileSync(path('jpeg/420.jpg'), join(folder, 'dog', 'other.jpg'))
    expect(await load(folder)).toBe(
      `${join(folder, 'dog', 'other.jpg')}: it has 21×18 pixels, but cat0.png has 10×8; resize all, e.g. { size: 8 }`,
    )
    expect(right(await loadImages(folder, { size: 5 })()).x.shape).toEqual([13, 3, 5, 5])
  })

  it('refuses an empty folder, one without classes, an empty class and folders in folders', async () => {
    const empty = newFolder()
    expect(await load(empty)).toBe(
      `${empty}: the folder is empty; give one that holds a folder of pictures for each class`,
    )
    expect(await load(join(pets, 'dog'))).toContain('it holds pictures, but a folder for each class is expected')
    const folder = copied()
    mkdirSync(join(folder, 'bird'))
    expect(await load(folder)).toBe(
      `${join(folder, 'bird')}: it holds no picture (PNG or JPEG); put some into it, or remove the folder`,
    )
    const splits = newFolder()
    for (const name of ['train', 'test']) cpSync(pets, join(splits, name), { recursive: true })
    expect(await load(splits)).toBe(
      `${join(splits, 'test')}: it holds no pictures but folders, "cat", "dog"; if these are the classes, give ${join(splits, 'test')} alone`,
    )
    cpSync(pets, join(folder, 'cat', 'more'), { recursive: true })
    rmSync(join(folder, 'bird'), { recursive: true })
    expect(await load(folder)).toContain('beside pictures it holds folders, "more"; move their pictures up')
    const loose = copied()
    copyFileSync(path('jpeg/420.jpg'), join(loose, 'loose.jpg'))
    expect(await load(loose)).toContain('beside the folders of the classes there are pictures, e.g. "loose.jpg"')
  })

  it('refuses damaged pictures, other kinds, what is no folder, and wrong options', async () => {
    const folder = copied()
    truncateSync(join(folder, 'dog', 'dog1.jpg'), 600)
    expect(await load(folder)).toContain(`${join(folder, 'dog', 'dog1.jpg')}: the file is truncated; get it again`)
    truncateSync(join(folder, 'dog', 'dog1.jpg'), 0)
    expect(await load(folder)).toContain('a PNG or JPEG picture is expected, but this is empty; get it again')
    writeFileSync(join(folder, 'dog', 'dog1.jpg'), 'RIFF\0\0\0\0WEBPVP8 ', 'latin1')
    expect(await load(folder)).toContain('but this is a WebP picture; convert it to PNG')
    expect(await load(join(folder, 'none'))).toContain('there is no such folder (ENOENT)')
    expect(await load(path('pets/cat/cat0.png'))).toContain('this is a file, not a folder; give the folder that holds')
    expect(await load(pets, { sise: 3 })).toBe("loadImages: unknown option 'sise'; did you mean 'size'?")
    expect(await load(pets, { size: 2.5 })).toContain('size must be pixels of a side, e.g. 64, or [height, width]')
    expect(await load(pets, { channels: 4 })).toContain('channels must be 1 (grey) or 3 (red, green, blue), but got 4')
    expect(await load(undefined as never)).toContain('folder is the path of a folder, but got undefined')
    expect(await load(pets, { size: 16384 })).toContain(
      'there is no room for 12 pictures of 3×16384×16384 bytes; give a smaller size',
    )
  })

  it('hidden files and folders are not looked at', async () => {
    const folder = copied()
    mkdirSync(join(folder, '.ipynb_checkpoints'))
    writeFileSync(join(folder, 'cat', '.DS_Store'), '')
    expect(right(await loadImages(folder)()).skipped).toHaveLength(1)
    expect(readFileSync(join(folder, 'cat', 'cat0.png')).length).toBeGreaterThan(0)
  })
})
