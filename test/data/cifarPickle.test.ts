import { copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseBatch, pickledBatch } from '../../src/data/cifar10/cifarBatch.ts'
import { CIFAR10_COLUMNS, cifar100Source } from '../../src/data/cifar10/cifarFiles.ts'
import { assembleCifar } from '../../src/data/cifar10/cifarSplits.ts'
import { decodeCifarPickle, loadCifar10, loadCifar100 } from '../../src/data/index.ts'
import { fixture, path } from './fixtures.ts'
import { message, newFolder, packed, right } from './support.ts'

const refused = (bytes: Uint8Array): string => message(decodeCifarPickle('f', bytes))

describe('decodeCifarPickle', () => {
  it("gives the records of CIFAR-10's binary version", () => {
    const records = fixture('cifar10/data_batch_1.bin')
    const form = { count: 3, columns: CIFAR10_COLUMNS }
    const binary = right(parseBatch('f', records, form))
    for (const file of ['cifar10/data_batch_1', 'cifar10/fortran']) {
      const batch = right(pickledBatch('f', fixture(file), form))
      expect(Buffer.from(batch.records).equals(Buffer.from(binary.records)), file).toBe(true)
    }
  })

  it("gives the records of CIFAR-100's, with coarse and fine labels", () => {
    const form = { count: 2, columns: cifar100Source.columns }
    const binary = right(parseBatch('f', fixture('cifar100/train.bin'), form))
    const batch = right(pickledBatch('f', fixture('cifar100/train'), form))
    expect(Buffer.from(batch.records).equals(Buffer.from(binary.records))).toBe(true)
    const { labels, count } = right(decodeCifarPickle('f', fixture('cifar100/train')))
    expect([count, Object.keys(labels)]).toEqual([2, ['fine_labels', 'coarse_labels']])
    const options = { numTraining: 1, numValidation: 1, numTest: 0, preprocess: 'none' } as const
    expect([0, 1].map((column) => [...assembleCifar([batch], [], column, options).train.y])).toEqual([
      [labels.coarse_labels?.[0]],
      [labels.fine_labels?.[0]],
    ])
  })

  it('reads lists of more than a thousand items, of which one is left', () => {
    const { count, labels, pixels } = right(decodeCifarPickle('f', gunzipSync(fixture('cifar10/long.gz'))))
    expect([count, pixels.length, labels.labels?.length, labels.labels?.[1000]]).toEqual([1001, 1001 * 3072, 1001, 0])
  })

  it('runs nothing and reads no other pickle', () => {
    expect(refused(fixture('evil.pickle'))).toContain(
      "is expected; of pickles only the layout of CIFAR's own batches is read, since a pickle can run anything; get the archive again",
    )
    expect(refused(fixture('protocol4.pickle'))).toContain(
      'at byte 0, a pickle of protocol 2 that holds a dictionary is expected',
    )
    expect(refused(packed(fixture('cifar10/data_batch_1')))).toContain('but this is packed by gzip; unpack it')
    expect(refused(new Uint8Array())).toContain('but this is empty; get it again')
  })

  it('refuses each truncation', () => {
    const whole = fixture('cifar100/train')
    for (let length = 1; length < whole.length; length += length > 250 && length < 6300 ? 97 : 1) {
      expect(refused(whole.subarray(0, length)), String(length)).toContain('it is truncated; get it again')
    }
    expect(refused(Buffer.concat([whole, Buffer.from('.')]))).toContain('the end of the file is expected')
  })

  it('refuses counts that do not fit, and labels of another set', () => {
    const bytes = Buffer.from(fixture('cifar10/data_batch_1'))
    const at = bytes.indexOf('(K\x01K\x03M') + 4
    bytes[at] = 2
    expect(refused(bytes)).toBe(
      'f: its pictures have shape (2, 3072) and 9216 bytes, but 3072 each are expected; get the file again',
    )
    const form = { count: 2, columns: CIFAR10_COLUMNS }
    expect(message(pickledBatch('f', fixture('cifar100/train'), form))).toBe(
      'f: it must hold 2 images with labels, but holds 2 with fine_labels and coarse_labels; is it the right file?',
    )
  })
})

