import type { Dtype, Key, Shape, Tensor, Tensors } from '../tensor/index.ts'

/** No tensors: the weights of a relu, the statistics of an affine. */
export type None = Readonly<Record<never, Tensor>>

/** What `init` gives: shapes are those of one example, without the batch axis. */
export interface Initial<P extends Tensors, S extends Tensors> {
  readonly outShape: Shape
  readonly params: P
  readonly state: S
}

/**
 * A layer is a pair of pure functions whose types mirror each other; the cache is what forward tells backward.
 *
 * P: the weights it reads; S: its running statistics; C: its cache. Methods take whole records and read their own names, so layers
 * can share one record of weights.
 */
export interface Layer<P extends Tensors, S extends Tensors, C> {
  /** Weights and statistics for inputs of shape `inShape` (one example), a pure function of the key. */
  init(key: Key, inShape: Shape, dtype?: Dtype): Initial<P, S>
  /** Training: the output and what backward needs. */
  forward(x: Tensor, params: P, key: Key): readonly [y: Tensor, cache: C]
  /** Given ∂loss/∂y: ∂loss/∂x, and ∂loss/∂p for each weight. */
  backward(dy: Tensor, cache: C): readonly [dx: Tensor, dparams: P]
  /** `backward` without dx, where that is cheaper: the first layer of a net uses it. */
  gradients?(dy: Tensor, cache: C): P
  /** What evaluation learns from one training pass: this layer's own statistics, nothing else. */
  absorb(state: S, cache: C): S
  /** Evaluation: no cache, no randomness. */
  predict(x: Tensor, params: P, state: S): Tensor
}

/** Any layer: what a product of layers is made of. */
export type Net = Layer<Tensors, Tensors, unknown>

export const noGradients = (): None => ({})

/** Whether a layer is known to have no weights; those that spread `stateless` are. */
export const hasNoGradients = (layer: { readonly gradients?: unknown }): boolean => layer.gradients === noGradients

/** The part of a layer that has neither weights nor statistics and keeps the shape; spread it and add forward, backward and predict. */
export const stateless = {
  init: (_key: Key, inShape: Shape): Initial<None, None> => ({ outShape: inShape, params: {}, state: {} }),
  gradients: noGradients,
  absorb: (): None => ({}),
}
