import { copyFileSync, cpSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadMnist, type Mnist } from '../../src/data/index.ts'
import { isBytes } from '../../src/tensor/index.ts'
import { zipFile } from '../fuzz/zipFile.ts'
import { path, told } from './fixtures.ts'
import { idxFile, message, newFolder, right } from './support.ts'

type Half = { readonly x: readonly number[][]; readonly y: readonly number[] }
const sets = told<Readonly<Record<string, { readonly train: Half; readonly test: Half }>>>('sets.json')

const load = async (dir: string, options: object = {}): Promise<Mnist<Int32Array>> =>
  right(await loadMnist({ dir, ...options })())
const refused = async (dir: string, options: object = {}): Promise<string> =>
  message(await loadMnist({ dir, ...options })())

/** The bytes and labels that Python wrote, as bytes. */
const holds = ({ train, test }: Mnist<Int32Array>, name: string): void => {
  for (const [ours, theirs] of [
    [train, sets[name]?.train],
    [test, sets[name]?.test],
  ] as const) {
    expect([...ours.y]).toEqual(theirs?.y)
    expect(isBytes(ours.x)).toBe(true)
    expect(ours.x.shape).toEqual([theirs?.x.length, 12])
    expect([...ours.x.data]).toEqual(theirs?.x.flat())
  }
}

describe('the MNIST family, by content', () => {
  it.each([
    ['MNIST/raw in the folder of torchvision', 'torchvision'],
    ['MNIST/raw itself', 'torchvision/MNIST/raw'],
    ['a dot, and a folder of the own name', 'kaggle'],
    ["Keras's mnist.npz", 'mnist.npz'],
    ['an .npz of any name, with integers of 64 bits and floats', 'wide.npz'],
  ])('%s', async (_, name) => {
    const mnist = await load(path(name))
    holds(mnist, 'mnist')
    expect([mnist.name, mnist.numClasses, mnist.classNames[9]]).toEqual(['mnist', 10, '9'])
  })

  it('a folder that holds mnist.npz', async () => {
    const folder = newFolder()
    copyFileSync(path('mnist.npz'), join(folder, 'mnist.npz'))
    holds(await load(folder), 'mnist')
  })

  it("KMNIST's .npz files", async () => {
    const kmnist = await load(path('kmnist'))
    holds(kmnist, 'kmnist')
    expect([kmnist.name, kmnist.classNames.length, kmnist.classNames[0]]).toEqual(['kmnist', 10, 'お'])
  })

  it('Fashion-MNIST has its names', async () => {
    expect((await load(path('torchvision'), { dataset: 'fashion' })).classNames[9]).toBe('Ankle boot')
  })

  it.each([
    ['letters', 26, 'Z'],
    ['balanced', 47, 't'],
  ] as const)("EMNIST's %s: classes from 0, pictures upright", async (split, classes, last) => {
    const emnist = await load(path('emnist'), { split })
    holds(emnist, `emnist-${split}`)
    expect([emnist.name, emnist.numClasses, emnist.classNames.length, emnist.classNames.at(-1)]).toEqual([
      ...[`emnist-${split}`, classes, classes, last],
    ])
  })

  it('one split needs no name, and one-hot rows have its classes', async () => {
    const folder = newFolder()
    cpSync(path('emnist/gzip'), folder, { recursive: true, filter: (file) => !file.includes('balanced') })
    const { train } = right(await loadMnist({ dir: folder, oneHot: true, flatten: false })())
    expect([train.y.shape, train.x.shape]).toEqual([
      [27, 26],
      [27, 1, 4, 3],
    ])
  })
})