describe('the Python version', () => {
  const load = async (dir: string): Promise<string> => message(await loadCifar10({ dir })())
  const names = ['data_batch_1', 'data_batch_2', 'data_batch_3', 'data_batch_4', 'data_batch_5', 'test_batch']
  const small = 'data_batch_1: it must hold 10000 images with labels, but holds 3 with labels; is it the right file?'

  const folderWith = (folder: string, files: readonly string[] = names): string => {
    mkdirSync(folder, { recursive: true })
    for (const name of files) copyFileSync(path('cifar10/data_batch_1'), join(folder, name))
    return folder
  }

  it('is found in its folder, in the folder above, and in its archive, which a browser may have unpacked to a tar', async () => {
    const outer = newFolder()
    const inner = folderWith(join(outer, 'cifar-10-batches-py'))
    for (const dir of [inner, outer]) expect(await load(dir)).toBe(`${join(inner, small)}`)
    expect(await load(join(inner, 'test_batch'))).toContain('this is one of the files; give the folder that holds them')
    // Of CIFAR-100, since the genuine format has small archives only here.
    const expected = 'train: it must hold 50000 images with coarse_labels and fine_labels, but holds 2 with'
    const archive = path('cifar100/cifar-100-python.tar.gz')
    expect(message(await loadCifar100({ dir: archive })())).toContain(expected)
    const unpacked = join(newFolder(), 'cifar-100-python.tar')
    writeFileSync(unpacked, gunzipSync(fixture('cifar100/cifar-100-python.tar.gz')))
    for (const dir of [unpacked, join(unpacked, '..')])
      expect(message(await loadCifar100({ dir })())).toContain(expected)
    truncateSync(unpacked, 5000)
    expect(message(await loadCifar100({ dir: unpacked })())).toContain('the archive is truncated; get it again')
  })

  it('names what is missing of a half-unpacked archive, and what was cut off', async () => {
    const half = folderWith(newFolder(), names.slice(0, 4))
    expect(await load(half)).toBe(
      `${half}: there is no data_batch_5, test_batch here; give the folder that holds all six files of the binary or of the Python version, ` +
        'or cifar-10-binary.tar.gz, or cifar-10-python.tar.gz',
    )
    const cut = folderWith(newFolder())
    truncateSync(join(cut, 'data_batch_1'), 4000)
    expect(await load(cut)).toContain(
      'data_batch_1: the file ends after 4000 bytes, where a block of pixels is expected',
    )
  })

  it('CIFAR-100 tells its files and options', async () => {
    const folder = newFolder()
    expect(message(await loadCifar100({ dir: folder })())).toContain(
      'there is no train.bin, test.bin here; give the folder that holds both files of the binary or of the Python version, or cifar-100-binary.tar.gz',
    )
    copyFileSync(path('cifar100/train.bin'), join(folder, 'train.bin'))
    copyFileSync(path('cifar100/train.bin'), join(folder, 'test.bin'))
    expect(message(await loadCifar100({ dir: folder })())).toContain(
      'a batch of 50000 images has 153700000 bytes (50000 × 3074), but this has 6148',
    )
    expect(message(await loadCifar100({ labels: 'corse' as never })())).toContain(
      "but got 'corse'; did you mean 'coarse'?",
    )
    expect(message(await loadCifar100({ numTest: 10_001 })())).toContain('loadCifar100: numTest must be at most 10000')
    expect(message(await loadCifar100({ cacheDir: folder, download: false })())).toContain(
      `there is no ${join(folder, 'cifar-100-binary', 'cifar-100-binary.tar.gz')}, and downloads are off`,
    )
  })

  it('a label that is no class is told by its column', () => {
    const bytes = Buffer.from(fixture('cifar100/train.bin'))
    bytes[3074] = 20
    expect(message(parseBatch('f', bytes, { count: 2, columns: cifar100Source.columns }))).toContain(
      'f: coarse labels are 0 … 19, but record 1 (at byte 3074) has 20',
    )
  })
})
