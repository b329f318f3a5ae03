import type { Floats, Kernels } from './kernels.ts'

/**
 * What binds the kernels to their loops in WebAssembly, shares them among threads, lists and tests them. A new kernel is its doc in
 * kernels.ts, its loop in js.ts and in assembly/, and a line here.
 */

export type KernelName = Exclude<keyof Kernels, 'name' | 'description'>

/**
 * How a kernel is cut into parts. The loop in assembly/ takes the kernel's arguments in their order, arrays as addresses, and then what it
 * needs of
 *
 *     elements   n, first              any elements: how many, and which of all they are
 *     rows       rows, columns, work   any rows, each for itself
 *     columns    rows, columns, stride, work   any columns; rows are `stride` bytes apart, columns as many as `inner` elements
 *     whole      rows, columns, work   by one thread, where parts would change the bits
 *
 * with `work` the address of a thread's working memory. `own` is cut by code of its own (wasm.ts, blas.ts, sharedConvolution.ts),
 * which runs the loops that are named.
 *
 * A loop that returns something returns the least of what the parts return.
 */
export type Sharing = 'elements' | 'rows' | 'columns' | 'whole'

/**
 * What an argument is. `in` and `out` are rows of anything. `rowIn`, `rowOut`, `labels` (indices of columns) and `indices` (of a table's
 * rows) have one element a row, and so tell how many rows there are; `columnIn` and `columnOut` have one element a column. `columns` is
 * the number of columns, where no array tells it, and the product where there are several such numbers; `inner` is the number of elements
 * that a column has in a row, 1 unless given. `otherIn` and `otherOut` are rows of another length. Any row of a `table`, or of `bytes`, may
 * be read.
 */
type RoleOf<A> = A extends number
  ? 'number' | 'columns' | 'inner'
  : A extends Int32Array
    ? 'labels' | 'indices' | 'in'
    : A extends Uint8Array
      ? 'bytes'
      : A extends Floats
        ? 'in' | 'out' | 'otherIn' | 'otherOut' | 'rowIn' | 'rowOut' | 'columnIn' | 'columnOut' | 'table'
        : never

export type Role = RoleOf<number> | RoleOf<Int32Array> | RoleOf<Uint8Array> | RoleOf<Floats>
type Roles<A extends readonly unknown[]> = { readonly [I in keyof A]: RoleOf<A[I]> }
type Own = readonly ['own', ...(readonly string[])]
/** What binds a kernel that is not cut by code of its own. */
export type Shared = readonly [Sharing, ...Role[]]
export type Signature = Own | Shared

