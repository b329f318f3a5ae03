import type { Convolution } from '../../src/kernels/convolution.ts'
import { allocate, release } from '../../src/kernels/heap.ts'
import type { Kernels } from '../../src/kernels/kernels.ts'
import { type KernelName, type Role, type Shared, signatures } from '../../src/kernels/signatures.ts'
import { type Variant, wasmKernels } from '../../src/kernels/wasm.ts'
import { right } from '../support.ts'

/** One call of every kernel over a (rows, columns) problem, for tests that compare implementations; made from its signature. */

/** Where arrays come from: the heap or ordinary memory. Outputs start with junk. */
export interface Place {
  floats(values: ArrayLike<number>): Float32Array
  ints(values: ArrayLike<number>): Int32Array
  bytes(values: ArrayLike<number>): Uint8Array
}

export const ordinaryPlace: Place = {
  floats: (values) => Float32Array.from(values),
  ints: (values) => Int32Array.from(values),
  bytes: (values) => Uint8Array.from(values),
}

const held: ArrayBufferView[] = []

const onHeap = <A extends { set(values: ArrayLike<number>): void } & ArrayBufferView>(
  array: A,
  values: ArrayLike<number>,
): A => {
  array.set(values)
  held.push(array)
  return array
}

export const heapPlace: Place = {
  floats: (values) => onHeap(allocate('float32', values.length), values),
  ints: (values) => onHeap(allocate('int32', values.length), values),
  bytes: (values) => onHeap(allocate('uint8', values.length), values),
}

/** Gives back what `heapPlace` has made. */
export const releaseAll = (): void => {
  for (const array of held) release(array)
  held.length = 0
}

// Integers of 22 bits by a linear congruence: the same on every machine, and exact as float32.
const integers = (length: number, seed: number): number[] => {
  let state = (seed * 2654435761) >>> 0
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 10
  })
}

/** Numbers in [−4, 4), exact in float32. */
export const numbers = (length: number, seed: number): number[] =>
  integers(length, seed).map((i) => (i - 2 ** 21) / 2 ** 19)

/** Numbers in [0, 1). */
export const fractions = (length: number, seed: number): number[] => integers(length, seed).map((i) => i / 2 ** 22)

const below = (length: number, seed: number, bound: number): number[] =>
  integers(length, seed).map((i) => (i >>> 4) % bound)

type Result = readonly (Float32Array | number)[]

export type Case = (kernels: Kernels, place: Place, rows: number, columns: number, inner?: number) => Result

interface Sample {
  /** The hash of what the strict kernel gives (strict.test.ts). */
  readonly bits: string
  /** The same where a column has several elements a row, if it can. */
  readonly innerBits?: string
  /** Its arguments that are numbers. */
  readonly numbers?: readonly number[]
  /** Seeds of the arrays it reads, in their order; 1, 2 … unless given. */
  readonly seeds?: readonly number[]
  /** The seeds whose arrays hold numbers in [0, 1). */
  readonly fractions?: readonly number[]
  /** Whether it returns a number. */
  readonly returns?: true
  /** Instead of one call with arrays as the signature has them. */
  readonly run?: Case
}

/** The kernels of a variant, which every machine that runs these tests has. */
export const openedWasm = (variant: Variant, threads?: number): Kernels => right(wasmKernels(variant, threads))

const junk = (place: Place, length: number): Float32Array => place.floats(new Float32Array(length).fill(-7.5))

const TABLE_ROWS = 20

/** Rows of another length: the case says which, by a `run` of its own. */
const notHere = (name: KernelName): never => {
  throw new Error(`test/kernels/cases.ts: ${name} needs a run of its own`)
}

type Value = Float32Array | Int32Array | Uint8Array | number

