import type { KnownFile } from '../files/download.ts'

/** Names without `.gz`: training images and labels, test images and labels. */
export const MNIST_NAMES = [
  'train-images-idx3-ubyte',
  'train-labels-idx1-ubyte',
  't10k-images-idx3-ubyte',
  't10k-labels-idx1-ubyte',
] as const

/** Where a data set's four .gz files come from, and their sums. */
export interface MnistSource {
  /** Of the folder in the cache. */
  readonly folder: string
  readonly mirrors: readonly string[]
  readonly files: readonly KnownFile[]
}

const files = (...sums: readonly string[]): readonly KnownFile[] =>
  MNIST_NAMES.map((name, i) => ({ name: `${name}.gz`, sha256: sums[i] as string }))

/**
 * The data sets that are known by name.
 *
 * @see LeCun, Cortes, Burges, "The MNIST database of handwritten digits", 1998
 * @see Xiao, Rasul, Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine learning algorithms", 2017
 */
export const mnistSources: Readonly<Record<'mnist' | 'fashion', MnistSource>> = {
  mnist: {
    folder: 'mnist',
    mirrors: ['https://storage.googleapis.com/cvdf-datasets/mnist/', 'https://ossci-datasets.s3.amazonaws.com/mnist/'],
    files: files(
      '440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609',
      '3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c',
      '8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6',
      'f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6',
    ),
  },
  fashion: {
    folder: 'fashion-mnist',
    mirrors: ['http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/'],
    files: files(
      '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
      'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
      '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
      '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
    ),
  },
}
