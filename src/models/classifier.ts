import { kernelsFor } from '../kernels/index.ts'
import { type Layer, type Net, type Outline, outlineOf, outputsOf, softmaxLoss } from '../layers/index.ts'
import {
  checkOptions,
  type Dtype,
  dtypeOf,
  emptyLike,
  isFunction,
  type Key,
  key,
  type Labels,
  listOf,
  naturalNumber,
  nonNegative,
  OptionError,
  oneOf,
  orThrow,
  positiveInteger,
  type Shape,
  ShapeError,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'
import type { Model, Weights } from './model.ts'

/** A loss of scores and labels: its mean over the batch, and its gradient. */
export type Loss = (scores: Tensor, y: Labels) => readonly [loss: number, dscores: Tensor]

export interface ClassifierOptions {
  /** Shape of one example. */
  readonly inShape: Shape
  /** softmaxLoss unless given. */
  readonly loss?: Loss
  /** L2 regularization, ½·reg·ΣW² over the weights whose names begin with W; ≥ 0, 0 unless given. */
  readonly reg?: number
  readonly dtype?: Dtype
  /** The key of `init` when it is called with none is key(seed); 0 unless given. */
  readonly seed?: number
}

/** A model that shows the net it is made of, and what its layers compute. */
export interface Classifier extends Model {
  readonly net: Net
  /** Shape of one example. */
  readonly inShape: Shape
  readonly dtype: Dtype
  /** Shapes, sizes and costs, found without drawing a weight. */
  readonly outline: Outline
  /**
   * What leaves each part of the net in evaluation mode, by name: affine1, relu1, …, the last one's scores
   *
   * @param weights  from `init` or a result
   * @param x        examples, shape (N, …)
   */
  activations(weights: Weights, x: Tensor): Tensors
  /** The same in training: with the batch's own statistics, and the masks that `loss` draws from this key. */
  trace(weights: Weights, x: Tensor, key: Key): Tensors
}

const isRegularized = (name: string): boolean => name.startsWith('W')

/** ½·reg·ΣW², and dW + reg·W for each W. */
const regularize = (params: Tensors, grads: Tensors, reg: number): readonly [penalty: number, grads: Tensors] => {
  if (reg === 0) return [0, grads]
  const next: Record<string, Tensor> = { ...grads }
  let squares = 0
  for (const name of Object.keys(grads).filter(isRegularized)) {
    const w = params[name] as Tensor
    const dw = grads[name] as Tensor
    const sum = emptyLike(w)
    const kernels = kernelsFor(w.data)
    squares += kernels.sumSquares(w.data)
    kernels.addScaled(dw.data, reg, w.data, sum.data)
    next[name] = sum
  }
  return [0.5 * reg * squares, next]
}

const requirements = {
  inShape: listOf(positiveInteger),
  loss: isFunction,
  reg: nonNegative,
  dtype: oneOf(['float32', 'float64']),
  seed: naturalNumber,
}

const checked = (options: ClassifierOptions): ClassifierOptions => {
  const known = orThrow(checkOptions('classifier', options, requirements))
  if (known.inShape === undefined) {
    throw new OptionError('classifier: inShape is missing; give the shape of one example, e.g. [784] or [3, 32, 32]')
  }
  return known
}

const checkGradients = (params: Tensors, grads: Tensors): void => {
  for (const name in grads) {
    if (params[name] === undefined) {
      throw new ShapeError(`classifier: a gradient is named ${name}, but there is no weight of that name`)
    }
  }
  for (const name in params) {
    if (grads[name] === undefined) {
      throw new ShapeError(
        `classifier: no gradient for the weight ${name}; backward of the layer that reads it must return one under that name`,
      )
    }
  }
}

const checkDtype = (x: Tensor, dtype: Dtype): Tensor => {
  if (dtypeOf(x) === dtype) return x
  throw new ShapeError(
    `classifier: x is ${dtypeOf(x)}, but the weights are ${dtype}; use cast(x, '${dtype}') or another dtype for the net`,
  )
}

/**
 * loss = L(net(x), y) + ½·reg·ΣW²: a model from any net, also one made of your own layers
 *
 * @param net      a layer that maps examples to scores
 * @param options  `inShape`, and `loss`, `reg`, `dtype`, `seed` where the defaults are not what is wanted
 * @throws         OptionError for an option that does not fit; (loss) ShapeError when a weight gets no gradient or precisions differ
 * @example        classifier(affine(3), { inShape: [4] }).scores(classifier(affine(3), { inShape: [4] }).init(), ones([2, 4])).shape   // [2, 3]
 * @see            `fullyConnectedNet`
 */
export const classifier = <P extends Tensors, S extends Tensors, C>(
  net: Layer<P, S, C>,
  options: ClassifierOptions,
): Classifier => {
  const { inShape, loss: lossOf = softmaxLoss, reg = 0, dtype = 'float32', seed = 0 } = checked(options)
  const product = net as Net
  return {
    net: product,
    inShape,
    dtype,
    outline: outlineOf(product, inShape),
    activations: ({ params, state }, x) =>
      outputsOf(product, (tapped) => tapped.predict(checkDtype(x, dtype), params, state)),
    trace: ({ params }, x, key) => outputsOf(product, (tapped) => tapped.forward(checkDtype(x, dtype), params, key)),
    init: (initKey: Key = key(seed)) => {
      const { params, state } = product.init(initKey, inShape, dtype)
      return { params, state }
    },
    loss: ({ params, state }, { x, y }, stepKey) => {
      const [scores, cache] = product.forward(checkDtype(x, dtype), params, stepKey)
      const [dataLoss, dscores] = lossOf(scores, y)
      const own = product.gradients?.(dscores, cache) ?? product.backward(dscores, cache)[1]
      checkGradients(params, own)
      const [penalty, grads] = regularize(params, own, reg)
      return { loss: dataLoss + penalty, grads, state: product.absorb(state, cache) }
    },
    scores: ({ params, state }, x) => product.predict(checkDtype(x, dtype), params, state),
  }
}
