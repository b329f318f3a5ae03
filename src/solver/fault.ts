import type { Batch, Model, Weights } from '../models/index.ts'
import { allFinite, type Key, type Tensor, type Tensors } from '../tensor/index.ts'
import type { Fault } from './events.ts'

const firstBad = (tensors: Tensors): string | undefined =>
  Object.keys(tensors).find((name) => !allFinite(tensors[name] as Tensor))

/** The step that could not be made. */
export interface Attempt {
  readonly weights: Weights
  readonly batch: Batch<unknown>
  readonly key: Key
  /** Counts from 1. */
  readonly step: number
  readonly loss: number
  readonly learningRate: number
}

const remedy = ({ weights, learningRate }: Attempt): string => {
  const rate = Number(learningRate.toPrecision(3))
  // A rate of 1e39 does that in one step, with gradients that are finite.
  const lost = firstBad(weights.params)
  return lost === undefined
    ? `the weights before this step are kept; lower the learning rate (it was ${rate}) or set clipNorm`
    : `the step before made ${lost} not finite; lower the learning rate (it was ${rate})`
}

/** The loss of a step was NaN or infinite. */
export const lossFault = (model: Model<unknown>, attempt: Attempt): Fault => {
  const { weights, batch, key, step, loss } = attempt
  const name = firstBad(model.trace?.(weights, batch.x, key) ?? {})
  const where = name === undefined ? '' : `, and of what the net computes ${name} is the first that is not finite`
  return {
    step,
    quantity: 'loss',
    name: name ?? 'loss',
    message: `the loss of step ${step} was ${loss}${where}: ${remedy(attempt)}`,
  }
}

/** The loss of a step was finite, but not the gradient of a weight. */
export const gradientFault = (name: string, attempt: Attempt): Fault => {
  const { step, loss } = attempt
  const message = `the gradient of ${name} was not finite in step ${step}, with a loss of ${Number(loss.toPrecision(3))}: ${remedy(attempt)}`
  return { step, quantity: 'gradient', name, message }
}
