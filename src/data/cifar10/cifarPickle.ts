import * as E from 'fp-ts/lib/Either.js'
import { bytesFault, fileName } from '../../errors/index.ts'
import { messageOf, recognised } from '../../files/index.ts'
import { DataError } from '../errors.ts'
import { PIXELS } from './cifarFiles.ts'

/** A batch of CIFAR's Python version. */
export interface CifarPickle {
  /** How many pictures it has. */
  readonly count: number
  /** (count, 3072): the red, green and blue plane of each picture. */
  readonly pixels: Uint8Array
  /** Of CIFAR-10 `labels`, of CIFAR-100 `coarse_labels` and `fine_labels`. */
  readonly labels: Readonly<Record<string, Uint8Array>>
}

const LABELS = ['labels', 'coarse_labels', 'fine_labels']
const TRUE = '\x88'
const FALSE = '\x89'
const [TUPLE1, TUPLE2, TUPLE3] = ['\x85', '\x86', '\x87']

/** What is not the layout. */
class Unfit extends Error {}

/**
 * The bytes of a pickle, one opcode after the other. There is no stack, no memo to look in and nothing that can be called: each
 * function takes what must come next, so nothing but the layout of a batch can be read.
 */
const opcodes = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0

  const refuse = (expected: string): never => {
    throw new Unfit(
      at >= bytes.length
        ? `the file ends after ${bytes.length} bytes, where ${expected} is expected: it is truncated; get it again`
        : `at byte ${at}, ${expected} is expected; of pickles only the layout of CIFAR's own batches is read, since a pickle can run ` +
            'anything; get the archive again, or the binary version',
    )
  }
  const take = (length: number, expected: string): Uint8Array => {
    if (length > bytes.length - at) {
      at = bytes.length
      refuse(expected)
    }
    at += length
    return bytes.subarray(at - length, at)
  }
  const isNext = (text: string): boolean =>
    at + text.length <= bytes.length && [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0))
  const accept = (text: string): boolean => {
    const found = isNext(text)
    if (found) at += text.length
    return found
  }
  const expect = (text: string, expected: string): void => {
    if (accept(text)) return
    // A truncated file ends within it.
    const rest = bytes.length - at
    if (rest < text.length && isNext(text.slice(0, rest))) at = bytes.length
    refuse(expected)
  }
  /** The number under which the value before could be found again. */
  const put = (): void => {
    if (accept('q')) take(1, 'a number')
    else if (accept('r')) take(4, 'a number')
  }
  const content = (expected: string): Uint8Array => {
    const isShort = accept('U')
    if (!isShort && !accept('T') && !accept('X')) refuse(expected)
    take(isShort ? 1 : 4, expected)
    const found = take(isShort ? (bytes[at - 1] as number) : view.getUint32(at - 4, true), expected)
    put()
    return found
  }
  /** An integer ≥ 0. */
  const integer = (expected: string): number => {
    if (accept('K')) return take(1, expected)[0] as number
    if (accept('M')) {
      take(2, expected)
      return view.getUint16(at - 2, true)
    }
    expect('J', expected)
    take(4, expected)
    return view.getUint32(at - 4, true)
  }
  return { refuse, isNext, accept, expect, put, content, integer, isAtEnd: () => at === bytes.length }
}

type Opcodes = ReturnType<typeof opcodes>

/** Groups of a thousand items, and one behind them where one is left. */
const list = ({ expect, accept, put, isNext }: Opcodes, item: () => void, begins: string): void => {
  expect(']', 'a list')
  put()
  while (accept('(')) {
    do item()
    while (!accept('e'))
  }
  if (!isNext(begins)) return
  item()
  expect('a', 'the end of a list')
}

const labelList = (from: Opcodes): Uint8Array => {
  const labels: number[] = []
  list(
    from,
    () => {
      const label = from.integer('a label')
      if (label > 255) from.refuse('a label from 0 to 255')
      labels.push(label)
    },
    'K',
  )
  return Uint8Array.from(labels)
}

/** The shape of an array of bytes, whether its first axis runs fastest, and its bytes. */
interface ByteArray {
  readonly shape: readonly number[]
  readonly isFortran: boolean
  readonly data: Uint8Array
}

/** dtype('u1'), as NumPy writes it. */
const byteType = ({ expect, accept, put, content, refuse }: Opcodes): void => {
  const what = "NumPy's dtype of bytes"
  const isText = (text: string): boolean => String.fromCharCode(...content(what).subarray(0, 2)) === text
  expect('cnumpy\ndtype\n', what)
  put()
  if (!isText('u1')) refuse(what)
  if (!accept(FALSE + TRUE)) expect('K\0K\x01', what)
  expect(TUPLE3, what)
  put()
  expect('R', what)
  put()
  expect('(K\x03', what)
  if (!isText('|')) refuse(what)
  expect('NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0t', what)
  put()
  expect('b', what)
}

