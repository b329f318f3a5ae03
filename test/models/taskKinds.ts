import { affine, network, tanh } from '../../src/layers/index.ts'
import { binary, classification, type Model, model, multiLabel, regression, type Task } from '../../src/models/index.ts'
import { type Dtype, linspace, tensor } from '../../src/tensor/index.ts'
import { random } from '../support.ts'

const several = tensor([
  [1, 0, 1],
  [0, 0, 0],
  [1, 1, 1],
  [0, 1, 0],
  [0, 0, 1],
  [1, 0, 0],
])
const numbers = random(7, [6, 3])
const labels = [0, 2, 1, 1, 0, 2]

/** A task, with targets of six examples. */
export interface Kind {
  readonly task: Task<never>
  readonly outputs: number
  readonly y: unknown
}

/** A row a task. */
export const kinds: Readonly<Record<string, Kind>> = {
  classification: { task: classification(), outputs: 3, y: labels },
  smoothed: { task: classification({ labelSmoothing: 0.2 }), outputs: 3, y: labels },
  weighted: { task: classification({ classWeights: [1, 2, 0.5], labelSmoothing: 0.1 }), outputs: 3, y: labels },
  svm: { task: classification({ loss: 'svm' }), outputs: 3, y: labels },
  mse: { task: regression(), outputs: 3, y: numbers },
  mae: { task: regression({ loss: 'mae' }), outputs: 3, y: numbers },
  huber: { task: regression({ loss: 'huber', delta: 0.5 }), outputs: 3, y: numbers },
  'one number': { task: regression(), outputs: 1, y: Array.from(linspace(-1, 2, [6]).data) },
  binary: { task: binary(), outputs: 1, y: [1, 0, 1, 1, 0, 0] },
  multiLabel: { task: multiLabel(), outputs: 3, y: several },
} as unknown as Readonly<Record<string, Kind>>

/** A small net of four inputs for it. */
export const modelOf = ({ task, outputs }: Kind, dtype: Dtype = 'float64'): Model<never> =>
  model(network([affine(5), tanh, affine(outputs)]), { inShape: [4], task, dtype, reg: 0.1 }) as Model<never>
