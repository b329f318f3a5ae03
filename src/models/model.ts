import type { Json } from '../errors/index.ts'
import type { Learns, Net, Outline } from '../layers/index.ts'
import type { Key } from '../random/index.ts'
import type { Dtype, Labels, Shape, Tensor, Tensors } from '../tensor/index.ts'
import type { Task } from './task.ts'

/** All that a trained net is: its weights and its running statistics. */
export interface Weights {
  /** What is trained, by name. */
  readonly params: Tensors
  /** Running statistics, by name. */
  readonly state: Tensors
}

/** Examples, shape (N, …), and a target for each. */
export interface Batch<Y = Labels> {
  /** The examples. */
  readonly x: Tensor
  /** Their targets. */
  readonly y: Y
}

/** What one pass in training gives. */
export interface LossAndGradients {
  /** The batch's mean loss, regularization included. */
  readonly loss: number
  /** ∂loss/∂p for each weight that learns, under its name. */
  readonly grads: Tensors
  /** The next running statistics. */
  readonly state: Tensors
}

/** What the solver knows of a net. */
export interface Model<Y = Labels> {
  /** Shape of one example; rows of as many numbers in another shape are taken as well. */
  readonly inShape: Shape
  /** Of what the net computes of one. */
  readonly outShape: Shape
  /** Of weights, statistics and batches. */
  readonly dtype: Dtype
  /** What it is trained for. */
  readonly task: Task<Y>
  /** All that it is but its weights, for files and checkpoints: any JSON. Without it, it cannot be written to either. */
  readonly spec?: Json
  /** Fresh weights, a pure function of the key. */
  init(key?: Key): Weights
  /**
   * Weights that depend on the data as well: `train` calls it before the first step, with some of the examples. Absent where no layer
   * looks at the data.
   */
  prepare?(weights: Weights, x: Tensor, key: Key): Weights
  /**
   * Training: loss, gradients and next statistics; the key draws dropout masks. Gradients that `learns` does not name are not used, so
   * a model need not compute them; absent, all weights learn.
   */
  loss(weights: Weights, batch: Batch<Y>, key: Key, learns?: Learns): LossAndGradients
  /** Evaluation: what the net computes, shape (N, …outShape); of a classifier (N, C), a score for each class. */
  scores(weights: Weights, x: Tensor): Tensor
  /** The model with what its task takes of the checked training targets, e.g. weights of classes; absent where it takes nothing. */
  fitted?(y: unknown): Model<Y>
  /** What it is made of. */
  readonly net?: Net
  /** Shapes, sizes and costs of the net, found without drawing a weight. */
  readonly outline?: Outline
  /** What leaves each part of the net in training, by name, from the first to the scores; tells where a run diverged. */
  trace?(weights: Weights, x: Tensor, key: Key): Tensors
  /** The same in evaluation. */
  activations?(weights: Weights, x: Tensor): Tensors
}
