import { isRecord, type Json } from '../errors/index.ts'
import { type Key, key } from '../random/index.ts'
import { checkShape, type Dtype, isShape, type Shape, sizeOf, type Tensor, type Tensors } from '../tensor/index.ts'
import { checkLayers } from './structure.ts'

/** No tensors: the weights of a relu, the statistics of an affine. */
export type None = Readonly<Record<never, Tensor>>

/** What `init` gives: shapes are those of one example, without the batch axis. */
export interface Initial<P extends Tensors, S extends Tensors> {
  /** Of what leaves the layer. */
  readonly outShape: Shape
  /** The initial weights. */
  readonly params: P
  /** The initial running statistics. */
  readonly state: S
}

/** Shapes by name. */
export type Shapes = Readonly<Record<string, Shape>>

/** What a layer becomes for examples of one shape, found without drawing a weight. */
export interface Outline {
  /** Of what leaves the layer, for one example. */
  readonly outShape: Shape
  /** Shapes of the weights. */
  readonly params: Shapes
  /** Shapes of the running statistics. */
  readonly state: Shapes
  /** Multiplications an example in evaluation: those of matrix products and normalization; activations count none. */
  readonly multiplications: number
  /** How many numbers an example leave the layer and each of its parts; a training pass keeps about as many. */
  readonly floats: number
  /** The smallest batch that it can be trained on. */
  readonly fewestRows: number
}

/** Whether it says all that an outline says. */
export const isOutline = (value: unknown): value is Outline => {
  if (!isRecord(value) || !isShape(value.outShape)) return false
  const { params, state, multiplications, floats, fewestRows } = value
  return (
    [multiplications, floats, fewestRows].every(Number.isFinite) &&
    [params, state].every((shapes) => isRecord(shapes) && Object.values(shapes).every(isShape))
  )
}

/** A layer in words: its type, its options, and its parts as `layers`. An alias, so that it is JSON to the compiler. */
export type LayerSpec = { readonly [option: string]: Json } & {
  /** What it is called, e.g. 'affine'. */
  readonly type: string
}

/** The names of the weights whose gradients are used; absent where those of all are. */
export type Learns = ReadonlySet<string>

/**
 * A layer is a pair of pure functions whose types mirror each other; the cache is what forward tells backward.
 *
 * P: the weights it reads; S: its running statistics; C: its cache. Methods take whole records and read their own names. The
 * members that describe a layer are optional: a plain layer trains as well, and `defineLayer` makes one that can also be saved.
 */
export interface Layer<P extends Tensors, S extends Tensors, C> {
  /** Weights and statistics for inputs of shape `inShape` (one example), a pure function of the key. */
  init(key: Key, inShape: Shape, dtype?: Dtype): Initial<P, S>
  /**
   * Weights that depend on the data as well, from those that `init` drew: called once before the first step, with examples as they come
   * to the layer. A layer without it keeps what `init` gave.
   */
  prepare?(params: P, x: Tensor, key: Key): P
  /** Training: the output and what backward needs. */
  forward(x: Tensor, params: P, key: Key): readonly [y: Tensor, cache: C]
  /** Given ∂loss/∂y: ∂loss/∂x, and ∂loss/∂p for each weight; gradients that `learns` does not name may be left out. */
  backward(dy: Tensor, cache: C, learns?: Learns): readonly [dx: Tensor, dparams: P]
  /** `backward` without dx, where that is cheaper: the first layer of a net that learns uses it. */
  gradients?(dy: Tensor, cache: C, learns?: Learns): P
  /** `backward` without dparams, where that is cheaper: a layer whose weights are frozen uses it. */
  through?(dy: Tensor, cache: C): Tensor
  /** What evaluation learns from one training pass: this layer's own statistics, nothing else. */
  absorb(state: S, cache: C): S
  /** Evaluation: no cache, no randomness. */
  predict(x: Tensor, params: P, state: S): Tensor
  /**
   * For the gradient of evaluation, where that is not what training computes: a layer whose `forward` is this one's `predict` and finds
   * the running statistics among the weights, and whose `backward` need give dx only.
   */
  inEvaluation?(): Net
  /** Names of its weights and statistics, and of a draw of its own, e.g. 'dropout'; a net numbers them. */
  readonly names?: readonly string[]
  /** The number that `at` gave it, or the text that `shared` did: its names have it already, and a net leaves them alone. */
  readonly place?: number | string
  /** What it becomes for examples of this shape; draws nothing. Throws a ShapeError for examples that it does not take. */
  outline?(inShape: Shape): Outline
  /** Its parts, if it is made of some. Not enumerable, so a spread layer has none. */
  readonly layers?: readonly Net[]
  /** What it is, so that `buildNet` makes it again. Not enumerable: `{ ...affine(64), backward }` is no affine any more. */
  readonly spec?: LayerSpec
}

/** Any layer: what a product of layers is made of. */
export type Net = Layer<Tensors, Tensors, unknown>

export const noGradients = (): None => ({})

/** Whether a layer is known to have no weights; those that spread `stateless` are. */
export const hasNoGradients = (layer: { readonly gradients?: unknown }): boolean => layer.gradients === noGradients

/** The outline of a layer without weights and statistics. */
export const outlineWithout = (outShape: Shape): Outline => ({
  outShape,
  params: {},
  state: {},
  multiplications: 0,
  floats: sizeOf(outShape),
  fewestRows: 1,
})

/** The part of a layer that has neither weights nor statistics and keeps the shape; spread it and add forward, backward and predict. */
export const stateless = {
  /** None. */
  names: [] as readonly string[],
  /** Nothing is drawn, and the shape stays. */
  init: (_key: Key, inShape: Shape): Initial<None, None> => ({ outShape: inShape, params: {}, state: {} }),
  /** No weights and no multiplications. */
  outline: outlineWithout,
  /** There are none. */
  gradients: noGradients,
  /** There is nothing to learn. */
  absorb: (): None => ({}),
}

const shapesIn = (tensors: Tensors): Shapes =>
  Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))

/**
 * What a layer becomes for examples of one shape: shapes, sizes and costs, found without drawing a weight
 *
 * @param layer    any; one that has no `outline` of its own is made once to find out
 * @param inShape  of one example
 * @throws         ShapeError for examples that it does not take
 * @example        outlineOf(network([affine(64), relu, affine(10)]), [28, 28]).params.W2   // [64, 10]
 */
export const outlineOf = (layer: Net, inShape: Shape): Outline => {
  checkLayers('outlineOf', [layer])
  checkShape('outlineOf', inShape)
  if (layer.outline !== undefined) return layer.outline(inShape)
  const { outShape, params, state } = layer.init(key(0), inShape)
  return { ...outlineWithout(outShape), params: shapesIn(params), state: shapesIn(state) }
}
