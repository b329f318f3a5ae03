import { scoped } from '../kernels/index.ts'
import { softmax } from '../layers/index.ts'
import {
  ArgumentError,
  formatShape,
  full,
  gather,
  type Rows,
  range,
  rowCount,
  ShapeError,
  sizeOf,
  type Tensor,
} from '../tensor/index.ts'
import type { Input, TrainedNet } from './trainedNet.ts'

const BATCH = 500

const isRows = (rows: Rows): boolean => ArrayBuffer.isView(rows?.data) && Array.isArray(rows.shape)

/** Bytes as a data set preprocessed as the net saw it. */
const rowsOf = (pixels: Uint8Array, input: Input | undefined): Rows => {
  if (input === undefined) {
    throw new ArgumentError(
      'predict: the net does not say how bytes are preprocessed; give rows, or save it with its input',
    )
  }
  const size = sizeOf(input.shape)
  if (pixels.length % size !== 0) {
    throw new ShapeError(
      `predict: an example has ${size} bytes, but ${pixels.length} bytes came, which is no multiple of it; give whole examples of shape ${formatShape(input.shape)}`,
    )
  }
  return { ...input, shape: [pixels.length / size, ...input.shape], data: pixels }
}

/**
 * pᵢⱼ = softmax(scores(xᵢ))ⱼ: the probability that example i is of class j, in evaluation mode
 *
 * @param net   from `loadNet`, or a model and its weights
 * @param rows  examples, shape (N, …), numbers or a data set of bytes; or bare bytes of N examples, which are preprocessed as `net.input` says
 * @returns     probabilities, shape (N, C); rows sum to 1
 * @throws      ShapeError when the rows do not fit the net, ArgumentError for bare bytes without `net.input`
 * @example     const model = orThrow(twoLayerNet({ inputDim: 4, numClasses: 2, weightScale: 0 }))
 *              predict({ model, weights: model.init() }, ones([1, 4])).data   // Float32Array [0.5, 0.5]
 */
export const predict = ({ model, weights, input }: TrainedNet, rows: Rows | Uint8Array): Tensor => {
  const x = rows instanceof Uint8Array ? rowsOf(rows, input) : rows
  if (!isRows(x)) {
    throw new ShapeError(
      `predict: rows must be a tensor or bytes of shape (N, …), or a Uint8Array, but got ${rows?.constructor?.name ?? String(rows)}; tensor(shape, values) makes one`,
    )
  }
  const { numClasses, dtype } = model.options
  const out = full([rowCount(x), numClasses], 0, dtype)
  for (let start = 0; start < rowCount(x); start += BATCH) {
    scoped(() => {
      const batch = gather(x, range(start, Math.min(rowCount(x), start + BATCH)), dtype)
      out.data.set(softmax(model.scores(weights, batch)).data, start * numClasses)
    })
  }
  return out
}
