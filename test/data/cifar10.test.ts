import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createTar } from 'nanotar'
import { describe, expect, it } from 'vitest'
import { parseBatch } from '../../src/data/cifar10/cifarBatch.ts'
import { cifarCache } from '../../src/data/cifar10/cifarCache.ts'
import { CIFAR10_COLUMNS, type CifarFiles, cifar10Source } from '../../src/data/cifar10/cifarFiles.ts'
import { assembleCifar, type CifarForm, type CifarParts } from '../../src/data/cifar10/cifarSplits.ts'
import { type Progress, sha256 } from '../../src/data/files/download.ts'
import { type Cifar10Options, DataError, loadCifar10 } from '../../src/data/index.ts'
import { isOnHeap } from '../../src/kernels/index.ts'
import { decode } from '../../src/tensor/index.ts'
import { breakOff, message, newFolder, noise, packed, right, serve, webPage } from './support.ts'

const RECORD = 3073

/** Batches of so many images. */
const of = (count: number) => ({ count, columns: CIFAR10_COLUMNS })

const names = cifar10Source.batches.map(({ name }) => name)

/** Records whose labels are given; the pixels are any. */
const records = (...labels: readonly number[]): Uint8Array => {
  const bytes = noise(labels.length * RECORD)
  labels.forEach((label, i) => {
    bytes[i * RECORD] = label
  })
  return bytes
}

const batch = (...labels: readonly number[]) => right(parseBatch('f', records(...labels), of(labels.length)))

describe('parseBatch', () => {
  it('takes records of a label and 3072 bytes', () => {
    expect(batch(0, 9)).toEqual({ ...of(2), records: records(0, 9) })
  })

  it('counts missing and extra bytes', () => {
    expect(message(parseBatch('f', records(1, 2).subarray(0, -1), of(2)))).toBe(
      'f: a batch of 2 images has 6146 bytes (2 × 3073), but this has 6145: ' +
        '1 are missing; the file is truncated; get it again',
    )
    expect(message(parseBatch('f', records(1, 2, 3), of(2)))).toContain(
      'but this has 9219: 3073 too many; is it the right',
    )
    expect(message(parseBatch('f', new Uint8Array(), of(10_000)))).toContain(
      'has 30730000 bytes (10000 × 3073), but this has 0',
    )
  })

  it('refuses a label above 9, and says where it is', () => {
    expect(message(parseBatch('f', records(1, 9, 10), of(3)))).toBe(
      'f: labels are 0 … 9, but record 2 (at byte 6146) has 10; the file is damaged or another one; get it again',
    )
  })
})