// biome-ignore format: a line a kernel
export const signatures: {
  readonly [N in KernelName]: Own | readonly [Sharing, ...Roles<Parameters<Kernels[N]>>]
} = {
  // Products.
  matmul: ['own', 'matmul'],

  // Convolutions.
  convolve: ['own', 'winogradFilters', 'winogradForward', 'columnsForward'],
  convolutionGradients: ['own', 'winogradBackward', 'winogradWeights', 'columnsBackward', 'addPartials'],

  // Elementwise.
  add: ['elements', 'in', 'in', 'out'],
  multiply: ['elements', 'in', 'in', 'out'],
  scale: ['elements', 'in', 'number', 'out'],
  addScaled: ['elements', 'in', 'number', 'in', 'out'],
  reluForward: ['elements', 'in', 'out'],
  reluBackward: ['elements', 'in', 'in', 'out'],
  leakyReluForward: ['elements', 'in', 'number', 'out'],
  leakyReluBackward: ['elements', 'in', 'in', 'number', 'out'],
  sigmoidForward: ['elements', 'in', 'out'],
  sigmoidBackward: ['elements', 'in', 'in', 'out'],
  tanhForward: ['elements', 'in', 'out'],
  tanhBackward: ['elements', 'in', 'in', 'out'],
  geluForward: ['elements', 'in', 'out'],
  geluBackward: ['elements', 'in', 'in', 'out'],
  dropoutMask: ['elements', 'number', 'number', 'number', 'out'],
  allWithin: ['elements', 'in', 'number'],
  sumSquares: ['whole', 'in'],
  maeLoss: ['whole', 'in', 'in', 'out'],
  huberLoss: ['whole', 'in', 'in', 'number', 'out'],
  logisticLoss: ['whole', 'in', 'in', 'out'],

  // Rows.
  addBias: ['rows', 'in', 'columnIn', 'out'],
  addBiasRelu: ['rows', 'in', 'columnIn', 'out'],
  addChannelBias: ['columns', 'in', 'columnIn', 'inner', 'out'],
  columnSums: ['columns', 'in', 'inner', 'columnOut'],
  softmax: ['rows', 'in', 'columns', 'out'],
  softmaxLoss: ['whole', 'in', 'labels', 'out'],
  svmLoss: ['whole', 'in', 'labels', 'out'],
  softTargetLoss: ['whole', 'in', 'in', 'columns', 'number', 'out'],
  batchnormForward: ['columns', 'in', 'columnIn', 'columnIn', 'inner', 'number', 'out', 'out', 'columnOut', 'columnOut', 'columnOut'],
  batchnormBackward: ['columns', 'in', 'columnIn', 'in', 'columnIn', 'inner', 'out', 'columnOut', 'columnOut'],
  batchnormPredict: ['columns', 'in', 'columnIn', 'columnIn', 'columnIn', 'columnIn', 'inner', 'number', 'out'],
  batchnormGeluForward: ['columns', 'in', 'columnIn', 'columnIn', 'inner', 'number', 'out', 'out', 'columnOut', 'columnOut', 'columnOut'],
  batchnormGeluBackward: ['columns', 'in', 'columnIn', 'columnIn', 'in', 'columnIn', 'inner', 'out', 'columnOut', 'columnOut'],
  batchnormGeluPredict: ['columns', 'in', 'columnIn', 'columnIn', 'columnIn', 'columnIn', 'inner', 'number', 'out'],
  layernormForward: ['rows', 'in', 'columnIn', 'columnIn', 'number', 'out', 'out', 'rowOut'],
  layernormBackward: ['whole', 'in', 'columnIn', 'in', 'rowIn', 'out', 'columnOut', 'columnOut'],
  groupnormForward: ['rows', 'in', 'columnIn', 'columnIn', 'inner', 'number', 'number', 'out', 'out', 'otherOut'],
  groupnormBackward: ['whole', 'in', 'columnIn', 'in', 'otherIn', 'inner', 'number', 'out', 'columnOut', 'columnOut'],

  // Windows.
  im2col: ['rows', 'in', 'columns', 'columns', 'number', 'number', 'number', 'number', 'number', 'number', 'otherOut'],
  col2im: ['rows', 'otherIn', 'columns', 'columns', 'number', 'number', 'number', 'number', 'number', 'number', 'out'],
  maxPoolForward: ['rows', 'in', 'columns', 'columns', 'number', 'number', 'number', 'number', 'otherOut'],
  maxPoolBackward: ['rows', 'otherIn', 'in', 'columns', 'columns', 'number', 'number', 'number', 'number', 'out'],
  avgPoolForward: ['rows', 'in', 'columns', 'columns', 'number', 'number', 'number', 'number', 'otherOut'],
  avgPoolBackward: ['rows', 'otherIn', 'columns', 'columns', 'number', 'number', 'number', 'number', 'out'],

  // Update rules.
  sgd: ['elements', 'in', 'in', 'number', 'out'],
  sgdMomentum: ['elements', 'in', 'in', 'in', 'number', 'number', 'out', 'out'],
  nesterov: ['elements', 'in', 'in', 'in', 'number', 'number', 'out', 'out'],
  adagrad: ['elements', 'in', 'in', 'in', 'number', 'number', 'out', 'out'],
  rmsprop: ['elements', 'in', 'in', 'in', 'number', 'number', 'number', 'out', 'out'],
  adam: ['elements', 'in', 'in', 'in', 'in', 'number', 'number', 'number', 'number', 'number', 'number', 'out', 'out', 'out'],

  // Batches.
  gatherFloats: ['rows', 'table', 'indices', 'out'],
  gatherBytes: ['rows', 'bytes', 'indices', 'columnIn', 'columnIn', 'out'],
  gatherImages: ['rows', 'bytes', 'indices', 'columnIn', 'columnIn', 'in', 'number', 'number', 'out'],
}

export const kernelNames = Object.keys(signatures) as readonly KernelName[]

/** The loops in assembly/, in the order of their numbers in a pool. */
export const loopNames: readonly string[] = kernelNames.flatMap((name) => {
  const [sharing, ...rest]: Signature = signatures[name]
  return sharing === 'own' ? rest : [name]
})

const numbers = new Map(loopNames.map((name, number) => [name, number]))

/** The number of a loop in a pool. */
export const loopNumber = (name: string): number => numbers.get(name) as number