/** An array of bytes: `_reconstruct(ndarray, (0,), 'b')`, and then its shape, type, order and bytes. */
const byteArray = (from: Opcodes): ByteArray => {
  const { expect, accept, put, content, integer, refuse } = from
  const what = "NumPy's array of bytes"
  if (!accept('cnumpy._core.multiarray\n')) expect('cnumpy.core.multiarray\n', what)
  expect('_reconstruct\n', what)
  put()
  expect('cnumpy\nndarray\n', what)
  put()
  expect(`K\0${TUPLE1}`, what)
  put()
  if (content(what)[0] !== 0x62) refuse(what) // b
  expect(TUPLE3, what)
  put()
  expect('R', what)
  put()
  expect('(K\x01', what)
  const shape = [integer('a count'), integer('a count')]
  expect(TUPLE2, 'two axes')
  put()
  byteType(from)
  const isFortran = accept(TRUE)
  if (!isFortran) expect(FALSE, 'the order of the axes')
  const data = content('a block of pixels')
  expect('t', what)
  put()
  expect('b', what)
  return { shape, isFortran, data }
}

const rowMajor = ({ shape: [rows = 0, columns = 0], isFortran, data }: ByteArray): Uint8Array =>
  isFortran ? data.map((_, i) => data[(i % columns) * rows + Math.floor(i / columns)] as number) : data

const batch = (from: Opcodes): CifarPickle => {
  const { expect, accept, put, content, refuse } = from
  const labels = new Map<string, Uint8Array>()
  let array: ByteArray | undefined
  expect('\x80\x02}', 'a pickle of protocol 2 that holds a dictionary')
  put()
  expect('(', 'a dictionary')
  do {
    const key = String.fromCharCode(...content('a name').subarray(0, 40))
    if (LABELS.includes(key)) labels.set(key, labelList(from))
    else if (key === 'data') array = byteArray(from)
    else if (key === 'filenames') list(from, () => content('the name of a file'), 'never')
    else if (key === 'batch_label') content('the name of the batch')
    else refuse(`one of ${[...LABELS, 'data', 'filenames', 'batch_label'].join(', ')}`)
  } while (!accept('u'))
  expect('.', 'the end of the pickle')
  if (!from.isAtEnd()) refuse('the end of the file')
  return checked(array, labels)
}

const checked = (array: ByteArray | undefined, labels: ReadonlyMap<string, Uint8Array>): CifarPickle => {
  if (array === undefined || labels.size === 0) {
    throw new Unfit('a batch has data and labels, but this has not; is it the file that you mean?')
  }
  const [count = 0, columns = 0] = array.shape
  if (columns !== PIXELS || count * columns !== array.data.length) {
    throw new Unfit(
      `its pictures have shape (${count}, ${columns}) and ${array.data.length} bytes, but ${PIXELS} each are expected; get the file again`,
    )
  }
  for (const [name, { length }] of labels) {
    if (length !== count) throw new Unfit(`it has ${count} pictures, but ${length} ${name}; get the file again`)
  }
  return { count, pixels: rowMajor(array), labels: Object.fromEntries(labels) }
}

const whole = (bytes: Uint8Array): CifarPickle => {
  const misgiven = bytesFault(bytes)
  if (misgiven !== undefined) throw new Unfit(misgiven)
  const what = bytes[0] === 0x80 ? undefined : recognised(bytes)
  if (what !== undefined) throw new Unfit(`a batch of CIFAR's Python version is expected, but this is ${what}`)
  return batch(opcodes(bytes))
}

/**
 * A batch of CIFAR-10's or CIFAR-100's Python version
 *
 * It is a pickle, but no unpickler reads it: what must come is taken opcode by opcode, and anything else ends the reading. So nothing
 * that a file says is ever called.
 *
 * @param name   of the file, for messages
 * @param bytes  the whole file; the result shares their memory
 * @returns      left(DataError) for a truncated file and for any other pickle
 * @example      pipe(decodeCifarPickle('f', new Uint8Array([128, 4])), E.mapLeft(({ message }) => message))   // left('f: at byte 0, a pickle of protocol 2 …')
 * @see          https://www.cs.toronto.edu/~kriz/cifar.html, and Python's pickletools.py for the opcodes
 */
export const decodeCifarPickle = (name: string, bytes: Uint8Array): E.Either<DataError, CifarPickle> =>
  E.tryCatch(
    () => whole(bytes),
    (error) => new DataError(`${fileName(name)}: ${messageOf(error)}`, { cause: error }),
  )
