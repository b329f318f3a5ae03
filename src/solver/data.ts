import * as E from 'fp-ts/lib/Either.js'
import type { Model, Weights } from '../models/index.ts'
import {
  type Augmentation,
  allFinite,
  classIndices,
  dtypeOf,
  formatShape,
  gather,
  isBytes,
  type Labels,
  OptionError,
  type Rows,
  rowCount,
  ShapeError,
  sizeOf,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'

/** Examples to learn from and, if there are any, to validate with. Inputs are tensors or bytes, one example a row. */
export interface Data {
  readonly xTrain: Rows
  readonly yTrain: Labels
  readonly xVal?: Rows
  readonly yVal?: Labels
}

/** Inputs and checked labels that belong together. */
export interface Examples {
  readonly x: Rows
  readonly y: Int32Array
}

export interface CheckedData {
  readonly train: Examples
  readonly val: Examples | undefined
}

/** The first row with a NaN or an infinity, or −1. */
const badRow = (x: Tensor): number => {
  if (allFinite(x)) return -1
  const at = x.data.findIndex((v) => !Number.isFinite(v))
  return Math.floor(at / sizeOf(x.shape.slice(1)))
}

const problem = (xName: string, x: Rows, yName: string, y: Int32Array, classes: number): string | undefined => {
  const n = rowCount(x)
  if (n === 0) return `${xName} has no rows; its shape is ${formatShape(x.shape)}`
  if (n !== y.length) return `${xName} has ${n} rows, but ${yName} has ${y.length} labels; each example needs one label`
  const outside = y.findIndex((label) => !(label >= 0 && label < classes))
  if (outside >= 0) {
    return `${yName}: a label is a class from 0 to ${classes - 1} because the net has ${classes} outputs, but row ${outside} has ${y[outside]}`
  }
  const row = isBytes(x) ? -1 : badRow(x)
  return row < 0 ? undefined : `${xName}: row ${row} holds a NaN or an infinity; repair or remove it before training`
}

/** The precision of a net, taken from its weights. */
export const dtypeOfWeights = (params: Tensors) => {
  const first = Object.values(params)[0]
  return first === undefined ? 'float32' : dtypeOf(first)
}

/** Whether the training rows can be augmented, where that is asked for. */
export const checkImages = (augment: Augmentation | undefined, x: Rows): E.Either<OptionError, unknown> => {
  if (augment === undefined || (isBytes(x) && x.shape.length >= 3)) return E.right(undefined)
  const kind = isBytes(x) ? 'bytes' : dtypeOf(x)
  return E.left(
    new OptionError(
      `augment: xTrain must be images kept as bytes, shape (N, …, H, W), but it is ${kind} of shape ${formatShape(x.shape)}; ` +
        'load the data set with flatten: false, or leave augment out',
    ),
  )
}

/** Checks data against the net before anything is trained. */
export const checkData = (model: Model, weights: Weights, data: Data): E.Either<OptionError, CheckedData> =>
  E.tryCatch(
    () => {
      for (const name of ['xTrain', 'yTrain'] as const) {
        if (data?.[name] === undefined)
          throw new OptionError(`data: ${name} is missing; give inputs as xTrain and labels as yTrain`)
      }
      if ((data.xVal === undefined) !== (data.yVal === undefined)) {
        throw new OptionError('data: xVal and yVal belong together, but one of them is missing')
      }
      const checkRows = (name: string, x: Rows): void => {
        if (!Array.isArray(x?.shape) || !ArrayBuffer.isView(x.data)) {
          throw new OptionError(`data: ${name} must be a tensor or bytes of shape (N, …), e.g. tensor([2, 3], values)`)
        }
        if (sizeOf(x.shape) !== x.data.length) {
          throw new OptionError(
            `data: ${name} has shape ${formatShape(x.shape)}, so ${sizeOf(x.shape)} elements, but holds ${x.data.length}`,
          )
        }
      }
      const first = (x: Rows): number => {
        if (rowCount(x) === 0) return 0
        return model.scores(weights, gather(x, new Int32Array(1), dtypeOfWeights(weights.params))).shape[1] ?? 0
      }
      const examples = (xName: string, x: Rows, yName: string, labels: Labels): Examples => {
        checkRows(xName, x)
        const y = labelsOf(yName, labels)
        const found = problem(xName, x, yName, y, first(x))
        if (found !== undefined) throw new OptionError(`data: ${found}`)
        return { x, y }
      }
      return {
        train: examples('xTrain', data.xTrain, 'yTrain', data.yTrain),
        val: data.xVal && data.yVal ? examples('xVal', data.xVal, 'yVal', data.yVal) : undefined,
      }
    },
    (reason) => {
      if (reason instanceof OptionError) return reason
      if (reason instanceof ShapeError) return new OptionError(`data: ${reason.message}`)
      throw reason
    },
  )

const labelsOf = (name: string, labels: Labels): Int32Array => {
  try {
    return classIndices(labels)
  } catch (reason) {
    throw reason instanceof ShapeError ? new OptionError(`data: ${name}: ${reason.message}`) : reason
  }
}
