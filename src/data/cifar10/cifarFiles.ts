import type { KnownFile } from '../files/download.ts'

/** The name of each class; its place is its label. */
export const CLASS_NAMES = [
  'airplane',
  'automobile',
  'bird',
  'cat',
  'deer',
  'dog',
  'frog',
  'horse',
  'ship',
  'truck',
] as const

/** Colour planes, height and width of an image. */
export const IMAGE = [3, 32, 32] as const
export const PIXELS = 3072

/** Images in a batch. */
export const BATCH = 10_000

/** Where a data set in the form of CIFAR-10 comes from. */
export interface CifarSource {
  /** In the cache, and in the archive. */
  readonly folder: string
  readonly mirrors: readonly string[]
  readonly archive: KnownFile
  /** The training batches, then the test batch. */
  readonly batches: readonly KnownFile[]
}

/**
 * The binary version as it is published: 170,052,171 bytes, and 30,730,000 each batch.
 *
 * @see Krizhevsky, "Learning multiple layers of features from tiny images", 2009
 */
export const cifar10Source: CifarSource = {
  folder: 'cifar-10-batches-bin',
  mirrors: ['https://www.cs.toronto.edu/~kriz/', 'https://cave.cs.toronto.edu/kriz/'],
  archive: {
    name: 'cifar-10-binary.tar.gz',
    sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
  },
  batches: [
    { name: 'data_batch_1.bin', sha256: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5' },
    { name: 'data_batch_2.bin', sha256: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed' },
    { name: 'data_batch_3.bin', sha256: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67' },
    { name: 'data_batch_4.bin', sha256: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48' },
    { name: 'data_batch_5.bin', sha256: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add' },
    { name: 'test_batch.bin', sha256: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b' },
  ],
}