/** The kernel called with arrays that fit its signature: [what it returns, if it does, then what it writes] */
const caseOf = (name: KernelName, sample: Sample): Case => {
  const [, ...roles] = signatures[name] as Shared
  return (kernels, place, rows, columns, inner = 1) => {
    const given = [...(sample.numbers ?? [])]
    const seeds = [...(sample.seeds ?? roles.map((_, i) => i + 1))]
    const written: Float32Array[] = []

    const read = (length: number): Float32Array => {
      const seed = seeds.shift() as number
      return place.floats(sample.fractions?.includes(seed) ? fractions(length, seed) : numbers(length, seed))
    }
    const write = (length: number): Float32Array => {
      const array = junk(place, length)
      written.push(array)
      return array
    }
    const makes: Readonly<Record<Role, () => Value>> = {
      number: () => given.shift() as number,
      columns: () => columns,
      inner: () => inner,
      in: () => read(rows * columns * inner),
      out: () => write(rows * columns * inner),
      otherIn: () => notHere(name),
      otherOut: () => notHere(name),
      rowIn: () => read(rows),
      rowOut: () => write(rows),
      columnIn: () => read(columns),
      columnOut: () => write(columns),
      labels: () => place.ints(below(rows, seeds.shift() as number, Math.max(columns, 1))),
      indices: () => place.ints(below(rows, seeds.shift() as number, TABLE_ROWS)),
      table: () => read(TABLE_ROWS * columns),
      bytes: () => place.bytes(below(TABLE_ROWS * columns, seeds.shift() as number, 256)),
    }
    const call = kernels[name] as (...values: Value[]) => unknown
    const result = call(...roles.map((role) => makes[role]()))
    return sample.returns ? [result as number, ...written] : written
  }
}

const matmul: Case = (kernels, place, rows, columns) => {
  const k = rows + 2 * columns
  const a = place.floats(numbers(rows * k, 1))
  const b = place.floats(numbers(k * columns, 2))
  return [false, true].flatMap((transA) =>
    [false, true].map((transB) => {
      const out = junk(place, rows * columns)
      kernels.matmul(transA, transB, rows, columns, k, a, b, out)
      return out
    }),
  )
}

/** Numbers within a limit, and those with one that is not: the first, one in the middle, the last. */
const allWithin: Case = (kernels, place, rows, columns) => {
  const x = numbers(rows * columns, 1)
  const spoilt = [Number.NaN, 1e9, Number.NEGATIVE_INFINITY].map((bad, i) => {
    const at = Math.floor(((x.length - 1) * i) / 2)
    return x.map((v, j) => (j === at ? bad : v))
  })
  return [x, ...spoilt].map((values) => kernels.allWithin(place.floats(values), 9.9e8))
}

/** Images of the given number of columns, two planes of three rows, moved by up to 2 in each direction or beyond. */
const gatherImages: Case = (kernels, place, rows, width) => {
  const columns = 6 * width
  const bytes = place.bytes(below(TABLE_ROWS * columns, 1, 256))
  const [mean, scale] = [place.floats(numbers(columns, 2)), place.floats(numbers(columns, 3))]
  const shifts = below(2 * rows, 5, 9).map((shift) => shift - 4)
  const moves = Array.from({ length: rows }, (_, i) => [shifts[2 * i] ?? 0, shifts[2 * i + 1] ?? 0, i % 4]).flat()
  const out = junk(place, rows * columns)
  const indices = place.ints(below(rows, 4, TABLE_ROWS))
  kernels.gatherImages(bytes, indices, mean, scale, place.ints(moves), 3, width, out)
  return [out]
}

const GROUPS = 3

/** Of `columns` groups of three channels each, over `inner` elements a channel. */
const groupnormForward: Case = (kernels, place, rows, columns, inner = 1) => {
  const channels = GROUPS * Math.max(columns, 1)
  const x = place.floats(numbers(rows * channels * inner, 1))
  const [gamma, beta] = [place.floats(numbers(channels, 2)), place.floats(numbers(channels, 3))]
  const [y, xHat] = [junk(place, x.length), junk(place, x.length)]
  const invStd = junk(place, rows * GROUPS)
  kernels.groupnormForward(x, gamma, beta, inner, GROUPS, 1e-5, y, xHat, invStd)
  return [y, xHat, invStd]
}