describe('what is near', () => {
  it('several splits, or none of that name', async () => {
    expect(await refused(path('emnist'))).toBe(
      `${path('emnist')}: EMNIST's splits balanced, letters are here; say which, e.g. { split: 'balanced' }`,
    )
    expect(await refused(path('emnist'), { split: 'byclass' })).toBe(
      `${path('emnist')}: split is 'byclass', but there is only balanced, letters here; give the folder that holds emnist-byclass-…`,
    )
    expect(await refused(path('kaggle'), { split: 'letters' })).toContain('but there is no file emnist-… here')
    expect(message(await loadMnist({ split: 'letters' })())).toContain('split is of EMNIST, which is not downloaded')
    expect(message(await loadMnist({ dir: path('emnist'), split: 'leters' as never })())).toContain(
      "got 'leters'; did you mean 'letters'?",
    )
  })

  it('several data sets', async () => {
    const folder = newFolder()
    for (const name of ['MNIST', 'FashionMNIST'])
      cpSync(path('torchvision/MNIST'), join(folder, name), { recursive: true })
    expect(await refused(folder)).toBe(
      `${folder}: there are several data sets, ${join('FashionMNIST', 'raw', 't10k-images-idx3-ubyte')}, ` +
        `${join('MNIST', 'raw', 't10k-images-idx3-ubyte')}; give the folder that holds only the one you mean`,
    )
  })

  it("QMNIST's eight columns", async () => {
    expect(await refused(path('qmnist'))).toContain(
      "this is QMNIST, whose labels have eight columns, the first of which is the class; in Python, numpy.savez('mnist.npz'",
    )
    const folder = newFolder()
    cpSync(path('torchvision/MNIST/raw'), folder, { recursive: true })
    const columns = Buffer.from([0, 0, 12, 2, 0, 0, 0, 12, 0, 0, 0, 8, ...new Uint8Array(12 * 32)])
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), columns)
    expect(await refused(folder)).toContain(
      "but this holds 32-bit integers in eight columns, as QMNIST's labels: the first column is the class",
    )
  })

  it('a part that is missing, by the name of its set', async () => {
    const folder = newFolder()
    copyFileSync(path('kmnist/kmnist-train-imgs.npz'), join(folder, 'kmnist-train-imgs.npz'))
    expect(await refused(folder)).toContain(
      'there is no kmnist-train-labels.npz, kmnist-test-imgs.npz, kmnist-test-labels.npz here',
    )
    const letters = newFolder()
    const name = 'emnist-letters-train-images-idx3-ubyte.gz'
    copyFileSync(path(`emnist/gzip/${name}`), join(letters, name))
    expect(await refused(letters)).toContain(
      'there is no emnist-letters-train-labels-idx1-ubyte.gz, emnist-letters-test-',
    )
  })

  it('a file that is one of four, an archive of other arrays, a truncated one', async () => {
    const one = path('kaggle/train-labels.idx1-ubyte')
    expect(await refused(one)).toBe(
      `${one}: this is one of the files; give the folder that holds it, ${path('kaggle')}`,
    )
    const folder = newFolder()
    copyFileSync(path('kmnist/kmnist-train-imgs.npz'), join(folder, 'other.npz'))
    expect(await refused(join(folder, 'other.npz'))).toContain('there is no array "x_train"; there are "arr_0.npy"')
    copyFileSync(path('mnist.npz'), join(folder, 'short.npz'))
    truncateSync(join(folder, 'short.npz'), 1000)
    expect(await refused(join(folder, 'short.npz'))).toContain(
      'no end of a zip archive is found: the file is truncated',
    )
    writeFileSync(join(folder, 'data.pt'), zipFile([{ name: 'archive/data.pkl', content: new Uint8Array(3) }]))
    expect(await refused(join(folder, 'data.pt'))).toContain('but this is a file of PyTorch; in Python, safetensors')
  })

  it('letters whose first label is 0', async () => {
    const folder = newFolder()
    cpSync(path('emnist/gzip'), folder, { recursive: true, filter: (file) => !file.includes('balanced') })
    writeFileSync(join(folder, 'emnist-letters-test-labels-idx1-ubyte.gz'), idxFile([2], [0, 1]))
    expect(await refused(folder)).toContain('labels are 1 … 26, but row 0 has 0')
  })

  it('a folder of folders without any of them, and one that is deep', async () => {
    const folder = newFolder()
    mkdirSync(join(folder, 'a/b/c/d/e'), { recursive: true })
    cpSync(path('torchvision/MNIST/raw'), join(folder, 'a/b/c/d/e'), { recursive: true })
    expect(await refused(folder)).toContain('there is no train-images-idx3-ubyte.gz, ')
    holds(await load(join(folder, 'a')), 'mnist')
  })
})
