import {
  ArgumentError,
  checkArgument,
  completed,
  functionOf,
  type Given,
  naturalNumber,
  positive,
  positiveInteger,
  withDefault,
} from '../errors/index.ts'
import { aKey, foldIn, type Key, key, normal } from '../random/index.ts'
import {
  checkShape,
  checkTensor,
  checkTensors,
  dtypeOf,
  type Shape,
  type Tensor,
  type Tensors,
} from '../tensor/index.ts'
import type { Layer, Net } from './layer.ts'
import { numericalGradient } from './numericalGradient.ts'
import { checkLayers } from './structure.ts'

// Bound once: Jest's realm makes each look-up of a global slow.
const { floor } = Math

/** Where analytic and numerical gradient differ most: a coordinate, or a random direction of a large tensor. */
export interface Disagreement {
  /** Of the tensor. */
  readonly name: string
  /** The indices of the element, e.g. '[0, 2]', or which direction. */
  readonly place: string
  /** What backward says. */
  readonly analytic: number
  /** What the central difference says. */
  readonly numerical: number
  /** |a − n|/(1 + |a| + |n|) */
  readonly error: number
}

/** What a gradient check found. */
export interface GradientReport {
  /** The largest error of all, a number ≥ 0. */
  readonly error: number
  /** The worst place of each tensor. */
  readonly worst: readonly Disagreement[]
  /** A table for people, the worst place of each tensor a line. */
  readonly text: string
}

const gradientCheckOptions = {
  /** Step of the central difference, > 0; 1e-5 unless given. */
  h: withDefault(1e-5, positive),
  /** Tensors with more elements are checked along random directions, an integer ≥ 0; 500 unless given. */
  maxElements: withDefault(500, naturalNumber),
  /** Number of random directions for a large tensor, an integer ≥ 1; 10 unless given. */
  directions: withDefault(10, positiveInteger),
  /** Draws the directions; key(0) unless given. */
  key: withDefault(key(0), aKey),
}

/** The options of `gradientCheck` and of what checks layers and models by it. @interface */
export type GradientCheckOptions = Given<typeof gradientCheckOptions>

// A relative error would divide by 0 for a bias before batchnorm, whose gradient is exactly 0.
const errorOf = (analytic: number, numerical: number): number =>
  Math.abs(analytic - numerical) / (1 + Math.abs(analytic) + Math.abs(numerical))

const larger = (a: Disagreement, b: Disagreement): Disagreement => (Number.isNaN(a.error) || b.error <= a.error ? a : b)

const coordinate = (shape: Shape, index: number): string => {
  const place: number[] = []
  let rest = index
  for (const size of [...shape].reverse()) {
    place.unshift(rest % size)
    rest = floor(rest / size)
  }
  return `[${place.join(', ')}]`
}

const alongCoordinates = (name: string, f: (x: Tensor) => number, x: Tensor, dx: Tensor, h: number): Disagreement[] => {
  const numerical = numericalGradient(f, x, h)
  return Array.from(dx.data, (analytic, i) => ({
    name,
    place: coordinate(x.shape, i),
    analytic,
    numerical: numerical.data[i] as number,
    error: errorOf(analytic, numerical.data[i] as number),
  }))
}

const alongDirections = (
  name: string,
  f: (x: Tensor) => number,
  x: Tensor,
  dx: Tensor,
  h: number,
  directions: number,
  directionKey: Key,
): Disagreement[] =>
  Array.from({ length: directions }, (_, i) => {
    const direction = normal(foldIn(directionKey, i), x.shape, 1 / Math.sqrt(x.data.length), 'float64').data
    const moved = (t: number): number =>
      f({ shape: x.shape, data: new Float64Array(x.data).map((v, j) => v + t * (direction[j] as number)) })
    const numerical = (moved(h) - moved(-h)) / (2 * h)
    let analytic = 0
    for (let j = 0; j < direction.length; j++) analytic += (direction[j] as number) * (dx.data[j] as number)
    return { name, place: `along random direction ${i}`, analytic, numerical, error: errorOf(analytic, numerical) }
  })

const line = ({ name, place, analytic, numerical, error }: Disagreement): string =>
  `${name.padEnd(12)} error ${error.toExponential(2)} at ${place}: analytic ${analytic.toPrecision(8)}, numerical ${numerical.toPrecision(8)}`

