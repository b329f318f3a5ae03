import {
  ArgumentError,
  completed,
  type Given,
  isRecord,
  positiveInteger,
  ShapeError,
  shown,
  withDefault,
} from '../errors/index.ts'
import type { Batch } from '../models/index.ts'
import { aKey, foldIn, key as keyOf, permutation } from '../random/index.ts'
import {
  checkRows,
  classIndices,
  dtypes,
  gather,
  isTensor,
  type Labels,
  type Rows,
  rowCount,
  type Tensor,
} from '../tensor/index.ts'

const batchesOptions = {
  /** Examples a batch, an integer ≥ 1; 100 unless given. */
  batchSize: withDefault(100, positiveInteger),
  /** Draws the order of the examples; fold in the epoch for another order in each. key(0) unless given. */
  key: withDefault(keyOf(0), aKey),
  /** Of the examples: 'float32' unless given. */
  dtype: withDefault('float32', dtypes),
}

/** The options of `batches`. @interface */
export type BatchesOptions = Given<typeof batchesOptions>

/** What a batch has of its targets: rows of a tensor, else class indices. */
export type BatchTargets<Y> = Y extends Tensor ? Tensor : Int32Array

/** How many targets there are, and those of some rows. */
const takerOf = (y: Labels): readonly [count: number, take: (rows: Int32Array) => Int32Array | Tensor] => {
  if (isTensor(y)) return [y.shape[0] ?? 0, (rows) => gather(y, rows)]
  const labels = classIndices(y)
  return [labels.length, (rows) => Int32Array.from(rows, (row) => labels[row] as number)]
}

/**
 * One epoch of examples in random order, for a loop of one's own; a remainder smaller than a batch waits for another epoch
 *
 * @param examples  inputs, shape (N, …), numbers or bytes, which are decoded; and N labels, or a tensor of targets, shape (N, …)
 * @param options   `batchSize`, `key`, `dtype`
 * @returns         batches with class indices, or with rows of the tensor, each new and its own
 * @throws          ShapeError when there are not N labels, ArgumentError for an option out of range
 * @example         const model = orThrow(twoLayerNet({ inputDim: 1, numClasses: 2 }))
 *                  let state = { weights: model.init(), configs: {} }
 *                  for (const batch of batches({ x: linspace(-1, 1, [6, 1]), y: [0, 0, 0, 1, 1, 1] }, { batchSize: 2 })) state = step(model, { rule: sgd }, state, batch).state
 *                  Object.keys(state.configs)   // ['W1', 'b1', 'W2', 'b2']
 */
export function* batches<Y extends Labels>(
  examples: { readonly x: Rows; readonly y: Y },
  options: BatchesOptions = {},
): Generator<Batch<BatchTargets<Y>>, void, undefined> {
  const { batchSize, key, dtype } = completed('batches', options, batchesOptions)
  if (!isRecord(examples)) throw new ArgumentError(`batches: examples are { x, y }, but got ${shown(examples)}`)
  const { x, y } = examples
  checkRows('batches', x)
  const [count, take] = takerOf(y)
  const rows = rowCount(x)
  if (count !== rows) throw new ShapeError(`batches: x has ${rows} rows, but y has ${count} labels`)
  const size = Math.min(batchSize, rows)
  const order = permutation(foldIn(key, 'epoch'), rows)
  for (let start = 0; start + size <= rows && size > 0; start += size) {
    const indices = order.subarray(start, start + size)
    yield { x: gather(x, indices, dtype), y: take(indices) as BatchTargets<Y> }
  }
}
