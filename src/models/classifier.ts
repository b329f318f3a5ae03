import {
  ArgumentError,
  type Given,
  isRecord,
  listOf,
  naturalNumber,
  nonNegative,
  OptionError,
  orThrow,
  positiveInteger,
  required,
  resolveOptions,
  ShapeError,
  shown,
  withDefault,
} from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { type Layer, type Learns, type Net, type Outline, outlineOf, outputsOf } from '../layers/index.ts'
import { checkKey, type Key, key } from '../random/index.ts'
import {
  checkTensor,
  type Dtype,
  dtypeOf,
  dtypes,
  emptyLike,
  formatShape,
  type Labels,
  reshape,
  type Shape,
  sizeOf,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'
import { checkWeights } from './checkModel.ts'
import { classification } from './classification.ts'
import type { Model, Weights } from './model.ts'
import { isTask, type Task } from './task.ts'

const modelOptions = {
  /** Shape of one example. */
  inShape: required(listOf(positiveInteger), 'give the shape of one example, e.g. [784] or [3, 32, 32]'),
  /** What the net is trained for. */
  task: required(isTask, 'say what the net is trained for, e.g. regression()'),
  /** L2 regularization, ½·reg·ΣW² over the weights whose names begin with W; ≥ 0, 0 unless given. */
  reg: withDefault(0, nonNegative),
  /** 'float32' unless given; 'float64' checks gradients. */
  dtype: withDefault('float32', dtypes),
  /** The key of `init` when it is called with none is key(seed); 0 unless given. */
  seed: withDefault(0, naturalNumber),
}

/** The options of `model`. @interface */
export type ModelOptions<Y = Labels> = Omit<Given<typeof modelOptions>, 'task'> & {
  /** What the net is trained for. */
  readonly task: Task<Y>
}

/** The options of `classifier`: those of `model`, with `classification()` as the task unless given. @interface */
export type ClassifierOptions<Y = Labels> = Omit<ModelOptions<Y>, 'task'> & {
  /** What the net is trained for; `classification()` unless given. */
  readonly task?: Task<Y>
}

/** A model that shows the net it is made of, and what its layers compute. */
export interface Classifier<Y = Labels> extends Model<Y> {
  readonly net: Net
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

/** ½·reg·ΣW², and dW + reg·W for each W that learns. */
const regularize = (params: Tensors, grads: Tensors, reg: number): readonly [penalty: number, grads: Tensors] => {
  if (reg === 0) return [0, grads]
  const next: Record<string, Tensor> = { ...grads }
  let squares = 0
  for (const name of Object.keys(params).filter(isRegularized)) {
    const w = params[name] as Tensor
    const dw = grads[name]
    const kernels = kernelsFor(w.data)
    squares += kernels.sumSquares(w.data)
    if (dw === undefined) continue
    const sum = emptyLike(w)
    kernels.addScaled(dw.data, reg, w.data, sum.data)
    next[name] = sum
  }
  return [0.5 * reg * squares, next]
}

const LARGEST = 2 ** 32 // bytes of one tensor: addresses of WebAssembly end there

/** Throws for a weight that no memory would hold, before any is asked for. */
const checkRoom = ({ params }: Outline, dtype: Dtype): void => {
  for (const [name, shape] of Object.entries(params)) {
    const bytes = sizeOf(shape) * (dtype === 'float32' ? 4 : 8)
    if (bytes <= LARGEST) continue
    throw new OptionError(
      `the weight ${name} of shape ${formatShape(shape)} takes ${bytes} bytes, but a tensor may have ${LARGEST}; make its layer smaller, e.g. hiddenDims, or its input`,
    )
  }
}

const checkGradients = (params: Tensors, grads: Tensors, learns: Learns | undefined): void => {
  for (const name in grads) {
    if (params[name] === undefined) {
      throw new ShapeError(`classifier: a gradient is named ${name}, but there is no weight of that name`)
    }
  }
  for (const name in params) {
    if (grads[name] === undefined && (learns === undefined || learns.has(name))) {
      throw new ShapeError(
        `classifier: no gradient for the weight ${name}; backward of the layer that reads it must return one under that name`,
      )
    }
  }
}

/** The examples as the net takes them: (N, D) may come for (N, C, H, W), and the other way round. */
export const examplesOf = (x: Tensor, inShape: Shape, dtype: Dtype, where = 'classifier'): Tensor => {
  checkTensor(where, 'x', x)
  if (dtypeOf(x) !== dtype) {
    throw new ShapeError(
      `${where}: x is ${dtypeOf(x)}, but the weights are ${dtype}; use cast(x, '${dtype}') or another dtype for the net`,
    )
  }
  const own = x.shape.slice(1)
  if (x.shape.length === 0 || sizeOf(own) !== sizeOf(inShape)) {
    throw new ShapeError(
      `${where}: x has shape ${formatShape(x.shape)}, but the net takes examples of shape ${formatShape(inShape)}, so (N, ${inShape.join(', ')})`,
    )
  }
  return own.length === inShape.length && own.every((size, i) => size === inShape[i])
    ? x
    : reshape(x, [x.shape[0] as number, ...inShape])
}

/** `model`, which messages call by the name that it was called by. */
const modelFrom = <Y>(where: string, net: Net, options: ModelOptions<Y>): Classifier<Y> => {
  if (!isRecord(net) || typeof net.init !== 'function' || typeof net.forward !== 'function') {
    throw new OptionError(`${where}: net must be a layer, e.g. network([affine(10)]), but got ${shown(net)}`)
  }
  const { inShape, reg, dtype, seed } = orThrow(resolveOptions(where, options, modelOptions))
  const { task } = options
  const outline = outlineOf(net, inShape)
  const { outShape } = outline
  const { spec } = net
  return {
    inShape,
    outShape,
    dtype,
    task,
    ...(spec && { spec: { net: spec, inShape: [...inShape], task: task.spec, reg, dtype } }),
    net,
    outline,
    ...(task.fitted && {
      fitted: (y) => modelFrom(where, net, { ...options, task: task.fitted?.(y as Y, outShape) ?? task }),
    }),
    activations: (weights, x) => {
      checkWeights('activations', weights)
      const { params, state } = weights
      return outputsOf(net, (tapped) => tapped.predict(examplesOf(x, inShape, dtype), params, state))
    },
    trace: (weights, x, key) => {
      checkWeights('trace', weights)
      checkKey('trace', key)
      return outputsOf(net, (tapped) => tapped.forward(examplesOf(x, inShape, dtype), weights.params, key))
    },
    init: (initKey: Key = key(seed)) => {
      checkRoom(outline, dtype)
      const { params, state } = net.init(initKey, inShape, dtype)
      return { params, state }
    },
    ...(net.prepare && {
      prepare: (weights: Weights, x: Tensor, prepareKey: Key) => {
        checkWeights('prepare', weights)
        checkKey('prepare', prepareKey)
        const { params, state } = weights
        return { params: net.prepare?.(params, examplesOf(x, inShape, dtype), prepareKey) ?? params, state }
      },
    }),
    loss: (weights, batch, stepKey, learns) => {
      checkWeights('loss', weights)
      if (!isRecord(batch)) throw new ArgumentError(`loss: batch must be { x, y }, but got ${shown(batch)}`)
      const { params, state } = weights
      const { x, y } = batch
      const [scores, cache] = net.forward(examplesOf(x, inShape, dtype), params, stepKey)
      const [dataLoss, dscores] = task.loss(scores, y)
      const own = net.gradients?.(dscores, cache, learns) ?? net.backward(dscores, cache, learns)[1]
      checkGradients(params, own, learns)
      const [penalty, grads] = regularize(params, own, reg)
      return { loss: dataLoss + penalty, grads, state: net.absorb(state, cache) }
    },
    scores: (weights, x) => {
      checkWeights('scores', weights)
      return net.predict(examplesOf(x, inShape, dtype), weights.params, weights.state)
    },
  }
}

/**
 * loss = L(net(x), y) + ½·reg·ΣW²: a model from any net and what it is trained for
 *
 * @param net      a layer that maps examples to outputs
 * @param options  `inShape` and `task`, and `reg`, `dtype`, `seed` where the defaults are not what is wanted
 * @throws         OptionError for an option that does not fit; ShapeError for layers that do not go together; (loss) ShapeError when a
 *                 weight gets no gradient or precisions differ
 * @example        model(affine(2), { inShape: [4], task: regression() }).outShape   // [2]
 * @see            `classification`, `regression`, `binary`, `multiLabel`
 */
export const model = <P extends Tensors, S extends Tensors, C, Y>(
  net: Layer<P, S, C>,
  options: ModelOptions<Y>,
): Classifier<Y> => modelFrom('model', net as Net, options)

/**
 * `model` with classification() as its task unless another is given: from any net, also one made of your own layers
 *
 * @param net      a layer that maps examples to scores
 * @param options  `inShape`, and `task`, `reg`, `dtype`, `seed` where the defaults are not what is wanted
 * @throws         OptionError for an option that does not fit; ShapeError for layers that do not go together; (loss) ShapeError when a
 *                 weight gets no gradient or precisions differ
 * @example        classifier(affine(3), { inShape: [4] }).scores(classifier(affine(3), { inShape: [4] }).init(), ones([2, 4])).shape   // [2, 3]
 * @see            `fullyConnectedNet`
 */
export const classifier = <P extends Tensors, S extends Tensors, C, Y = Labels>(
  net: Layer<P, S, C>,
  options: ClassifierOptions<Y>,
): Classifier<Y> => {
  // No task is the default, which is one of labels.
  const task = options?.task ?? (classification() as unknown as Task<Y>)
  return modelFrom('classifier', net as Net, isRecord(options) ? { ...options, task } : options)
}
