import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Picture } from '../../src/report/page/picture.ts'
import { encodePng } from '../../src/report/page/png.ts'
import { exampleImage, imageShapeOf, weightImage } from '../../src/report/run/pictures.ts'
import { bytes, tensor } from '../../src/tensor/index.ts'

// CRC-32 as the PNG specification's appendix has it, bit by bit.
const crc = (data: Uint8Array): number => {
  let c = 0xffffffff
  for (const byte of data) {
    c ^= byte
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  }
  return (c ^ 0xffffffff) >>> 0
}

/** Chunks by type, after their checksums were found right. */
const chunksOf = (png: Buffer): Map<string, Buffer> => {
  expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10])
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    const type = png.toString('latin1', at + 4, at + 8)
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc(png.subarray(at + 4, at + 8 + length)))
    chunks.set(type, png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  return chunks
}

describe('png', () => {
  test.each<[string, Picture, number[], number[]]>([
    [
      'grey',
      { width: 3, height: 2, channels: 1, pixels: new Uint8Array([0, 1, 2, 253, 254, 255]) },
      [8, 0, 0, 0, 0],
      [0, 0, 1, 2, 0, 253, 254, 255],
    ],
    [
      'colour',
      { width: 1, height: 2, channels: 3, pixels: new Uint8Array([1, 2, 3, 4, 5, 6]) },
      [8, 2, 0, 0, 0],
      [0, 1, 2, 3, 0, 4, 5, 6],
    ],
  ])('%s', (_, picture, form, rows) => {
    const chunks = chunksOf(Buffer.from(encodePng(picture)))
    expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND'])
    const header = chunks.get('IHDR') as Buffer
    expect([header.readUInt32BE(0), header.readUInt32BE(4), ...header.subarray(8)]).toEqual([
      picture.width,
      picture.height,
      ...form,
    ])
    expect([...inflateSync(chunks.get('IDAT') as Buffer)]).toEqual(rows)
  })
})

describe('what is an image', () => {
  test.each<[number[], readonly number[] | undefined]>([
    [[784], [1, 28, 28]],
    [
      [1, 28, 28],
      [1, 28, 28],
    ],
    [
      [28, 28],
      [1, 28, 28],
    ],
    [[3072], [3, 32, 32]],
    [
      [3, 32, 32],
      [3, 32, 32],
    ],
    [
      [3, 16, 24],
      [3, 16, 24],
    ],
    [[4], undefined],
    [[49], undefined],
    [[100, 3], undefined],
    [[785], undefined],
    [[2, 28, 28], undefined],
    [[], undefined],
  ])('%j', (shape, image) => {
    expect(imageShapeOf(shape)).toEqual(image)
  })
})

describe('pixels', () => {
  test('bytes are shown as they are, whatever they stand for', () => {
    const rows = bytes([2, 4], new Uint8Array([9, 9, 9, 9, 0, 10, 200, 255]), 100, 1 / 64)
    expect([...exampleImage(rows, 1, [1, 2, 2]).pixels]).toEqual([0, 10, 200, 255])
  })

  test('planes of colour become pixels', () => {
    const rows = bytes([1, 6], new Uint8Array([1, 2, 3, 4, 5, 6]))
    expect([...exampleImage(rows, 0, [3, 1, 2]).pixels]).toEqual([1, 3, 5, 2, 4, 6])
  })

  test('numbers go from the smallest to the largest; flat ones are black', () => {
    expect([...exampleImage(tensor([1, 4], [-1, 0, 0.5, 1]), 0, [1, 2, 2]).pixels]).toEqual([0, 128, 191, 255])
    expect([...exampleImage(tensor([1, 4], [3, 3, 3, 3]), 0, [1, 2, 2]).pixels]).toEqual([0, 0, 0, 0])
  })

  test('a weight of 0 is middle grey', () => {
    const weights = [-2, 0, 1, 2]
    expect([...weightImage((i) => weights[i] as number, [1, 2, 2]).pixels]).toEqual([0, 128, 191, 255])
    expect([...weightImage(() => 0, [1, 2, 2]).pixels]).toEqual([128, 128, 128, 128])
  })
})
