import type { Key, Labels, Tensor, Tensors } from '../tensor/index.ts'

/** All that a trained net is: its weights and its running statistics. */
export interface Weights {
  readonly params: Tensors
  readonly state: Tensors
}

/** Examples, shape (N, …), and a label for each. */
export interface Batch {
  readonly x: Tensor
  readonly y: Labels
}

export interface LossAndGradients {
  /** The batch's mean loss, regularization included. */
  readonly loss: number
  /** ∂loss/∂p for each weight, under its name. */
  readonly grads: Tensors
  /** The next running statistics. */
  readonly state: Tensors
}

/** What the solver knows of a net. */
export interface Model {
  /** Fresh weights, a pure function of the key. */
  init(key?: Key): Weights
  /** Training: loss, gradients and next statistics; the key draws dropout masks. */
  loss(weights: Weights, batch: Batch, key: Key): LossAndGradients
  /** Evaluation: scores, shape (N, C). */
  scores(weights: Weights, x: Tensor): Tensor
  /** What leaves each part of the net in training, by name, from the first to the scores; tells where a run diverged. */
  trace?(weights: Weights, x: Tensor, key: Key): Tensors
}
