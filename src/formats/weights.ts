import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Given, listOf, oneOf, resolveOptions, shown, text } from '../errors/index.ts'
import { quoted } from '../files/index.ts'
import { isModel, type Model, type Weights } from '../models/index.ts'
import {
  allFinite,
  cast,
  checkNamed,
  type Dtype,
  dtypeOf,
  formatShape,
  isShape,
  isTensor,
  type Shape,
  sizeOf,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'
import { FormatError } from './errors.ts'
import { fromPytorch } from './pytorch.ts'

type Shapes = Readonly<Record<string, Shape>>

/** Names and shapes of what a net is made of. */
export interface WeightShapes {
  readonly params: Shapes
  readonly state: Shapes
}

/** Shapes of what a model is made of: its outline knows them; of a model written by hand `init` is looked at. */
export const shapesOf = ({ outline, init }: Model<unknown>): WeightShapes => {
  if (outline !== undefined) return outline
  const shapesIn = (tensors: Tensors): Shapes =>
    Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape]))
  const { params, state } = init()
  return { params: shapesIn(params), state: shapesIn(state) }
}

const shapeFault = (name: string, expected: Shape, t: Tensor): string | undefined => {
  if (!isTensor(t) || !isShape(t.shape))
    return `${name} must be a tensor, but got ${shown(t)}; make it with tensor(shape, values)`
  const { shape, data } = t
  if (formatShape(shape) === formatShape(expected)) {
    const size = sizeOf(expected)
    if (data.length === size) return undefined
    return `${name} has shape ${formatShape(shape)}, so ${size} numbers, but its data hold ${data.length}; make it with tensor(shape, values)`
  }
  const isTransposed = shape.length === 2 && formatShape([...shape].reverse()) === formatShape(expected)
  const remedy = isTransposed
    ? "this is the transpose: PyTorch's nn.Linear keeps (M, D), cachegrad (D, M); use transpose(t), or w.T.contiguous() in PyTorch"
    : 'take the weights of the same net'
  return `${name} must have shape ${formatShape(expected)}, but has ${formatShape(shape)}; ${remedy}`
}

const fault = (expected: Shapes, tensors: Tensors): string | undefined => {
  const names = Object.keys(tensors)
  const known = Object.keys(expected)
  const unexpected = names.find((name) => !Object.hasOwn(expected, name))
  const missing = known.find((name) => !Object.hasOwn(tensors, name))
  if (missing !== undefined) {
    const there = names.slice(0, 8).map((name) => quoted(name))
    const shape = formatShape(expected[missing] as Shape)
    return `no tensor is named ${missing}, which must have shape ${shape}; there are ${there.join(', ') || 'none'}`
  }
  if (unexpected !== undefined) {
    return `the net has no tensor named ${quoted(unexpected)}; it has ${known.slice(0, 8).join(', ')}`
  }
  return known
    .map((name) => shapeFault(name, expected[name] as Shape, tensors[name] as Tensor))
    .find((f) => f !== undefined)
}

/** Whether it is the running variance of a batchnorm, whose names end with a number, or a name of the user's. */
const isVariance = (name: string): boolean => name.includes('runningVar')

const valueFault = (name: string, t: Tensor): string | undefined => {
  if (!allFinite(t)) {
    const at = t.data.findIndex((v) => !Number.isFinite(v))
    return `${name} holds ${t.data[at]} at index ${at}; a net computes with finite ${dtypeOf(t)} numbers only, so take weights from before the training diverged`
  }
  const at = isVariance(name) ? t.data.findIndex((v) => v < 0) : -1
  return at < 0
    ? undefined
    : `${name} holds ${t.data[at]} at index ${at}, but a variance is never below 0; get the weights again`
}

/**
 * The tensors in the order of these shapes and in one precision; left(what is wrong) when one is missing, too many or misshapen, or holds
 * what no net computes with.
 */
export const matchWeights = (
  { params, state }: WeightShapes,
  tensors: Tensors,
  dtype: Dtype,
): E.Either<string, Weights> => {
  const found = fault({ ...params, ...state }, tensors)
  if (found !== undefined) return E.left(found)
  const take = (shapes: Shapes): Tensors =>
    Object.fromEntries(
      Object.keys(shapes).map((name) => {
        const t = tensors[name] as Tensor
        return [name, dtypeOf(t) === dtype ? t : cast(t, dtype)]
      }),
    )
  const weights = { params: take(params), state: take(state) }
  const bad = Object.entries({ ...weights.params, ...weights.state })
    .map(([name, t]) => valueFault(name, t))
    .find((each) => each !== undefined)
  return bad === undefined ? E.right(weights) : E.left(bad)
}