/**
 * max over coordinates of |a − n|/(1 + |a| + |n|), a the given gradient and n the central difference of f
 *
 * Small tensors are checked coordinate by coordinate, large ones along random directions.
 *
 * @param f          the function, e.g. a loss as a function of the weights
 * @param tensors    where, by name, float64
 * @param gradients  the gradient to be checked, under the same names
 * @returns          the error and where it is; below 1e-8 is right, above 1e-4 is wrong
 * @throws           ArgumentError for float32, or when a gradient is missing or has another shape
 * @example          gradientCheck(({ x }) => x!.data[0]! ** 2, { x: full([1], 3, 'float64') }, { x: full([1], 6, 'float64') }).error < 1e-8   // true
 * @see              https://cs231n.github.io/neural-networks-3/#gradcheck
 */
export const gradientCheck = (
  f: (tensors: Tensors) => number,
  tensors: Tensors,
  gradients: Tensors,
  options: GradientCheckOptions = {},
): GradientReport => {
  const { h, maxElements, directions, key: directionKey } = completed('gradientCheck', options, gradientCheckOptions)
  checkArgument('gradientCheck', 'f', f, functionOf())
  checkTensors('gradientCheck', 'tensors', tensors)
  checkTensors('gradientCheck', 'gradients', gradients)
  const worst = Object.entries(tensors).map(([name, x]): Disagreement => {
    const dx = gradients[name]
    if (dtypeOf(x) !== 'float64') {
      throw new ArgumentError(
        `gradientCheck: ${name} is float32, whose rounding errors are as large as the differences; use dtype: 'float64'`,
      )
    }
    if (dx === undefined || dx.data.length !== x.data.length) {
      throw new ArgumentError(
        `gradientCheck: ${name} has ${x.data.length} elements, but ${dx === undefined ? 'no gradient' : `a gradient with ${dx.data.length}`}; backward must return one for each weight under its own name`,
      )
    }
    const alone = (moved: Tensor): number => f({ ...tensors, [name]: moved })
    const found =
      x.data.length <= maxElements
        ? alongCoordinates(name, alone, x, dx, h)
        : alongDirections(name, alone, x, dx, h, directions, foldIn(directionKey, name))
    return found.reduce(larger, { name, place: 'nowhere', analytic: 0, numerical: 0, error: 0 })
  })
  const error = worst.reduce((max, d) => Math.max(d.error, max), 0)
  return { error, worst, text: worst.map(line).join('\n') }
}

/**
 * `gradientCheck` of a layer, a block or a net, for its input and all its weights: f = Σ y·r with a random r, on random inputs and
 * weights moved away from their start
 *
 * @param layer    with backward to be checked
 * @param inShape  of one example
 * @param batch    number of examples, ≥ 2
 * @throws         ArgumentError when backward returns no gradient for a weight, or a weight is named x
 * @example        gradientCheckLayer(affine(3), [4]).error < 1e-8   // true
 * @see            `gradientCheck`
 */
export const gradientCheckLayer = <P extends Tensors, S extends Tensors, C>(
  layer: Layer<P, S, C>,
  inShape: Shape,
  batch = 4,
  options: GradientCheckOptions = {},
): GradientReport => {
  const root = completed('gradientCheckLayer', options, gradientCheckOptions).key
  checkLayers('gradientCheckLayer', [layer as Net])
  checkShape('gradientCheckLayer', inShape)
  checkArgument('gradientCheckLayer', 'batch', batch, positiveInteger)
  const { params, outShape } = layer.init(foldIn(root, 'init'), inShape, 'float64')
  const x = normal(foldIn(root, 'x'), [batch, ...inShape], 1, 'float64')
  const dy = normal(foldIn(root, 'dy'), [batch, ...outShape], 1, 'float64')
  if (params.x !== undefined) {
    throw new ArgumentError('gradientCheckLayer: a weight is named x, as the input is here; give it another name')
  }
  const moved: Record<string, Tensor> = {}
  for (const [name, w] of Object.entries(params)) {
    const noise = normal(foldIn(root, name), w.shape, 0.1, 'float64')
    moved[name] = { shape: w.shape, data: noise.data.map((v, i) => v + (w.data[i] as number)) }
  }
  const forwardKey = foldIn(root, 'forward')
  const f = ({ x: input, ...weights }: Tensors): number => {
    const [y] = layer.forward(input as Tensor, weights as P, forwardKey)
    checkTensor('gradientCheckLayer', 'what forward makes', y)
    let sum = 0
    for (let i = 0; i < y.data.length; i++) sum += (y.data[i] as number) * (dy.data[i] as number)
    return sum
  }
  const [dx, dparams] = layer.backward(dy, layer.forward(x, moved as P, forwardKey)[1])
  return gradientCheck(f, { x, ...moved }, { x: dx, ...dparams }, options)
}