describe('assembleCifar', () => {
  const training = [batch(0, 1, 2), batch(3, 4)]
  const testing = [batch(5, 6, 7)]
  const assembled = (form: Partial<CifarForm> = {}): CifarParts =>
    assembleCifar(training, testing, 0, {
      ...{ numTraining: 2, numValidation: 2, numTest: 2, preprocess: 'subtractMean' },
      ...form,
    })

  it('splits in the order of the files, across batches, and may leave some out', () => {
    const { train, val, test } = assembled()
    expect([train.y, val.y, test.y].map((y) => [...y])).toEqual([
      [0, 1],
      [2, 3],
      [5, 6],
    ])
    expect([train.x.shape, val.x.shape]).toEqual([
      [2, 3, 32, 32],
      [2, 3, 32, 32],
    ])
    expect(val.x.data.slice(0, 3072)).toEqual(records(0, 1, 2).slice(2 * RECORD + 1))
    expect(val.x.data.slice(3072)).toEqual(records(3).slice(1))
  })

  it('gives all test images for null, and none of a part for 0', () => {
    expect([...assembled({ numTest: null }).test.y]).toEqual([5, 6, 7])
    const { val, test } = assembled({ numValidation: 0, numTest: 0 })
    expect([val.x.shape, val.y.length, test.x.data.length]).toEqual([[0, 3, 32, 32], 0, 0])
  })

  it('puts bytes and labels on the shared heap', () => {
    const { train } = assembled()
    expect(train.x.data.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect([train.x.data, train.y].map(isOnHeap)).toEqual([true, true])
  })

  it('subtracts the mean image of the training part from all', () => {
    const { train, val } = assembled()
    const decoded = decode(train.x).data
    for (let j = 0; j < 3072; j++) {
      expect((decoded[j] as number) + (decoded[3072 + j] as number)).toBeCloseTo(0, 4)
      expect(train.x.mean[j]).toBe(((train.x.data[j] as number) + (train.x.data[3072 + j] as number)) / 2)
    }
    expect(val.x.mean).toBe(train.x.mean)
    expect(decode(val.x).data[7]).toBe((val.x.data[7] as number) - (train.x.mean[7] as number))
  })

  it('standardizes each colour by the training part', () => {
    const { train, test } = assembled({ preprocess: 'standardize', numTraining: 4, numValidation: 0 })
    const decoded = decode(train.x, 'float64').data
    for (const plane of [0, 1, 2]) {
      const values = [0, 1, 2, 3].flatMap((i) => [...decoded.subarray(i * 3072 + plane * 1024).subarray(0, 1024)])
      const mean = values.reduce((a, b) => a + b, 0) / values.length
      expect(mean).toBeCloseTo(0, 5)
      expect(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length).toBeCloseTo(1, 5)
    }
    expect(test.x.scale).toBe(train.x.scale)
  })

  it('makes a colour that is constant 0', () => {
    const grey = records(0)
    grey.fill(90, 1, 1025)
    const parts = [right(parseBatch('f', grey, of(1)))]
    const form = { numTraining: 1, numValidation: 0, numTest: 0, preprocess: 'standardize' } as const
    const { train } = assembleCifar(parts, [], 0, form)
    expect([...decode(train.x).data.subarray(0, 1024)].every((v) => v === 0)).toBe(true)
  })

  it('leaves bytes as they are', () => {
    const { train } = assembled({ preprocess: 'none' })
    expect([...decode(train.x).data]).toEqual([...train.x.data])
  })
})

describe('loadCifar10 from a folder or an archive', () => {
  const length = 10_000 * RECORD
  const load = async (dir: string): Promise<string> => message(await loadCifar10({ dir })())

  /** A folder with files of the right names and any lengths; they take no room on the disk. */
  const folderWith = (lengths: Partial<Record<string, number>>, folder = newFolder()): string => {
    mkdirSync(folder, { recursive: true })
    for (const [name, bytes] of Object.entries(lengths)) {
      writeFileSync(join(folder, name), '')
      truncateSync(join(folder, name), bytes)
    }
    return folder
  }
  const all = Object.fromEntries(names.map((name) => [name, length]))

  it('names the batches that are missing', async () => {
    const dir = folderWith({ ...all })
    const absent = folderWith(Object.fromEntries(names.filter((_, i) => i !== 2 && i !== 5).map((name) => [name, 0])))
    expect(await load(absent)).toBe(
      `${absent}: there is no data_batch_3.bin, test_batch.bin here; ` +
        'give the folder that holds all six files of the binary or of the Python version, or cifar-10-binary.tar.gz, or cifar-10-python.tar.gz',
    )
    expect(await load(join(dir, 'data_batch_1.bin'))).toContain(
      `this is one of the files; give the folder that holds them, ${dir}`,
    )
    expect(await load(join(dir, 'none'))).toContain('there is no such folder or file; give the folder that holds')
    expect(await load(newFolder())).toContain(`there is no ${names.join(', ')} here; give`)
  })

  it('refuses files of another length, and the right length with another content', async () => {
    const short = folderWith({ ...all, 'data_batch_1.bin': length - 1 })
    expect(await load(short)).toContain(
      `${join(short, 'data_batch_1.bin')}: a batch of 10000 images has 30730000 bytes`,
    )
    const long = folderWith({ ...all, 'data_batch_1.bin': length + RECORD })
    expect(await load(long)).toContain('but this has 30733073: 3073 too many; is it the right file?')
    const zeros = folderWith(all)
    expect(await load(zeros)).toMatch(
      /data_batch_1\.bin: its sha256 is [0-9a-f]{8}…, but that of CIFAR-10's data_batch_1\.bin is cee91656…: the file is damaged/,
    )
  })

  it('looks in the folder of the archive too', async () => {
    const outer = newFolder()
    const inner = folderWith({ 'test_batch.bin': 0 }, join(outer, 'cifar-10-batches-bin'))
    expect(await load(outer)).toContain(`${inner}: there is no data_batch_1.bin, `)
  })

  const archived = (bytes: Uint8Array): string => {
    const folder = newFolder()
    writeFileSync(join(folder, 'cifar-10-binary.tar.gz'), bytes)
    return folder
  }

  it('takes an archive by its path or by its folder', async () => {
    const files = names.map((name) => ({ name: `cifar-10-batches-bin/${name}`, data: records(1) }))
    const folder = archived(packed(createTar(files)))
    const path = join(folder, 'cifar-10-binary.tar.gz')
    for (const dir of [folder, path]) {
      expect(await load(dir)).toContain(`${join(path, 'data_batch_1.bin')}: a batch of 10000 images has 30730000 bytes`)
    }
    const four = archived(packed(createTar(files.slice(0, 4))))
    expect(await load(four)).toContain(
      'cifar-10-binary.tar.gz: there is no data_batch_5.bin, test_batch.bin here; give',
    )
  })

  it('refuses an archive that climbs, is cut anywhere, is a web page or unpacks to too much', async () => {
    const files = names.map((name) => ({ name, data: records(1) }))
    const hostile = archived(packed(createTar([...files, { name: '../../.bashrc', data: 'x' }])))
    expect(await load(hostile)).toContain('it holds the path "../../.bashrc", which leads out of its folder')
    expect(readdirSync(hostile)).toEqual(['cifar-10-binary.tar.gz'])

    const tar = createTar(files)
    expect(await load(archived(packed(tar).subarray(0, 2000)))).toContain(
      'the gzip data end too early, after 2000 bytes',
    )
    expect(await load(archived(packed(tar.subarray(0, 9000))))).toContain('the archive is truncated')
    expect(await load(archived(tar.slice(0, 9000)))).toContain('the archive is truncated')
    expect(await load(archived(webPage))).toContain('a tar archive has at least 512 bytes')
    const bomb = archived(gzipSync(new Uint8Array(2 ** 26 + 1), { level: 1 }))
    expect(await load(bomb)).toContain('unpacked it is longer than 67108864 bytes')
  })
})

describe('the cache of CIFAR-10', () => {
  const content = names.map((name, i) => ({ name: `cifar/${name}`, data: noise(200_000 * (i + 1)) }))
  const archive = packed(createTar(content))
  const known: CifarFiles = {
    folder: 'cifar',
    mirrors: [],
    archive: { name: 'cifar.tar.gz', sha256: sha256(archive) },
    batches: content.map(({ data }, i) => ({ name: names[i] as string, sha256: sha256(data) })),
  }
  const cached = (cacheDir: string, mirrors: readonly string[], download = true, onProgress = (_: Progress) => {}) =>
    cifarCache({ ...known, mirrors }, cacheDir, { download, timeout: 5_000, onProgress })()
  const folderIn = (cacheDir: string): string => {
    mkdirSync(join(cacheDir, 'cifar'), { recursive: true })
    return join(cacheDir, 'cifar')
  }

  it('downloads the archive, keeps the batches and not the archive, and asks nobody the second time', async () => {
    const cacheDir = newFolder()
    let requests = 0
    const mirror = await serve((_, response) => {
      requests++
      response.end(archive)
    })
    const first = right(await cached(cacheDir, [mirror]))
    const second = right(await cached(cacheDir, [mirror]))
    expect(requests).toBe(1)
    expect(readdirSync(join(cacheDir, 'cifar')).sort()).toEqual([...names].sort())
    for (const sources of [first, second]) {
      expect(sources.map(({ bytes }) => sha256(bytes))).toEqual(known.batches.map((b) => b.sha256))
    }
    expect(second.map(({ path }) => path)).toEqual(names.map((name) => join(cacheDir, 'cifar', name)))
  })

  it('goes on with a download that broke off', async () => {
    const cacheDir = newFolder()
    const broken = await serve((_, response) => breakOff(response, archive, 2 ** 21))
    expect(message(await cached(cacheDir, [broken]))).toContain('the connection broke off (ECONNRESET)')
    expect(readdirSync(join(cacheDir, 'cifar'))).toEqual(['.cifar.tar.gz.part'])
    const some = readFileSync(join(cacheDir, 'cifar', '.cifar.tar.gz.part')).length
    const mirror = await serve((request, response) => {
      expect(request.headers.range).toBe(`bytes=${some}-`)
      const range = { 'content-range': `bytes ${some}-${archive.length - 1}/${archive.length}` }
      response.writeHead(206, range).end(archive.subarray(some))
    })
    const progress: Progress[] = []
    right(await cached(cacheDir, [mirror], true, (p) => progress.push(p)))
    expect(progress.every(({ received, total }) => received > some && total === archive.length)).toBe(true)
    expect(readdirSync(join(cacheDir, 'cifar')).sort()).toEqual([...names].sort())
  })

  it('takes an archive that lies in its folder, and tells how to put it there', async () => {
    const cacheDir = newFolder()
    const folder = folderIn(cacheDir)
    expect(message(await cached(cacheDir, ['http://127.0.0.1:1/'], false))).toBe(
      `there is no ${join(folder, 'cifar.tar.gz')}, and downloads are off; to get the files by hand, ` +
        `download http://127.0.0.1:1/cifar.tar.gz and put it into ${folder}; ` +
        'or unpack it anywhere and give that folder as the option dir',
    )
    writeFileSync(join(folder, 'cifar.tar.gz'), archive)
    right(await cached(cacheDir, [], false))
    expect(existsSync(join(folder, 'cifar.tar.gz'))).toBe(false)
  })

  it('replaces a damaged batch, and tells of it when it cannot', async () => {
    const cacheDir = newFolder()
    right(await cached(cacheDir, [await serve((_, response) => response.end(archive))]))
    const path = join(cacheDir, 'cifar', 'data_batch_4.bin')
    writeFileSync(path, 'damaged')
    expect(message(await cached(cacheDir, [], false))).toContain(
      `the cached file ${path} is damaged or another one, its sha256 is not that of data_batch_4.bin; there is no `,
    )
    right(await cached(cacheDir, [await serve((_, response) => response.end(archive))]))
    expect(sha256(readFileSync(path))).toBe(known.batches[3]?.sha256)
  })

  it('is looked in when no folder is given', async () => {
    const cacheDir = newFolder()
    expect(message(await loadCifar10({ cacheDir, download: false })())).toContain(
      `there is no ${join(cacheDir, 'cifar-10-batches-bin', 'cifar-10-binary.tar.gz')}, and downloads are off; ` +
        'to get the files by hand, download https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz and put it into',
    )
    expect(message(await loadCifar10({ cacheDir, mirrors: ['http://127.0.0.1:1/'] })())).toContain(
      'cifar-10-binary.tar.gz cannot be downloaded (http://127.0.0.1:1/: the connection is refused',
    )
  })
})

describe("loadCifar10's options", () => {
  const wrong = async (options: Record<string, unknown>): Promise<string> => {
    const result = await loadCifar10({ download: false, cacheDir: '/nowhere', ...options } as Cifar10Options)()
    expect('left' in result && result.left).toBeInstanceOf(DataError)
    return message(result)
  }

  it('suggests the nearest name', async () => {
    expect(await wrong({ numTrain: 5 })).toBe("loadCifar10: unknown option 'numTrain'; did you mean 'numTraining'?")
    expect(await wrong({ preprocess: 'standardise' })).toBe(
      "loadCifar10: preprocess must be one of 'subtractMean', 'standardize', 'none', " +
        "but got 'standardise'; did you mean 'standardize'?",
    )
  })

  it('refuses wrong values before it looks for files', async () => {
    expect(await wrong({ numTraining: 0 })).toContain('numTraining must be an integer ≥ 1, but got 0')
    expect(await wrong({ numTest: 'all' })).toContain("numTest must be an integer ≥ 0 or null, but got 'all'")
    expect(await wrong({ numTraining: 49_500 })).toBe(
      'loadCifar10: numTraining + numValidation must be at most 50000, the images that are not for the test, ' +
        'but got 49500 + 1000',
    )
    expect(await wrong({ numTest: 10_001 })).toContain('numTest must be at most 10000, or null for all, but got 10001')
    expect(await wrong({ numTest: undefined })).toContain('there is no ')
  })
})
