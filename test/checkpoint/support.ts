import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { fullyConnectedNet } from '../../src/models/index.ts'
import { key, normal, randomIndices } from '../../src/random/index.ts'
import type { Data, Event, Result, SolverOptions } from '../../src/solver/index.ts'
import { bitsOf, right } from '../support.ts'

const x = normal(key(1), [60, 6])
const y = randomIndices(key(2), 60, 3)
export const data: Data = { xTrain: x, yTrain: y, xVal: x, yVal: y }

export const model = right(
  fullyConnectedNet({ inputDim: 6, hiddenDims: [8, 5], numClasses: 3, normalization: 'batchnorm', keepProb: 0.7 }),
)

export const options: SolverOptions = { updateRule: 'adam', schedule: 'cosine', batchSize: 12, numEpochs: 4 }

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

/** The path of a folder that is not there yet. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'cachegrad-checkpoint-'))
  made.push(folder)
  return join(folder, 'run')
}

export const resultOf = (events: Iterable<Event>): Result => {
  for (const event of events) if (event._tag === 'Done') return event.result
  throw new Error('the run ended without a result')
}

/** What must be the same when a run was interrupted: the weights' bits and all histories. */
export const comparable = ({ weights, lastWeights, best: _, backend: _b, ...rest }: Result) => ({
  ...rest,
  weights: { ...bitsOf(weights.params), ...bitsOf(weights.state) },
  lastWeights: { ...bitsOf(lastWeights.params), ...bitsOf(lastWeights.state) },
})
