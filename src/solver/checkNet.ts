import { ArgumentError } from '../errors/index.ts'
import { checkModel, checkWeights, type Model, type Weights } from '../models/index.ts'
import { checkRows, checkTensors, type Rows } from '../tensor/index.ts'

/** Throws for what is no model, no weights or no rows: before anything of them is used. */
export const checkNet = (where: string, model: Model<unknown>, weights: Weights, x: Rows): void => {
  checkModel(where, model)
  checkWeights(where, weights)
  checkTensors(where, 'weights.params', weights.params)
  checkTensors(where, 'weights.state', weights.state)
  const absent = Object.keys({ ...model.outline?.params, ...model.outline?.state }).find(
    (name) => !Object.hasOwn(weights.params, name) && !Object.hasOwn(weights.state, name),
  )
  if (absent !== undefined)
    throw new ArgumentError(`${where}: the weights have no ${absent}; take those of the same net`)
  checkRows(where, x)
}
