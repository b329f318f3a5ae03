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
import { checkRows, classIndices, dtypes, gather, type Labels, type Rows, rowCount } from '../tensor/index.ts'

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

/**
 * One epoch of examples in random order, for a loop of one's own; a remainder smaller than a batch waits for another epoch
 *
 * @param examples  inputs, shape (N, …), numbers or bytes, which are decoded; and N labels
 * @param options   `batchSize`, `key`, `dtype`
 * @returns         batches with class indices, each new and its own
 * @throws          ShapeError when there are not N labels, ArgumentError for an option out of range
 * @example         const model = orThrow(twoLayerNet({ inputDim: 1, numClasses: 2 }))
 *                  let state = { weights: model.init(), configs: {} }
 *                  for (const batch of batches({ x: linspace(-1, 1, [6, 1]), y: [0, 0, 0, 1, 1, 1] }, { batchSize: 2 })) state = step(model, { rule: sgd }, state, batch).state
 *                  Object.keys(state.configs)   // ['W1', 'b1', 'W2', 'b2']
 */
export function* batches(
  examples: { readonly x: Rows; readonly y: Labels },
  options: BatchesOptions = {},
): Generator<Batch<Int32Array>, void, undefined> {
  const { batchSize, key, dtype } = completed('batches', options, batchesOptions)
  if (!isRecord(examples)) throw new ArgumentError(`batches: examples are { x, y }, but got ${shown(examples)}`)
  const { x, y } = examples
  checkRows('batches', x)
  const labels = classIndices(y)
  const rows = rowCount(x)
  if (labels.length !== rows) throw new ShapeError(`batches: x has ${rows} rows, but y has ${labels.length} labels`)
  const size = Math.min(batchSize, rows)
  const order = permutation(foldIn(key, 'epoch'), rows)
  for (let start = 0; start + size <= rows && size > 0; start += size) {
    const indices = order.subarray(start, start + size)
    yield { x: gather(x, indices, dtype), y: Int32Array.from(indices, (row) => labels[row] as number) }
  }
}
