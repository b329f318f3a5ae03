import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { isRecord, OptionError, shown } from '../errors/index.ts'
import { batchFault, isModel, type Model } from '../models/index.ts'
import { type Augmentation, augmentationFault } from '../random/index.ts'
import {
  dtypeOf,
  firstBadRow,
  formatShape,
  isBytes,
  type Labels,
  type Rows,
  rowCount,
  sizeOf,
} from '../tensor/index.ts'
import type { Plan } from './plan.ts'

/** What a net is trained and validated with. Inputs are tensors or bytes, one example a row; Y is what its task takes as targets. */
export interface Data<Y = Labels> {
  /** Examples to train on, shape (N, …). */
  readonly xTrain: Rows
  /** A target for each. */
  readonly yTrain: Y
  /** Examples to validate with. */
  readonly xVal?: Rows
  /** A target for each. */
  readonly yVal?: Y
}

/** Inputs and checked targets that belong together. */
export interface Examples {
  readonly x: Rows
  readonly y: unknown
}

export interface CheckedData {
  readonly train: Examples
  readonly val: Examples | undefined
}

const rowsFault = (name: string, x: Rows, { inShape }: Model<unknown>): string | undefined => {
  if (!Array.isArray(x?.shape) || !ArrayBuffer.isView(x.data)) {
    return `${name} must be a tensor or bytes of shape (N, …), e.g. tensor([2, 3], values)`
  }
  if (sizeOf(x.shape) !== x.data.length) {
    return `${name} has shape ${formatShape(x.shape)}, so ${sizeOf(x.shape)} elements, but holds ${x.data.length}`
  }
  if (x.shape.length === 0 || rowCount(x) === 0) return `${name} has no rows; its shape is ${formatShape(x.shape)}`
  if (sizeOf(x.shape.slice(1)) !== sizeOf(inShape)) {
    return `${name} has shape ${formatShape(x.shape)}, but the net takes examples of shape ${formatShape(inShape)}, so (N, ${inShape.join(', ')})`
  }
  const row = isBytes(x) ? -1 : firstBadRow(x)
  return row < 0 ? undefined : `${name}: row ${row} holds a NaN or an infinity; repair or remove it before training`
}

/** Inputs and targets of one part of the data, checked against each other and the net. */
export const checkExamples = (
  model: Model<unknown>,
  [xName, x]: readonly [name: string, x: Rows],
  [yName, y]: readonly [name: string, y: unknown],
): E.Either<OptionError, Examples> => {
  const fault = rowsFault(xName, x, model)
  if (fault !== undefined) return E.left(new OptionError(`data: ${fault}`))
  return pipe(
    model.task.check(yName, y, rowCount(x), model.outShape),
    E.bimap(
      (error) => new OptionError(`data: ${error.message}`, { cause: error }),
      (checked) => ({ x, y: checked }),
    ),
  )
}

/** Whether the training rows can be augmented, where that is asked for. */
export const checkImages = (augment: Augmentation | undefined, x: Rows): E.Either<OptionError, unknown> => {
  if (augment === undefined) return E.right(undefined)
  if (isBytes(x) && x.shape.length >= 3) {
    const fault = augmentationFault(augment, x.shape)
    return fault === undefined ? E.right(undefined) : E.left(new OptionError(`augment: ${fault}`))
  }
  const kind = isBytes(x) ? 'bytes' : dtypeOf(x)
  return E.left(
    new OptionError(
      `augment: xTrain must be images kept as bytes, shape (N, …, H, W), but it is ${kind} of shape ${formatShape(x.shape)}; ` +
        'load the data set with flatten: false, or leave augment out',
    ),
  )
}

const missing = (data: Data<unknown>): string | undefined => {
  const absent = (['xTrain', 'yTrain'] as const).find((name) => data?.[name] === undefined)
  if (absent !== undefined) return `${absent} is missing; give inputs as xTrain and labels as yTrain`
  return (data.xVal === undefined) !== (data.yVal === undefined)
    ? 'xVal and yVal belong together, but one of them is missing'
    : undefined
}

/** Checks data against the net before anything is trained. */
export const checkData = (model: Model<unknown>, data: Data<unknown>): E.Either<OptionError, CheckedData> => {
  const absent = missing(data)
  if (absent !== undefined) return E.left(new OptionError(`data: ${absent}`))
  const { xTrain, yTrain, xVal, yVal } = data
  return pipe(
    checkExamples(model, ['xTrain', xTrain], ['yTrain', yTrain]),
    E.chain(
      (train): E.Either<OptionError, CheckedData> =>
        xVal === undefined
          ? E.right({ train, val: undefined })
          : pipe(
              checkExamples(model, ['xVal', xVal], ['yVal', yVal]),
              E.map((val) => ({ train, val })),
            ),
    ),
  )
}

/** Whether a batch has as many rows as each part of the net needs to learn from it, and whether steps can be counted. */
export const checkBatch = (model: Model<unknown>, { batchSize, totalSteps }: Plan): E.Either<OptionError, unknown> => {
  if (!Number.isSafeInteger(totalSteps)) {
    return E.left(new OptionError(`numEpochs: ${totalSteps} steps are more than can be counted; give fewer epochs`))
  }
  const fault = batchFault(model, batchSize)
  return fault === undefined ? E.right(undefined) : E.left(new OptionError(`batchSize: ${fault}`))
}

const isEither = (value: unknown): value is E.Either<unknown, unknown> =>
  isRecord(value) && (value._tag === 'Left' || value._tag === 'Right')

/** Whether it is a model; one that nobody took out of its Either is told of. */
export const checkModel = <Y>(model: Model<Y>): E.Either<OptionError, Model<Y>> => {
  if (isEither(model)) {
    const why = E.isLeft(model) && model.left instanceof Error ? `, which holds an error: ${model.left.message}` : ''
    return E.left(
      new OptionError(`model: it is the Either that made it${why}; take it out with orThrow(fullyConnectedNet({ … }))`),
    )
  }
  if (isModel(model)) return E.right(model)
  return E.left(
    new OptionError(
      `model: must be a model, e.g. orThrow(fullyConnectedNet({ hiddenDims: [100] })) or classifier(net, { inShape }), but got ${shown(model)}`,
    ),
  )
}
