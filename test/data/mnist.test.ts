import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { DataError, loadMnist, type MnistOptions } from '../../src/data/index.ts'
import { isOnHeap } from '../../src/kernels/index.ts'
import { decode, gather, range, type Tensor } from '../../src/tensor/index.ts'
import { idxFile, message, newFolder, packed, right, webPage } from './support.ts'

const names = {
  trainX: 'train-images-idx3-ubyte',
  trainY: 'train-labels-idx1-ubyte',
  testX: 't10k-images-idx3-ubyte',
  testY: 't10k-labels-idx1-ubyte',
} as const

const good = {
  trainX: idxFile([3, 2, 2], [0, 51, 102, 255, 4, 5, 6, 7, 8, 9, 10, 11]),
  trainY: idxFile([3], [7, 0, 9]),
  testX: idxFile([1, 2, 2]),
  testY: idxFile([1], [1]),
}

/** A folder with the four files, some of them replaced or left out. */
const folderWith = (changes: Partial<Record<keyof typeof names, Uint8Array | undefined>> = {}): string => {
  const folder = newFolder()
  for (const [which, bytes] of Object.entries({ ...good, ...changes })) {
    if (bytes !== undefined) writeFileSync(join(folder, `${names[which as keyof typeof names]}.gz`), packed(bytes))
  }
  return folder
}

describe('loadMnist from a folder', () => {
  it('gives flat rows from 0 to 1 and class indices unless asked otherwise', async () => {
    const { name, numClasses, train, test } = right(await loadMnist({ dir: folderWith() })())
    expect([name, numClasses, train.x.shape, test.x.shape]).toEqual(['mnist', 10, [3, 4], [1, 4]])
    const firstRow = decode(train.x).data.subarray(0, 4)
    const expected = [0, 0.2, 0.4, 1]
    for (const [i, value] of expected.entries()) expect(firstRow[i]).toBeCloseTo(value, 6)
    expect([...train.y]).toEqual([7, 0, 9])
    expect([...test.y]).toEqual([1])
    expectTypeOf(train.y).toEqualTypeOf<Int32Array>()
  })

  it('gives bytes, images and one-hot rows when asked', async () => {
    const options = { dir: folderWith(), normalize: false, flatten: false, oneHot: true } as const
    const { train } = right(await loadMnist(options)())
    expectTypeOf(train.y).toEqualTypeOf<Tensor>()
    expect(train.x.shape).toEqual([3, 1, 2, 2])
    expect(gather(train.x, range(0, 1))).toEqual({ shape: [1, 1, 2, 2], data: Float32Array.from([0, 51, 102, 255]) })
    expect(train.y.shape).toEqual([3, 10])
    expect(train.y.data.indexOf(1)).toBe(7)
  })

  it('refuses a misspelt option also when it is compiled', () => {
    // @ts-expect-error
    const misspelt = (): unknown => loadMnist({ oneHot: true, nomalize: false })
    expect(misspelt).not.toThrow()
  })

  it('puts images and labels on the shared heap', async () => {
    const { train } = right(await loadMnist({ dir: folderWith() })())
    expect(isOnHeap(train.x.data)).toBe(true)
    expect(train.x.data.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(isOnHeap(train.y)).toBe(true)
  })

  it('takes files without .gz, with .idx, and is not misled by a folder of the name', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, names.trainX))
    writeFileSync(join(folder, 'train-images.idx3-ubyte'), good.trainX)
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), good.trainY)
    writeFileSync(join(folder, 't10k-images.idx3-ubyte.gz'), packed(good.testX))
    writeFileSync(join(folder, 't10k-labels-idx1-ubyte.gz'), good.testY)
    expect([...right(await loadMnist({ dir: folder })()).train.y]).toEqual([7, 0, 9])
  })

  const refused = async (changes: Parameters<typeof folderWith>[0]): Promise<{ said: string; at: typeof names }> => {
    const dir = folderWith(changes)
    const paths = Object.entries(names).map(([which, name]) => [which, join(dir, `${name}.gz`)])
    return { said: message(await loadMnist({ dir })()), at: Object.fromEntries(paths) }
  }

  it('refuses images and labels of different counts', async () => {
    const { said, at } = await refused({ trainY: idxFile([2], [1, 2]) })
    expect(said).toBe(`${at.trainX} holds 3 images, but ${at.trainY} holds 2 labels; take both from the same data set`)
  })

  it('refuses a label above 9', async () => {
    const { said, at } = await refused({ testY: idxFile([1], [10]) })
    expect(said).toBe(`${at.testY}: labels are 0 … 9, but row 0 has 10`)
  })

  it('refuses train and test images of different size', async () => {
    const { said, at } = await refused({ testX: idxFile([1, 1, 4]) })
    expect(said).toBe(
      `${at.trainX} holds images of 2 × 2 pixels, but ${at.testX} of 1 × 4; take both from the same data set`,
    )
  })

  it('refuses labels in the place of images, images in the place of labels, and no images', async () => {
    expect((await refused({ trainX: good.trainY })).said).toContain(
      'images have 3 axes (count, height, width), but this file has 1',
    )
    expect((await refused({ trainY: good.trainX })).said).toContain('labels have 1 axis, but this file has 3')
    expect((await refused({ trainX: idxFile([0, 2, 2]), trainY: idxFile([0]) })).said).toContain('it holds no image')
  })

  it('refuses a web page and a wrong magic number, by the name of the file', async () => {
    const page = await refused({ testX: webPage })
    expect(page.said).toContain(`${page.at.testX}: an IDX file is expected, but this is a web page`)
    const other = await refused({ testX: Buffer.from('PK\x03\x04 a zip') })
    expect(other.said).toContain(`${other.at.testX}: an IDX file is expected, but this is a zip archive; unpack it`)
  })

  it('names the files that are missing, and never looks elsewhere', async () => {
    const dir = folderWith({ trainY: undefined, testX: undefined })
    const mirrors = ['http://127.0.0.1:1/']
    expect(message(await loadMnist({ dir, mirrors })())).toBe(
      `${dir}: there is no train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz here ` +
        '(nor unpacked, nor spelt train-labels.idx1-ubyte);' +
        ' give the folder that holds all four files, or none, and they are downloaded',
    )
  })

  it('says when the folder does not exist or is a file', async () => {
    const folder = newFolder()
    expect(message(await loadMnist({ dir: join(folder, 'none') })())).toContain('there is no such folder')
    writeFileSync(join(folder, 'file'), '')
    expect(message(await loadMnist({ dir: join(folder, 'file') })())).toContain(
      'this is a file (empty; get it again); dir is the folder that holds train-images',
    )
  })
})

