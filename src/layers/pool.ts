import { checkArgument, completed, ShapeError, withDefault } from '../errors/index.ts'
import { checkShape, formatShape, type Shape, type Tensor } from '../tensor/index.ts'
import { type Complete, checked } from './defineLayer.ts'
import { type Outline, outlineWithout, stateless } from './layer.ts'
import {
  checkImages,
  checkWindow,
  checkWindowOptions,
  imageShape,
  type Pair,
  refuseUnsupported,
  sizes,
  type Window,
  windowOver,
} from './window.ts'

// What the two kinds of pooling have in common: their windows, and the shapes of their layers.

/** The window of a pool, as cs231n names it. */
export interface PoolParams {
  /** Height of the window, an integer ≥ 1. */
  readonly poolHeight: number
  /** Width of the window, an integer ≥ 1. */
  readonly poolWidth: number
  /** Steps, ≥ 1, for both axes or [down, right]; those of the window's size unless given, so that windows do not overlap. */
  readonly stride?: Pair
}

/** The window over x, after everything is checked. */
export const poolWindow = (where: string, x: Tensor, params: PoolParams): Window => {
  checkWindowOptions(where, params, ['poolHeight', 'poolWidth', 'stride'])
  checkImages(where, 'x', x)
  const { poolHeight, poolWidth, stride = [poolHeight, poolWidth] } = params
  checkArgument(where, 'poolHeight and poolWidth', [poolHeight, poolWidth], sizes)
  return windowOver(where, x.shape.slice(1), [poolHeight, poolWidth], stride)
}

/** Throws a ShapeError for an upstream gradient of other planes than forward made. */
export const checkPooled = (where: string, dout: Tensor, shape: Shape, window: Window): void => {
  checkShape(where, shape)
  checkWindow(where, window, shape)
  const [N = 0, C = 0] = shape
  const wanted = [N, C, window.outHeight, window.outWidth]
  if (wanted.every((size, i) => size === dout.shape[i])) return
  throw new ShapeError(
    `${where}: dout must have the shape that forward made, ${formatShape(wanted)}, but has ${formatShape(dout.shape)}`,
  )
}

/** How the window of a pool moves. */
export interface PoolOptions {
  /** Steps, ≥ 1, for both axes or [down, right]; the window's size unless given. */
  readonly stride?: Pair
}

const poolOptions = { size: sizes, stride: sizes }

export type PoolLayerOptions = Complete<typeof poolOptions>

/** Options of a pooling layer with its default: windows that do not overlap. */
export const pooling = (type: string, size: Pair, options: PoolOptions): PoolLayerOptions => {
  refuseUnsupported(type, options)
  return { size, ...completed(type, options, { stride: withDefault(size, sizes) }) }
}

/** The parts of a pooling layer that its kind does not change. */
export const poolLayerOf = (type: string, options: PoolLayerOptions) => {
  const { size, stride } = checked(type, options, poolOptions)
  const [poolHeight, poolWidth] = typeof size === 'number' ? [size, size] : size
  const outline = (inShape: Shape): Outline => {
    const image = imageShape(type, inShape)
    const { outHeight, outWidth } = windowOver(type, image, size, stride)
    return outlineWithout([image[0], outHeight, outWidth])
  }
  return {
    params: { poolHeight, poolWidth, stride } as PoolParams,
    members: {
      ...stateless,
      outline,
      init: (_key: unknown, inShape: Shape) => ({ outShape: outline(inShape).outShape, params: {}, state: {} }),
    },
  }
}
