import { ArgumentError } from '../errors/index.ts'
import { exponentialDecay, type Plateau } from '../optim/index.ts'
import type { Settings } from './options.ts'
import type { Plan } from './plan.ts'

/** (step number, plateau) ↦ the step's learning rate; throws where the schedule gives no finite number. */
export const learningRates = (
  { learningRate, lrDecay, schedule }: Settings,
  { stepsPerEpoch, totalSteps }: Plan,
): ((step: number, plateau: Plateau) => number) => {
  const decay = exponentialDecay({ decay: lrDecay })
  return (step, plateau) => {
    const progress = { step, epoch: Math.floor(step / stepsPerEpoch), totalSteps }
    const rate = learningRate * decay(progress) * plateau.factor * schedule(progress)
    if (Number.isFinite(rate)) return rate
    throw new ArgumentError(
      `schedule: a factor is a finite number, but the learning rate of step ${step} became ${rate}`,
    )
  }
}
