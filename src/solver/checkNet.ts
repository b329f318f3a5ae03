import { ArgumentError, isRecord, shown } from '../errors/index.ts'
import type { Model, Weights } from '../models/index.ts'
import { checkRows, checkTensors, type Rows } from '../tensor/index.ts'

/** Throws for what is no model. */
export const checkModel = (where: string, model: Model<unknown>): void => {
  if (isRecord(model) && typeof model.scores === 'function' && isRecord(model.task) && Array.isArray(model.outShape))
    return
  throw new ArgumentError(
    `${where}: model must be one, e.g. of fullyConnectedNet or classifier, but got ${shown(model)}; orThrow(…) takes it out of an Either`,
  )
}

/** Throws for what is no model, no weights or no rows: before anything of them is used. */
export const checkNet = (where: string, model: Model<unknown>, weights: Weights, x: Rows): void => {
  checkModel(where, model)
  if (!isRecord(weights) || !isRecord(weights.params) || !isRecord(weights.state)) {
    throw new ArgumentError(
      `${where}: weights must have params and state, e.g. result.weights or model.init(), but got ${shown(weights)}`,
    )
  }
  checkTensors(where, 'weights.params', weights.params as Weights['params'])
  checkTensors(where, 'weights.state', weights.state as Weights['state'])
  const absent = Object.keys({ ...model.outline?.params, ...model.outline?.state }).find(
    (name) => !Object.hasOwn(weights.params, name) && !Object.hasOwn(weights.state, name),
  )
  if (absent !== undefined)
    throw new ArgumentError(`${where}: the weights have no ${absent}; take those of the same net`)
  checkRows(where, x)
}
