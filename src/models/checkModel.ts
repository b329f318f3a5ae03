import { ArgumentError, isRecord, shown } from '../errors/index.ts'
import { isLayer, isOutline } from '../layers/index.ts'
import { dtypes, isShape } from '../tensor/index.ts'
import type { Model, Weights } from './model.ts'
import { isTask } from './task.ts'

/** Whether it has all that every model has, as far as can be told without a call. */
export const isModel = (value: unknown): value is Model<unknown> =>
  isRecord(value) &&
  ['init', 'loss', 'scores'].every((name) => typeof value[name] === 'function') &&
  isTask.holds(value.task) &&
  isShape(value.inShape) &&
  isShape(value.outShape) &&
  dtypes.holds(value.dtype) &&
  (value.outline === undefined || isOutline(value.outline)) &&
  (value.net === undefined || isLayer(value.net))

/** Throws an ArgumentError for what is no model. */
export const checkModel = <Y>(where: string, model: Model<Y>): void => {
  if (isModel(model)) return
  throw new ArgumentError(
    `${where}: model must be one, e.g. of fullyConnectedNet or classifier, but got ${shown(model)}; orThrow(…) takes it out of an Either`,
  )
}

/** Whether it has params and state. What is in them is checked by who reads it. */
export const isWeights = (value: unknown): value is Weights =>
  isRecord(value) && isRecord(value.params) && isRecord(value.state)

/** Throws an ArgumentError for what has not params and state. */
export const checkWeights = (where: string, weights: Weights): void => {
  if (isWeights(weights)) return
  throw new ArgumentError(
    `${where}: weights must have params and state, e.g. result.weights or model.init(), but got ${shown(weights)}`,
  )
}
