import type { Model, Weights } from '../models/index.ts'
import { allFinite, type Tensor } from '../tensor/index.ts'
import type { Fault } from './events.ts'

/** The first activations that are not finite, where the model can show them. */
const badActivations = (model: Model, weights: Weights, x: Tensor): string | undefined => {
  const outputs = model.activations?.(weights, x) ?? {}
  return Object.keys(outputs).find((name) => !allFinite(outputs[name] as Tensor))
}

const hint = (learningRate: number): string =>
  `the weights before this step are kept; lower the learning rate (it was ${Number(learningRate.toPrecision(3))}) or set clipNorm`

/** The loss of a step was NaN or infinite. */
export const lossFault = (
  model: Model,
  weights: Weights,
  x: Tensor,
  step: number,
  loss: number,
  learningRate: number,
): Fault => {
  const name = badActivations(model, weights, x)
  const where = name === undefined ? '' : `, and of what the net computes ${name} is the first that is not finite`
  return {
    step,
    quantity: 'loss',
    name: name ?? 'loss',
    message: `the loss of step ${step} was ${loss}${where}: ${hint(learningRate)}`,
  }
}

/** The loss of a step was finite, but not the gradient of a weight. */
export const gradientFault = (name: string, step: number, loss: number, learningRate: number): Fault => ({
  step,
  quantity: 'gradient',
  name,
  message: `the gradient of ${name} was not finite in step ${step}, with a loss of ${Number(loss.toPrecision(3))}: ${hint(learningRate)}`,
})
