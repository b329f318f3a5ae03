import {
  ArgumentError,
  checkArgument,
  either,
  isRecord,
  listOf,
  type Requirement,
  requirement,
  ShapeError,
  shown,
  unknownKey,
} from '../errors/index.ts'
import { placesOf } from '../kernels/index.ts'
import { formatShape, type Shape, type Tensor } from '../tensor/index.ts'

/** A number for both axes of a plane, or one for each. */
export type Pair = number | readonly [height: number, width: number]

/** A window that moves over planes of (height, width): its size, its steps, the rim of zeros, and how many places it has. */
export interface Window {
  /** Of a plane, without the rim. */
  readonly height: number
  /** Of a plane, without the rim. */
  readonly width: number
  /** Of the window. */
  readonly windowHeight: number
  /** Of the window. */
  readonly windowWidth: number
  /** Step down. */
  readonly strideY: number
  /** Step to the right. */
  readonly strideX: number
  /** Rows of zeros above, and as many below. */
  readonly padY: number
  /** Columns of zeros on the left, and as many on the right. */
  readonly padX: number
  /** Number of places from top to bottom. */
  readonly outHeight: number
  /** Number of places from left to right. */
  readonly outWidth: number
}

const pairOf = (value: Pair): readonly [number, number] =>
  typeof value === 'number' ? [value, value] : (value as readonly [number, number])

const pairs = (each: Requirement<number>): Requirement<Pair> =>
  either(
    each,
    requirement(
      'a pair [height, width] of them',
      (v) => listOf(each).holds(v) && (v as readonly number[]).length === 2,
    ),
  )

// Kernels count in 32 bits: a plane with both rims must have fewer rows than that, and more than this nobody needs.
const MOST = 2 ** 24

const upTo = (least: number): Requirement<number> =>
  requirement(
    `an integer from ${least} to ${MOST}`,
    (v) => Number.isInteger(v) && (v as number) >= least && (v as number) <= MOST,
  )

const aSize = upTo(1)
const aRim = upTo(0)

/** A size or a step. */
export const sizes = pairs(aSize)
/** Widths of a rim. */
export const rims = pairs(aRim)

const times = (pair: readonly number[]): string => `${pair[0]}×${pair[1]}`

const unsupported: Readonly<Record<string, string>> = {
  dilation: 'the elements of a window are neighbours',
  groups: 'each filter sees all channels',
}

/** Throws an ArgumentError for an option that others have and this does not. */
export const refuseUnsupported = (where: string, options: object): void => {
  const refused = isRecord(options) ? Object.keys(unsupported).find((name) => name in options) : undefined
  if (refused !== undefined) {
    throw new ArgumentError(`${where}: ${refused} is not supported: ${unsupported[refused]}; leave it out`)
  }
}

/** The same, and for one that is not known. */
export const checkWindowOptions = (where: string, options: object, known: readonly string[]): void => {
  if (!isRecord(options)) {
    throw new ArgumentError(
      `${where}: params are an object, with ${known.join(', ')}, but got ${shown(options)}; give e.g. { stride: 1 }`,
    )
  }
  refuseUnsupported(where, options)
  const unknown = unknownKey(where, options, known)
  if (unknown !== undefined) throw new ArgumentError(unknown)
}

/** [H, W, C] in place of [C, H, W] is likely where the last axis alone is as short as channels of pictures are. */
const channelsLast = (channels: number, width: number): string =>
  width <= 4 && channels > 4 ? '; it looks as if the channels came last, but their order is (C, H, W)' : ''

/**
 * A window over planes of (C, H, W)
 *
 * @param pad  undefined for windows that have no rim, as those of pools
 * @throws ArgumentError for sizes that are none, ShapeError for a window that is larger than the plane with its rim
 */
export const windowOver = (
  where: string,
  [channels = 0, height = 0, width = 0]: Shape,
  windowSize: Pair,
  stride: Pair,
  pad?: Pair,
): Window => {
  checkArgument(where, 'stride', stride, sizes)
  if (pad !== undefined) checkArgument(where, 'pad', pad, rims)
  const [windowHeight, windowWidth] = pairOf(windowSize)
  const [strideY, strideX] = pairOf(stride)
  const [padY, padX] = pairOf(pad ?? 0)
  const outHeight = placesOf(height, windowHeight, strideY, padY)
  const outWidth = placesOf(width, windowWidth, strideX, padX)
  if (outHeight < 1 || outWidth < 1) {
    const rim = padY === 0 && padX === 0 ? '' : ` with a rim of ${times([padY, padX])}`
    throw new ShapeError(
      `${where}: a window of ${times([windowHeight, windowWidth])} does not fit into planes of ${times([height, width])}${rim}; ` +
        `use a smaller window${pad === undefined ? '' : ' or a larger pad'}${channelsLast(channels, width)}`,
    )
  }
  return { height, width, windowHeight, windowWidth, strideY, strideX, padY, padX, outHeight, outWidth }
}

/** What a pool's kernels are told of the window, in their order. */
export const movesOf = ({ height, width, windowHeight, windowWidth, strideY, strideX }: Window) =>
  [height, width, windowHeight, windowWidth, strideY, strideX] as const

/** Throws a ShapeError for a tensor that is no images, with what may be meant. */
export const checkImages = (where: string, name: string, images: Tensor): void => {
  const shape = images?.shape
  if (!Array.isArray(shape)) {
    throw new ShapeError(`${where}: ${name} must be images of shape (N, C, H, W), but got ${shown(images)}`)
  }
  if (shape.length === 4) return
  const remedy =
    shape.length === 2
      ? `reshape(${name}, [${shape[0]}, C, H, W]) gives rows their axes, e.g. [${shape[0]}, 3, 32, 32]`
      : `one image is reshape(${name}, [1, C, H, W])`
  throw new ShapeError(
    `${where}: ${name} must be images of shape (N, C, H, W), but has ${formatShape(shape)}; ${remedy}`,
  )
}

/** C, H and W of examples that a layer of images takes. */
export const imageShape = (where: string, inShape: Shape): readonly [C: number, H: number, W: number] => {
  if (inShape.length === 3) return inShape as unknown as readonly [number, number, number]
  throw new ShapeError(
    `${where}: takes examples of shape (C, H, W), but they have shape ${formatShape(inShape)}; ` +
      'a net of images begins with their shape, e.g. inShape: [3, 32, 32], and an affine or flatten comes behind it',
  )
}

const isAlong = (size: number, window: number, stride: number, pad: number, places: number): boolean =>
  aSize.holds(window) && aSize.holds(stride) && aRim.holds(pad) && placesOf(size, window, stride, pad) === places

/**
 * Throws a ShapeError for what is no window over these images: kernels trust it.
 *
 * @param filters  whose size the window has, where there are some
 */
export const checkWindow = (where: string, window: Window, images: Shape, filters?: Shape): void => {
  const fits =
    typeof window === 'object' &&
    window !== null &&
    window.height === images[2] &&
    window.width === images[3] &&
    (filters === undefined || (window.windowHeight === filters[2] && window.windowWidth === filters[3])) &&
    isAlong(window.height, window.windowHeight, window.strideY, window.padY, window.outHeight) &&
    isAlong(window.width, window.windowWidth, window.strideX, window.padX, window.outWidth)
  if (fits) return
  throw new ShapeError(
    `${where}: the window of the cache must be one over images of ${formatShape(images)}, as forward made it, but got ${shown(window)}`,
  )
}
