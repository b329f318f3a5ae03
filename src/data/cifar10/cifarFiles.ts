import type { KnownFile } from '../files/download.ts'

/** The name of each of CIFAR-10's classes; its place is its label. */
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

/** Of CIFAR-100, in the order of its labels. */
export const COARSE_NAMES = [
  'aquatic_mammals fish flowers food_containers fruit_and_vegetables household_electrical_devices household_furniture',
  'insects large_carnivores large_man-made_outdoor_things large_natural_outdoor_scenes large_omnivores_and_herbivores',
  'medium_mammals non-insect_invertebrates people reptiles small_mammals trees vehicles_1 vehicles_2',
].flatMap((names) => names.split(' '))

/** Of CIFAR-100, in the order of its labels. */
export const FINE_NAMES = [
  'apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel can castle caterpillar',
  'cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster',
  'house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree',
  'orange orchid otter palm_tree pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose',
  'sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table tank telephone television',
  'tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman worm',
].flatMap((names) => names.split(' '))

/** Colour planes, height and width of an image. */
export const IMAGE = [3, 32, 32] as const
export const PIXELS = 3072

/** Labels that stand before each image in the binary version, and their name in the Python version. */
export interface LabelColumn {
  readonly key: 'labels' | 'coarse_labels' | 'fine_labels'
  readonly classes: number
}

/** How many images a file holds, and the labels of each. */
export interface BatchForm {
  readonly count: number
  readonly columns: readonly LabelColumn[]
}

/** The files of the binary version, and from where they can be had. */
export interface CifarFiles {
  /** In the cache, and in the archive. */
  readonly folder: string
  readonly mirrors: readonly string[]
  readonly archive: KnownFile
  /** The training batches, then the test batch. */
  readonly batches: readonly KnownFile[]
}

/** A file of the Python version, whose published sum is an md5. */
interface PickledFile {
  readonly name: string
  readonly md5: string
}

/** A data set of CIFAR's: both versions of it. */
export interface CifarSource extends CifarFiles {
  readonly title: 'CIFAR-10' | 'CIFAR-100'
  readonly columns: readonly LabelColumn[]
  /** Images in each batch. */
  readonly counts: readonly number[]
  /** The files of the Python version, in the same order. */
  readonly python: { readonly folder: string; readonly archive: string; readonly batches: readonly PickledFile[] }
}

const MIRRORS = ['https://www.cs.toronto.edu/~kriz/', 'https://cave.cs.toronto.edu/kriz/']

/** What a batch of CIFAR-10 holds: a label and an image, 10,000 times. */
export const CIFAR10_COLUMNS: readonly LabelColumn[] = [{ key: 'labels', classes: 10 }]

/**
 * CIFAR-10 as it is published: 170,052,171 bytes the binary version, and 30,730,000 each of its batches.
 *
 * @see Krizhevsky, "Learning multiple layers of features from tiny images", 2009
 */
export const cifar10Source: CifarSource = {
  title: 'CIFAR-10',
  columns: CIFAR10_COLUMNS,
  counts: [10_000, 10_000, 10_000, 10_000, 10_000, 10_000],
  folder: 'cifar-10-batches-bin',
  mirrors: MIRRORS,
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
  python: {
    folder: 'cifar-10-batches-py',
    archive: 'cifar-10-python.tar.gz',
    batches: [
      { name: 'data_batch_1', md5: 'c99cafc152244af753f735de768cd75f' },
      { name: 'data_batch_2', md5: 'd4bba439e000b95fd0a9bffe97cbabec' },
      { name: 'data_batch_3', md5: '54ebc095f3ab1f0389bbae665268c751' },
      { name: 'data_batch_4', md5: '634d18415352ddfa80567beed471001a' },
      { name: 'data_batch_5', md5: '482c414d41f54cd18b22e5b47cb7c3cb' },
      { name: 'test_batch', md5: '40351d587109b95175f43aff81a1287e' },
    ],
  },
}

/** CIFAR-100 as it is published: before each image its coarse and its fine label. */
export const cifar100Source: CifarSource = {
  title: 'CIFAR-100',
  columns: [
    { key: 'coarse_labels', classes: 20 },
    { key: 'fine_labels', classes: 100 },
  ],
  counts: [50_000, 10_000],
  folder: 'cifar-100-binary',
  mirrors: MIRRORS,
  archive: {
    name: 'cifar-100-binary.tar.gz',
    sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
  },
  batches: [
    { name: 'train.bin', sha256: 'f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29' },
    { name: 'test.bin', sha256: 'd8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a' },
  ],
  python: {
    folder: 'cifar-100-python',
    archive: 'cifar-100-python.tar.gz',
    batches: [
      { name: 'train', md5: '16019d7e3df5f24257cddd939b257f8d' },
      { name: 'test', md5: 'f0ef6b0ae62326f3e7ffdfab6717acfc' },
    ],
  },
}