const groupnormBackward: Case = (kernels, place, rows, columns, inner = 1) => {
  const channels = GROUPS * Math.max(columns, 1)
  const [dy, xHat] = [1, 2].map((seed) => place.floats(numbers(rows * channels * inner, seed))) as [
    Float32Array,
    Float32Array,
  ]
  const [gamma, invStd] = [place.floats(numbers(channels, 3)), place.floats(fractions(rows * GROUPS, 4))]
  const [dx, dgamma, dbeta] = [junk(place, dy.length), junk(place, channels), junk(place, channels)]
  kernels.groupnormBackward(dy, gamma, xHat, invStd, inner, GROUPS, dx, dgamma, dbeta)
  return [dx, dgamma, dbeta]
}

/** Planes of 6 rows, and windows over them. */
interface Windows {
  readonly planes: number
  readonly size: readonly [height: number, width: number]
  readonly window: readonly [height: number, width: number]
  readonly stride: readonly [y: number, x: number]
  readonly pad: readonly [y: number, x: number]
  /** Elements of all planes, places of all planes, and elements of all windows. */
  readonly elements: number
  readonly places: number
  readonly taps: number
}

const windowsOf = (
  planes: number,
  width: number,
  window: Windows['window'],
  stride: Windows['stride'],
  pad: Windows['pad'],
): Windows => {
  const size = [6, width] as const
  const [down, across] = [0, 1].map((i) =>
    Math.floor(((size[i] as number) + 2 * (pad[i] as number) - (window[i] as number)) / (stride[i] as number) + 1),
  ) as [number, number]
  const places = planes * down * across
  return {
    planes,
    size,
    window,
    stride,
    pad,
    elements: planes * 6 * width,
    places,
    taps: places * window[0] * window[1],
  }
}

/** Windows of one element, square ones, oblong ones, overlapping ones and some that leave gaps, with rims where `padded`. */
const windows =
  (each: (kernels: Kernels, place: Place, w: Windows) => Float32Array): Case =>
  (kernels, place, planes, columns) => {
    const padded = each === im2col || each === col2im ? 1 : 0
    const width = columns + 5
    return [
      windowsOf(planes, width, [1, 1], [1, 1], [0, 0]),
      windowsOf(planes, width, [3, 3], [1, 1], [padded, padded]),
      windowsOf(planes, width, [2, 2], [2, 2], [0, 0]),
      windowsOf(planes, width, [5, 3], [1, 2], [2 * padded, 3 * padded]),
      windowsOf(planes, width, [1, 4], [3, 3], [0, padded]),
      windowsOf(planes, width, [6, 5], [2, 1], [3 * padded, 2 * padded]),
    ].map((w) => each(kernels, place, w))
  }

const im2col = (kernels: Kernels, place: Place, { size, window, stride, pad, elements, taps }: Windows) => {
  const out = junk(place, taps)
  kernels.im2col(place.floats(numbers(elements, 1)), ...size, ...window, ...stride, ...pad, out)
  return out
}

const col2im = (kernels: Kernels, place: Place, { size, window, stride, pad, elements, taps }: Windows) => {
  const x = junk(place, elements)
  kernels.col2im(place.floats(numbers(taps, 1)), ...size, ...window, ...stride, ...pad, x)
  return x
}

/** Small integers, many of them equal. */
const tied = (length: number, seed: number): number[] => below(length, seed, 5)

const maxPoolForward = (kernels: Kernels, place: Place, { size, window, stride, elements, places }: Windows) => {
  const y = junk(place, places)
  kernels.maxPoolForward(place.floats(tied(elements, 1)), ...size, ...window, ...stride, y)
  return y
}

const maxPoolBackward = (kernels: Kernels, place: Place, { size, window, stride, elements, places }: Windows) => {
  const dx = junk(place, elements)
  const [dy, x] = [place.floats(numbers(places, 2)), place.floats(tied(elements, 1))]
  kernels.maxPoolBackward(dy, x, ...size, ...window, ...stride, dx)
  return dx
}

const avgPoolForward = (kernels: Kernels, place: Place, { size, window, stride, elements, places }: Windows) => {
  const y = junk(place, places)
  kernels.avgPoolForward(place.floats(numbers(elements, 1)), ...size, ...window, ...stride, y)
  return y
}

