import type { Settings } from './options.ts'

/** How long a run is, and where in it evaluations are. */
export interface Plan {
  readonly batchSize: number
  readonly stepsPerEpoch: number
  readonly totalSteps: number
  /** How many evaluations belong to the first steps: one before them, one after each epoch and one at the end. */
  readonly evaluations: (steps: number) => number
}

export const planOf = (examples: number, { batchSize: wanted, numEpochs, numIterations }: Settings): Plan => {
  const batchSize = Math.min(wanted, examples)
  const stepsPerEpoch = Math.max(1, Math.floor(examples / batchSize))
  const totalSteps = numIterations ?? Math.max(1, Math.round(numEpochs * stepsPerEpoch))
  const evaluations = (steps: number): number =>
    1 + (steps === totalSteps ? Math.ceil(steps / stepsPerEpoch) : Math.floor(steps / stepsPerEpoch))
  return { batchSize, stepsPerEpoch, totalSteps, evaluations }
}
