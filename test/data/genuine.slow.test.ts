import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createTar } from 'nanotar'
import { expect, it } from 'vitest'
import { cifar10Source } from '../../src/data/cifar10/cifarFiles.ts'
import { loadCifar10, loadMnist } from '../../src/data/index.ts'
import { gather, range, sliceRows } from '../../src/tensor/index.ts'
import { withPython } from '../python.ts'
import { close } from '../support.ts'
import { withData } from '../where.ts'
import { newFolder, right } from './support.ts'

const data = process.env.CACHEGRAD_DATA ?? ''
const names = cifar10Source.batches.map(({ name }) => name)

withData.describe('genuine MNIST', () => {
  it('loads from a folder, and from a cache by its sums', async () => {
    const fromFolder = right(await loadMnist({ dir: join(data, 'mnist') })())
    const fromCache = right(await loadMnist({ cacheDir: data, download: false })())
    for (const { train, test } of [fromFolder, fromCache]) {
      expect([train.x.shape, test.x.shape]).toEqual([
        [60000, 784],
        [10000, 784],
      ])
      expect([...train.y.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
      expect([...test.y.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9])
      // The mean of the training pixels that is known for MNIST: 0.1307.
      expect(train.x.data.reduce((sum, v) => sum + v, 0) / train.x.data.length / 255).toBeCloseTo(0.1307, 4)
    }
  })
})

// The numbers below, NumPy 2.4 in float64:
//   a = np.concatenate([np.fromfile(f'data_batch_{i}.bin', np.uint8).reshape(-1, 3073) for i in range(1, 6)])
//   t = np.fromfile('test_batch.bin', np.uint8).reshape(-1, 3073)
//   a[:10, 0], a[49000:49010, 0], t[:10, 0], a[0, 1:6], a[49000, 1:6], t[0, 1:6]
//   m = a[:49000, 1:].mean(0, dtype=np.float64); m[[0, 1, 1024, 2048, 3071]], m.mean()
//   c = a[:49000, 1:].reshape(-1, 3, 1024).astype(np.float64); c.mean((0, 2)), c.std((0, 2))
withData.describe('genuine CIFAR-10', () => {
  const dir = join(data, 'cifar-10-batches-bin')

  it('loads as cs231n does, from a folder and from a cache', async () => {
    const fromFolder = right(await loadCifar10({ dir })())
    const fromCache = right(await loadCifar10({ cacheDir: data, download: false })())
    for (const { train, val, test } of [fromFolder, fromCache]) {
      expect([train.x.shape, val.x.shape, test.x.shape]).toEqual([
        [49000, 3, 32, 32],
        [1000, 3, 32, 32],
        [1000, 3, 32, 32],
      ])
      expect([...train.y.subarray(0, 10)]).toEqual([6, 9, 9, 4, 1, 1, 2, 7, 8, 3])
      expect([...val.y.subarray(0, 10)]).toEqual([8, 9, 4, 9, 0, 5, 0, 8, 2, 3])
      expect([...test.y.subarray(0, 10)]).toEqual([3, 8, 8, 0, 6, 6, 1, 6, 3, 1])
      expect([...train.x.data.subarray(0, 5)]).toEqual([59, 43, 50, 68, 98])
      expect([...val.x.data.subarray(0, 5)]).toEqual([171, 169, 168, 168, 171])
      expect([...test.x.data.subarray(0, 5)]).toEqual([158, 159, 165, 166, 160])
      // cs231n's assignment 1 prints the mean of its first pixel too: 130.64189796 135.98173469 132.47391837.
      const places = [0, 1, 1024, 2048, 3071]
      const means = [130.64189795918367, 130.05569387755102, 135.98173469387754, 132.47391836734693, 114.39957142857143]
      close(
        places.map((j) => train.x.mean[j] as number),
        means,
        1e-7,
      )
      expect(train.x.mean.reduce((a, b) => a + b, 0) / 3072).toBeCloseTo(120.68958305431549, 5)
      close(gather(train.x, range(0, 1)).data.slice(0, 1), [59 - 130.64189795918367], 1e-6)
    }
  }, 60_000)

  it('standardizes by the numbers that NumPy gives, and by the published ones for all 50,000', async () => {
    const per = (values: Float32Array): readonly number[] => [0, 1, 2].map((plane) => values[plane * 1024] as number)
    const { train } = right(await loadCifar10({ dir, preprocess: 'standardize' })())
    close(per(train.x.mean), [125.28544214365434, 122.93411286272321, 113.84919415656887], 1e-7)
    const deviations = [62.99359338978929, 62.0951271177296, 66.70597238731183]
    close(
      per(train.x.scale),
      deviations.map((std) => 1 / std),
      1e-7,
    )
    const form = { dir, preprocess: 'standardize', numTraining: 50_000, numValidation: 0, numTest: null } as const
    const all = right(await loadCifar10(form)())
    expect(per(all.train.x.mean).map((mean) => (mean / 255).toFixed(4))).toEqual(['0.4914', '0.4822', '0.4465'])
    expect(per(all.train.x.scale).map((scale) => (1 / scale / 255).toFixed(4))).toEqual(['0.2470', '0.2435', '0.2616'])
    for (const [y, count] of [
      [all.train.y, 5000],
      [all.test.y, 1000],
    ] as const) {
      const counts = new Array<number>(10).fill(0)
      for (const label of y) counts[label] = (counts[label] as number) + 1
      expect(counts).toEqual(new Array(10).fill(count))
    }
    expect(sliceRows(all.test.x, 9999, 10_000).data.length).toBe(3072)
  }, 60_000)

  it('loads from an archive of the genuine files', async () => {
    const path = join(newFolder(), 'own.tar.gz')
    const files = names.map((name) => ({ name: `x/${name}`, data: readFileSync(join(dir, name)) }))
    writeFileSync(path, gzipSync(createTar(files), { level: 0 }))
    const { test } = right(await loadCifar10({ dir: path, numTest: 10, preprocess: 'none' })())
    expect([...test.y]).toEqual([3, 8, 8, 0, 6, 6, 1, 6, 3, 1])
  }, 60_000)

  const python = withPython('numpy')

  python.test(
    'the Python version has the same images, from its folder, from the one above and from its archive',
    { timeout: 180_000 },
    async () => {
      const folder = newFolder()
      const script = join(import.meta.dirname, 'fixtures', 'python2.py')
      expect(python.run([script, dir, folder]).stderr).toBe('')
      const form = { numTraining: 50_000, numValidation: 0, numTest: null, preprocess: 'none' } as const
      const binary = right(await loadCifar10({ dir, ...form })())
      for (const place of [folder, join(folder, 'cifar-10-batches-py'), join(folder, 'cifar-10-python.tar.gz')]) {
        const { train, test } = right(await loadCifar10({ dir: place, ...form })())
        for (const [ours, theirs] of [
          [train, binary.train],
          [test, binary.test],
        ] as const) {
          expect(Buffer.compare(ours.x.data, theirs.x.data), place).toBe(0)
          expect(ours.y).toEqual(theirs.y)
        }
      }
    },
  )
})
