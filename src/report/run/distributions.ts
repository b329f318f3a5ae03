import type { Weights } from '../../models/index.ts'
import type { Tensors } from '../../tensor/index.ts'
import { type Distribution, distribution } from './histogram.ts'
import { matricesOf, pick } from './probe.ts'

/** What a net holds and computes at one time of a run. */
export interface Inside {
  readonly weights: Weights
  readonly activations: Tensors
}

const MOST_MATRICES = 6
const MOST_ACTIVATIONS = 12

/** How the first matrices and what leaves the net's parts lay at the start and at the end. */
export const distributionsOf = (start: Inside, end: Inside): Distribution[] =>
  [
    ...matricesOf(start.weights)
      .slice(0, MOST_MATRICES)
      .map((name) =>
        distribution(name, 'weights', dataOf(start.weights.params, name), dataOf(end.weights.params, name)),
      ),
    ...pick(Object.keys(start.activations), MOST_ACTIVATIONS).map((name) =>
      distribution(name, 'activations', dataOf(start.activations, name), dataOf(end.activations, name)),
    ),
  ].filter((found) => found !== undefined)

const dataOf = (tensors: Tensors, name: string): ArrayLike<number> => tensors[name]?.data ?? []