const avgPoolBackward = (kernels: Kernels, place: Place, { size, window, stride, elements, places }: Windows) => {
  const dx = junk(place, elements)
  kernels.avgPoolBackward(place.floats(numbers(places, 1)), ...size, ...window, ...stride, dx)
  return dx
}

/** Convolutions of planes of some rows and `columns` + 3 columns: by Winograd, by columns of windows, and without windows. */
const convolutionsOf = (images: number, columns: number): readonly Convolution[] => {
  const over = (channels: number, height: number, width: number, filters: number, rest: Partial<Convolution>) => {
    const c = {
      ...{ images, channels, height, width, filters, windowHeight: 3, windowWidth: 3 },
      ...{ strideY: 1, strideX: 1, padY: 1, padX: 1, ...rest },
    }
    return {
      ...c,
      outHeight: Math.floor((height + 2 * c.padY - c.windowHeight) / c.strideY) + 1,
      outWidth: Math.floor((width + 2 * c.padX - c.windowWidth) / c.strideX) + 1,
    }
  }
  const width = columns + 3
  return [
    over(17, 6, width, 18, {}),
    over(5, 6, width, 4, { windowWidth: 2, strideY: 2, padX: 2 }),
    over(6, 5, width, 5, { windowHeight: 1, windowWidth: 1, padY: 0, padX: 0 }),
    over(3, 3, 4, 2, {}),
  ]
}

const convolve: Case = (kernels, place, rows, columns) =>
  convolutionsOf(rows, columns).map((c, i) => {
    const x = place.floats(numbers(c.images * c.channels * c.height * c.width, 1))
    const w = place.floats(numbers(c.filters * c.channels * c.windowHeight * c.windowWidth, 2))
    const b = i % 2 === 0 ? place.floats(numbers(c.filters, 3)) : undefined
    const out = junk(place, c.images * c.filters * c.outHeight * c.outWidth)
    kernels.convolve(c, x, w, b, out)
    return out
  })

