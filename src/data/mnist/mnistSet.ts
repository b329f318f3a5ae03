/** What is known of a data set in the form of MNIST by the names of its files. */
export interface MnistSet {
  readonly name: string
  /** The name of each class; its place is its label. */
  readonly classNames: readonly string[]
  /** The label of the first class in the files. */
  readonly firstLabel: number
  /** Whether the files hold the columns of a picture one behind the other. */
  readonly transposed: boolean
}

const DIGITS = [...'0123456789']
const CAPITALS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const SMALL = [...'abcdefghijklmnopqrstuvwxyz']
/** Capitals and small letters that look alike are one class. */
const MERGED = [...DIGITS, ...CAPITALS, ...'abdefghnqrt']

export const FASHION = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
]

/**
 * EMNIST's splits by the part of a file's name that tells them.
 *
 * @see Cohen, Afshar, Tapson, van Schaik, "EMNIST: an extension of MNIST to handwritten letters", 2017, and the mapping files
 */
const emnist = {
  byclass: [...DIGITS, ...CAPITALS, ...SMALL],
  bymerge: MERGED,
  balanced: MERGED,
  letters: CAPITALS,
  digits: DIGITS,
  mnist: DIGITS,
}

export type EmnistSplit = keyof typeof emnist
export const splits = Object.keys(emnist) as readonly EmnistSplit[]

const isSplit = (name: string): name is EmnistSplit => splits.includes(name as EmnistSplit)

/** @see Clanuwat and others, "Deep learning for classical Japanese literature", 2018: KMNIST and its 49 classes */
const japanese: Readonly<Record<string, readonly string[]>> = {
  kmnist: [...'おきすつなはまやれを'],
  k49: [...'あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわゐゑをんゝ'],
}

const plain = (name: string, classNames: readonly string[]): MnistSet => ({
  name,
  classNames,
  firstLabel: 0,
  transposed: false,
})

/** The set that files of MNIST's own names hold. */
export const ownSet = (name: 'mnist' | 'fashion'): MnistSet => plain(name, name === 'fashion' ? FASHION : DIGITS)

/** The four arrays of a set. */
export const PARTS = ['trainX', 'trainY', 'testX', 'testY'] as const
export type Part = (typeof PARTS)[number]

/** What a file's name says. */
export interface Named {
  /** '' of MNIST's own names, 'emnist-letters', 'kmnist', … */
  readonly set: string
  /** The array that it holds; undefined of an archive that holds all four. */
  readonly part: Part | undefined
}

const partOf = (half: string, what: string): Part =>
  `${half === 'train' ? 'train' : 'test'}${what === 'labels' ? 'Y' : 'X'}`

/** The set of QMNIST's files, which are not read. */
export const QMNIST = 'qmnist'

const IDX = /^(?:emnist-([a-z]+)-)?(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(?:\.gz)?$/
const QMNIST_FILE = /^qmnist-\w+-(?:images|labels)-idx[23]-(?:ubyte|int)(?:\.gz)?$/
const NPZ = /^(kmnist|k49)-(train|test)-(imgs|labels)\.npz$/
const ALL = /mnist[\w-]*\.npz$/

/** What a file of the family is, by its name; undefined for any other. */
export const named = (file: string): Named | undefined => {
  const [, split, half = '', what = ''] = IDX.exec(file) ?? []
  if (what !== '' && (split === undefined || isSplit(split))) {
    return { set: split === undefined ? '' : `emnist-${split}`, part: partOf(half, what) }
  }
  const [, set = '', npzHalf = '', npzWhat = ''] = NPZ.exec(file) ?? []
  if (set !== '') return { set, part: partOf(npzHalf, npzWhat) }
  if (QMNIST_FILE.test(file)) return { set: QMNIST, part: undefined }
  return ALL.test(file) ? { set: file.slice(0, -'.npz'.length), part: undefined } : undefined
}

/** The name of the file that holds a part of a set. */
export const fileNameOf = (set: string, part: Part): string => {
  const [half, what] = [part.startsWith('train') ? 'train' : 'test', part.endsWith('X') ? 'images' : 'labels']
  if (set in japanese) return `${set}-${half}-${what === 'images' ? 'imgs' : what}.npz`
  const name = `${what}-idx${what === 'images' ? 3 : 1}-ubyte.gz`
  return set === '' ? `${half === 'test' ? 't10k' : half}-${name}` : `${set}-${half}-${name}`
}

/** The split of EMNIST that a set is. */
export const splitOf = (set: string): EmnistSplit | undefined => {
  const split = set.startsWith('emnist-') ? set.slice('emnist-'.length) : ''
  return isSplit(split) ? split : undefined
}

/** The set of that name; `own` is what MNIST's own names, and others, stand for. */
export const setOf = (set: string, own: 'mnist' | 'fashion'): MnistSet => {
  const split = splitOf(set)
  if (split !== undefined) {
    // Of letters, the first is 1.
    const firstLabel = split === 'letters' ? 1 : 0
    return { name: set, classNames: emnist[split], firstLabel, transposed: true }
  }
  const names = japanese[set]
  return names === undefined ? ownSet(own) : plain(set, names)
}
