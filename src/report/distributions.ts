import type { Weights } from '../models/index.ts'
import type { Tensors } from '../tensor/index.ts'
import { type Distribution, distribution } from './histogram.ts'
import { matricesOf } from './probe.ts'

/** What a net holds and computes at one time of a run. */
export interface Inside {
  readonly weights: Weights
  readonly activations: Tensors
}

const MOST_MATRICES = 6

/** How the first matrices and all activations lay at the start and at the end. */
export const distributionsOf = (start: Inside, end: Inside): Distribution[] =>
  [
    ...matricesOf(start.weights)
      .slice(0, MOST_MATRICES)
      .map((name) =>
        distribution(name, 'weights', dataOf(start.weights.params, name), dataOf(end.weights.params, name)),
      ),
    ...Object.keys(start.activations).map((name) =>
      distribution(name, 'activations', dataOf(start.activations, name), dataOf(end.activations, name)),
    ),
  ].filter((found) => found !== undefined)

const dataOf = (tensors: Tensors, name: string): ArrayLike<number> => tensors[name]?.data ?? []