const convolutionGradients: Case = (kernels, place, rows, columns) =>
  convolutionsOf(rows, columns).flatMap((c) => {
    const x = place.floats(numbers(c.images * c.channels * c.height * c.width, 1))
    const w = place.floats(numbers(c.filters * c.channels * c.windowHeight * c.windowWidth, 2))
    const dout = place.floats(numbers(c.images * c.filters * c.outHeight * c.outWidth, 3))
    const [dx, dw, alone] = [x, w, w].map(({ length }) => junk(place, length)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    kernels.convolutionGradients(c, dout, x, w, dx, dw)
    kernels.convolutionGradients(c, dout, x, w, undefined, alone)
    return [dx, dw, alone]
  })

/**
 * The promise of the strict kernels: the same bits on every machine, in every engine, whatever the place of an element. The arrays are
 * made by integer arithmetic. A change of `bits` breaks somebody's reproducible run: it belongs in the changelog.
 */
export const samples: Readonly<Record<KernelName, Sample>> = {
  // Products.
  matmul: { bits: 'd7c05514', run: matmul },

  // Convolutions.
  convolve: { bits: 'cde86024', run: convolve },
  convolutionGradients: { bits: 'cd6e2a92', run: convolutionGradients },

  // Elementwise.
  add: { bits: 'f901c370' },
  multiply: { bits: '9d8e8b18' },
  scale: { bits: '927040d6', numbers: [0.3] },
  addScaled: { bits: 'd2d9966e', numbers: [0.3] },
  reluForward: { bits: '7e49c867' },
  reluBackward: { bits: '7d792562' },
  leakyReluForward: { bits: '2bba496d', numbers: [0.01] },
  leakyReluBackward: { bits: 'f502b403', numbers: [0.01] },
  sigmoidForward: { bits: '7c947af4' },
  sigmoidBackward: { bits: 'e3417814', fractions: [2] },
  tanhForward: { bits: 'd8ff1247' },
  tanhBackward: { bits: 'd7badafc', fractions: [2] },
  geluForward: { bits: 'd5676a4b' },
  geluBackward: { bits: '31752a0d' },
  dropoutMask: { bits: '5e5b1865', numbers: [0x12345678, 0xfedcba98, 0.7] },
  allWithin: { bits: '5e7d5438', run: allWithin },
  sumSquares: { bits: 'ef4adeca', returns: true },
  maeLoss: { bits: '838a0bf4', returns: true },
  huberLoss: { bits: '7e8770ec', numbers: [0.7], returns: true },
  logisticLoss: { bits: '4d52781c', fractions: [2], returns: true },

  // Rows.
  addBias: { bits: '5a0fbbe3' },
  addBiasRelu: { bits: 'd494fe3c' },
  addChannelBias: { bits: '5a0fbbe3', innerBits: '1db3fef0' },
  columnSums: { bits: 'b08bbdf4', innerBits: '33b09f37' },
  softmax: { bits: 'f270f4a2' },
  softmaxLoss: { bits: 'bf4afc47', returns: true },
  svmLoss: { bits: '4ca8f09d', returns: true },
  softTargetLoss: { bits: '529bcb0e', numbers: [30], fractions: [2], returns: true },
  batchnormForward: { bits: 'a49d93b6', innerBits: 'f9169234', numbers: [1e-5] },
  batchnormBackward: { bits: '67499604', innerBits: '5cdfca3e', seeds: [1, 3, 2, 4], fractions: [4] },
  batchnormPredict: { bits: 'ff569c7d', innerBits: '85cd020b', numbers: [1e-5], fractions: [5] },
  batchnormGeluForward: { bits: '0c1c67d4', innerBits: 'ed6e1bc4', numbers: [1e-5] },
  batchnormGeluBackward: { bits: '2ac52a34', innerBits: '2d2051f2', seeds: [1, 3, 5, 2, 4], fractions: [4] },
  batchnormGeluPredict: { bits: '55f161a5', innerBits: '88cdcbde', numbers: [1e-5], fractions: [5] },
  layernormForward: { bits: 'efb372e9', numbers: [1e-5] },
  layernormBackward: { bits: '79a3ff61', seeds: [1, 3, 2, 4], fractions: [4] },
  groupnormForward: { bits: 'ff247c0f', innerBits: '0aa7fedd', run: groupnormForward },
  groupnormBackward: { bits: '770fe8d1', innerBits: '3635638b', run: groupnormBackward },

  // Windows.
  im2col: { bits: 'f5e42608', run: windows(im2col) },
  col2im: { bits: 'f13c1627', run: windows(col2im) },
  maxPoolForward: { bits: 'ef766775', run: windows(maxPoolForward) },
  maxPoolBackward: { bits: '77b4b257', run: windows(maxPoolBackward) },
  avgPoolForward: { bits: '631193c2', run: windows(avgPoolForward) },
  avgPoolBackward: { bits: '8ec020b6', run: windows(avgPoolBackward) },

  // Update rules.
  sgd: { bits: 'bbf885c5', numbers: [0.03] },
  sgdMomentum: { bits: '4780bc06', numbers: [0.03, 0.9] },
  nesterov: { bits: 'e1ab8737', numbers: [0.03, 0.9] },
  adagrad: { bits: '2d6a5493', numbers: [0.03, 1e-8], fractions: [3] },
  rmsprop: { bits: '7462913d', numbers: [0.03, 0.99, 1e-8], fractions: [3] },
  adam: { bits: '00af3b7c', numbers: [0.03, 0.9, 0.999, 1e-8, 1000, 0.999], fractions: [4] },

  // Batches.
  gatherFloats: { bits: '0277370c' },
  gatherBytes: { bits: '25c2935f', seeds: [1, 4, 2, 3] },
  gatherImages: { bits: 'c38faa72', run: gatherImages },
}

export const cases = Object.fromEntries(
  Object.entries(samples).map(([name, sample]) => [name, sample.run ?? caseOf(name as KernelName, sample)]),
) as Readonly<Record<KernelName, Case>>
