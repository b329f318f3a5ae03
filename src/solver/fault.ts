import type { Batch, Model, Weights } from '../models/index.ts'
import type { Key } from '../random/index.ts'
import { allFinite, dtypeOf, type Tensor, type Tensors } from '../tensor/index.ts'
import type { Fault } from './events.ts'
import type { StepFault } from './step.ts'

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

const rounded = (value: number): number => Number(value.toPrecision(3))

const KEPT = 'the weights before this step are kept'

const remedy = ({ learningRate }: Attempt, kept = KEPT): string =>
  `${kept}; lower the learning rate (it was ${rounded(learningRate)}) or set clipNorm`

/** What a step was about to make of the net, in words. */
const sentenceOf = (attempt: Attempt, { quantity, name }: StepFault): string => {
  const { step, loss, weights, batch } = attempt
  const at = `step ${step}, with a loss of ${rounded(loss)}`
  const kept = 'the weights of the last evaluation are kept'
  switch (quantity) {
    case 'gradient':
      return `the gradient of ${name} was not finite, or too large to be squared, in ${at}: ${remedy(attempt)}`
    case 'statistic':
      return `the statistic ${name} became infinite in ${at}: ${KEPT}; standardise the inputs or lower the learning rate (it was ${rounded(attempt.learningRate)})`
    case 'weight':
      return `the update of ${name} was more than ${dtypeOf(batch.x)} holds in ${at}: ${remedy(attempt, kept)}`
    case 'slot':
      return `the update made ${name} infinite in ${at}: ${remedy(attempt, kept)}`
    default: {
      const bad = firstBad({ ...weights.params, ...weights.state })
      const cause = bad === undefined ? remedy(attempt) : `${bad} was not finite before; start from other weights`
      return `the loss of step ${step} was ${loss}${name === 'loss' ? '' : `, and of what the net computes ${name} is the first that is not finite`}: ${cause}`
    }
  }
}

/** Why a step was not made. A loss is traced to what is not finite first in the net. */
export const faultOfStep = (model: Model<unknown>, attempt: Attempt, { quantity, name }: StepFault): Fault => {
  const { weights, batch, key, step } = attempt
  const first = quantity === 'loss' ? (firstBad(model.trace?.(weights, batch.x, key) ?? {}) ?? name) : name
  return { step, quantity, name: first, message: sentenceOf(attempt, { quantity, name: first }) }
}

/** An evaluation whose outputs are not finite. */
export const scoreFault = (step: number, data: string, fault: string): Fault => ({
  step,
  quantity: 'score',
  name: data,
  message: `the ${data} data could not be evaluated after step ${step}: ${fault}`,
})