const argumentsFault = (model: Model<unknown>, tensors: Tensors): E.Either<string, unknown> =>
  isModel(model)
    ? E.tryCatch(
        () => checkNamed('weightsFrom', 'tensors', tensors),
        (reason) => E.toError(reason).message.replace('weightsFrom: ', ''),
      )
    : E.left(`model must be one, e.g. of fullyConnectedNet, but got ${shown(model)}`)

const weightsOptions = {
  /** `'pytorch'`: the tensors are a state dict of PyTorch; without it they have the net's own names. */
  from: oneOf(['pytorch']),
  /** Modules of PyTorch in the order of the net's layers, e.g. ['body', 'head'], where their names do not tell it. */
  order: listOf(text),
}

/** The options of `weightsFrom`. @interface */
export type WeightsFromOptions = Given<typeof weightsOptions>

/** Weights, and which tensor became which of them, in words. */
export interface MappedWeights extends Weights {
  /** One text for each tensor that was taken. */
  readonly mapping: readonly string[]
}

/** The tensors by the net's names. */
const mapped = (
  model: Model<unknown>,
  tensors: Tensors,
  { from, order }: WeightsFromOptions,
): E.Either<string, { readonly tensors: Tensors; readonly mapping: readonly string[] }> => {
  if (from === 'pytorch') return fromPytorch(shapesOf(model), tensors, order)
  return order === undefined ? E.right({ tensors, mapping: [] }) : E.left("order is of { from: 'pytorch' }; give both")
}

/**
 * The tensors as a model's weights and running statistics, in the model's precision, by their names
 *
 * @param model    whose `init` has the same names and shapes
 * @param tensors  from a file, e.g. that Python wrote: W1, b1, gamma1, beta1, runningMean1, runningVar1, W2, …; neither more nor less
 * @returns        the tensors, shared where they have that precision; left(FormatError) that names the first tensor that is missing, unknown or misshapen,
 *                 or holds a NaN, an infinity or a negative running variance
 * @example        const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [], numClasses: 3 }))
 *                 pipe(weightsFrom(model, { W1: ones([2, 3]), b1: zeros([3]) }), E.map(({ params }) => Object.keys(params)))   // right(['W1', 'b1'])
 */
export function weightsFrom<Y>(model: Model<Y>, tensors: Tensors): E.Either<FormatError, Weights>
/**
 * The tensors as a model's weights, from names and layouts as PyTorch has them
 *
 * With `{ from: 'pytorch' }` each layer takes the module of its kind and shapes; modules that are alike come in the order of the numbers
 * in their names. Weights of Linear are transposed, those of convolutions stay, `num_batches_tracked` is left out, and a bias that
 * PyTorch left out is 0. `mapping` says all that.
 *
 * @param model    any
 * @param tensors  from a file, e.g. of a `state_dict`
 * @param options  `from`, and `order` where names of PyTorch do not tell it
 * @returns        the weights and `mapping`; left(FormatError) as without options
 * @example        const model = orThrow(fullyConnectedNet({ inputDim: 2, hiddenDims: [], numClasses: 3 }))
 *                 const torch = { 'fc.weight': ones([3, 2]), 'fc.bias': zeros([3]) }
 *                 pipe(weightsFrom(model, torch, { from: 'pytorch' }), E.map(({ mapping }) => mapping))   // right(['fc.weight (3, 2) → W1, transposed', 'fc.bias (3,) → b1'])
 */
export function weightsFrom<Y>(
  model: Model<Y>,
  tensors: Tensors,
  options: WeightsFromOptions,
): E.Either<FormatError, MappedWeights>
export function weightsFrom<Y>(
  model: Model<Y>,
  tensors: Tensors,
  options?: WeightsFromOptions,
): E.Either<FormatError, Weights | MappedWeights> {
  const net = model as Model<unknown>
  return pipe(
    resolveOptions('weightsFrom', options ?? {}, weightsOptions),
    E.mapLeft(({ message }) => message.replace('weightsFrom: ', '')),
    E.chainFirst(() => argumentsFault(net, tensors)),
    E.chain((known) => mapped(net, tensors, known)),
    E.chain(({ tensors: own, mapping }) =>
      pipe(
        matchWeights(shapesOf(net), own, net.dtype),
        E.map((weights) => (options === undefined ? weights : { ...weights, mapping })),
      ),
    ),
    E.mapLeft((message) => new FormatError(`weightsFrom: ${message}`)),
  )
}