describe('loadMnist without a folder', () => {
  it('looks in its folder of the cache', async () => {
    const cacheDir = newFolder()
    for (const [dataset, folder] of [
      ['mnist', 'mnist'],
      ['fashion', 'fashion-mnist'],
    ] as const) {
      const said = message(await loadMnist({ cacheDir, dataset, download: false })())
      expect(said).toContain(
        `there is no ${join(cacheDir, folder, 'train-images-idx3-ubyte.gz')}, and downloads are off`,
      )
      expect(said).toContain('the data set strokes (--data strokes in the experiments) needs no files')
    }
  })

  it('without network and data says how to get them', async () => {
    const cacheDir = newFolder()
    const said = message(await loadMnist({ cacheDir, mirrors: ['http://127.0.0.1:1/'] })())
    expect(said).toContain('cannot be downloaded (http://127.0.0.1:1/: the connection is refused')
    expect(said).toContain(`put them into ${join(cacheDir, 'mnist')}; the data set strokes`)
  })
})

describe("loadMnist's options", () => {
  const wrong = async (options: Record<string, unknown>): Promise<string> => {
    const result = await loadMnist(options as MnistOptions)()
    expect('left' in result && result.left).toBeInstanceOf(DataError)
    return message(result)
  }

  it('suggests the nearest name', async () => {
    expect(await wrong({ nomalize: true })).toBe("loadMnist: unknown option 'nomalize'; did you mean 'normalize'?")
  })

  it('refuses wrong values', async () => {
    expect(await wrong({ dataset: 'fasion' })).toContain("dataset must be one of 'mnist', 'fashion', but got 'fasion'")
    expect(await wrong({ timeout: Number.NaN })).toContain('timeout must be a number > 0, but got NaN')
    expect(await wrong({ mirrors: ['ftp://a/'] })).toContain('each an address that begins with http:// or https://')
    expect(await wrong({ dir: '' })).toContain('dir must be a text that is not empty')
    expect(await wrong({ flatten: 'yes' })).toContain("flatten must be true or false, but got 'yes'")
    expect(await wrong({ onProgress: 1 })).toContain('onProgress must be a function')
  })
})
