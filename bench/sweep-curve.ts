import { logUniform, uniform } from '../src/sweep/space/index.ts'
import type { Params } from '../src/sweep/trial.ts'

/** The space of the trials whose accuracies `powerLaw` makes up. */
export const space = { learningRate: logUniform(1e-5, 1e-1), reg: logUniform(1e-6, 1e-1), keepProb: uniform(0.3, 1) }

/** Accuracy after an epoch, without noise: a high learning rate rises fast and ends low, strong regularisation rises slowly. */
export const powerLaw = ({ learningRate, reg, keepProb }: Params): ((epoch: number) => number) => {
  const speed = Math.log10((learningRate as number) / 1e-3)
  const strength = Math.log10((reg as number) / 1e-3)
  const dropped = (keepProb as number) - 0.7
  const end = 0.58 - 0.04 * speed ** 2 - 0.01 * strength ** 2 - 0.2 * dropped ** 2
  const steepness = 0.6 + 0.15 * speed - 0.05 * strength
  return (epoch) => end - 0.3 * epoch ** -steepness
}
