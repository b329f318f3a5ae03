import {
  ArgumentError,
  boolean,
  completed,
  either,
  type Given,
  oneOf,
  positiveInteger,
  ShapeError,
  withDefault,
} from '../errors/index.ts'
import { type Convolution, imageKernelsFor } from '../kernels/index.ts'
import { foldIn, normal } from '../random/index.ts'
import { dtypeOf, empty, emptyLike, formatShape, type Shape, shapes, type Tensor, zeros } from '../tensor/index.ts'
import { standardDeviation, weightScales } from './affine.ts'
import { cacheOf } from './cache.ts'
import { checkWhitening, dirac, whitening } from './convInit.ts'
import { type Complete, checked, defineLayer } from './defineLayer.ts'
import { type Layer, type Learns, type None, outlineWithout } from './layer.ts'
import { isWanted } from './learning.ts'
import {
  checkImages,
  checkWindow,
  checkWindowOptions,
  imageShape,
  type Pair,
  refuseUnsupported,
  rims,
  sizes,
  type Window,
  windowOver,
} from './window.ts'

/** How the filters of a convolution move over an image. */
export interface ConvParams {
  /** Steps, ≥ 1, for both axes or [down, right]; 1 unless given. */
  readonly stride?: Pair
  /** Width of the rim of zeros, ≥ 0, for both axes or [above and below, left and right]; 0 unless given. */
  readonly pad?: Pair
}

/** What `convForward` tells `convBackward`. */
export interface ConvCache {
  /** The input, shape (N, C, H, W). */
  readonly x: Tensor
  /** The filters, shape (F, C, HH, WW). */
  readonly w: Tensor
  /** How the filters moved. */
  readonly window: Window
}

const contract = shapes('convForward', 'x: N C H W, w: F C HH WW')
const biasContract = shapes('convForward', 'w: F C HH WW, b: F')
const backwardContract = shapes('convBackward', 'dout: N F OH OW, x: N C H W, w: F C HH WW')

const checkChannels = (where: string, x: Tensor, w: Tensor): void => {
  checkImages(where, 'x', x)
  const [, channels, , last] = x.shape
  const wanted = w?.shape?.[1]
  if (channels !== wanted && last === wanted) {
    throw new ShapeError(
      `${where}: w has shape ${formatShape(w.shape)}, so it takes ${wanted} channels, but x has shape ${formatShape(x.shape)}; ` +
        'it looks as if the channels came last, but the order is (N, C, H, W)',
    )
  }
}

/** What the kernels are told. */
const convolutionOf = ({ x, w, window }: ConvCache): Convolution => ({
  ...window,
  images: x.shape[0] as number,
  channels: x.shape[1] as number,
  filters: w.shape[0] as number,
})

/** Without b nothing is added. */
const forward = (
  x: Tensor,
  w: Tensor,
  b: Tensor | undefined,
  params: ConvParams,
): readonly [out: Tensor, cache: ConvCache] => {
  checkWindowOptions('convForward', params, ['stride', 'pad'])
  checkChannels('convForward', x, w)
  const { N, C, H, W, F, HH, WW } = contract(x, w)
  if (b !== undefined) biasContract(w, b)
  const window = windowOver('convForward', [C, H, W], [HH, WW], params.stride ?? 1, params.pad ?? 0)
  const cache = { x, w, window }
  const out = empty([N, F, window.outHeight, window.outWidth], dtypeOf(x))
  imageKernelsFor(x.data).convolve(convolutionOf(cache), x.data, w.data, b?.data, out.data)
  return [out, cache]
}

const checkUpstream = (dout: Tensor, cache: ConvCache): void => {
  const { x, w, window } = cacheOf('convBackward', cache)
  const { OH, OW } = backwardContract(dout, x, w)
  checkWindow('convBackward', window, x.shape, w.shape)
  if (OH !== window.outHeight || OW !== window.outWidth) {
    throw new ShapeError(
      `convBackward: dout has planes of ${OH}×${OW}, but forward made ${window.outHeight}×${window.outWidth}`,
    )
  }
}

/** Fills dx and dw, where they are wanted. */
const fillGradients = (dout: Tensor, cache: ConvCache, dx: Tensor | undefined, dw: Tensor | undefined): void => {
  const { x, w } = cache
  imageKernelsFor(w.data).convolutionGradients(convolutionOf(cache), dout.data, x.data, w.data, dx?.data, dw?.data)
}

const biasGradient = (dout: Tensor, { window }: ConvCache): Tensor => {
  const db = empty([dout.shape[1] as number], dtypeOf(dout))
  imageKernelsFor(dout.data).columnSums(dout.data, window.outHeight * window.outWidth, db.data)
  return db
}

/**
 * out[n, f, i, j] = Σ over c, u, v of w[f, c, u, v]·x[n, c, i·stride + u − pad, j·stride + v − pad] + b[f], with zeros outside of x
 *
 * H′ = ⌊(H + 2·pad − HH)/stride⌋ + 1, and W′ likewise: where a step does not divide, the rest is left out, as PyTorch does.
 *
 * @param x       images, shape (N, C, H, W)
 * @param w       filters, shape (F, C, HH, WW)
 * @param b       bias, shape (F)
 * @param params  `stride` and `pad`, each a number or [h, w]
 * @returns       out, shape (N, F, H′, W′), and what `convBackward` needs
 * @throws        ShapeError when C or F disagree or the filters are larger than the padded plane, ArgumentError for other params
 * @example       convForward(ones([1, 1, 3, 3]), ones([1, 1, 3, 3]), zeros([1]), { pad: 1 })[0].data   // Float32Array [4, 6, 4, 6, 9, 6, 4, 6, 4]
 * @see           https://cs231n.github.io/convolutional-networks/
 */
export const convForward = (
  x: Tensor,
  w: Tensor,
  b: Tensor,
  params: ConvParams = {},
): readonly [out: Tensor, cache: ConvCache] => {
  biasContract(w, b)
  return forward(x, w, b, params)
}

/**
 * With windows as in `convForward`: dx = Σ over filters and places of dout·w, dw = Σ over images and places of dout·x, db[f] = Σ dout[:, f]
 *
 * @param dout   upstream gradient, shape (N, F, H′, W′)
 * @param cache  from `convForward`
 * @returns      gradients in the shapes of x, w and b
 * @throws       ShapeError when dout is not (N, F, H′, W′)
 * @example      convBackward(ones([1, 1, 1, 1]), convForward(ones([1, 1, 2, 2]), ones([1, 1, 2, 2]), zeros([1]))[1])[1].data   // Float32Array [1, 1, 1, 1]
 * @see          https://cs231n.github.io/convolutional-networks/
 */
export const convBackward = (dout: Tensor, cache: ConvCache): readonly [dx: Tensor, dw: Tensor, db: Tensor] => {
  checkUpstream(dout, cache)
  const [dx, dw] = [emptyLike(cache.x), emptyLike(cache.w)]
  fillGradients(dout, cache, dx, dw)
  return [dx, dw, biasGradient(dout, cache)]
}

/**
 * dw, db: `convBackward` without dx, which nobody needs of a first layer
 *
 * @param dout   upstream gradient, shape (N, F, H′, W′)
 * @param cache  from `convForward`
 * @returns      gradients in the shapes of w and b
 * @throws       ShapeError when dout is not (N, F, H′, W′)
 * @example      convGradients(ones([1, 1, 1, 1]), convForward(ones([1, 1, 2, 2]), ones([1, 1, 2, 2]), zeros([1]))[1])[1].data   // Float32Array [1]
 * @see          https://cs231n.github.io/convolutional-networks/
 */
export const convGradients = (dout: Tensor, cache: ConvCache): readonly [dw: Tensor, db: Tensor] => {
  checkUpstream(dout, cache)
  const dw = emptyLike(cache.w)
  fillGradients(dout, cache, undefined, dw)
  return [dw, biasGradient(dout, cache)]
}

const convOptions = {
  /** Height and width of a filter, or one number for both; 3 unless given. */
  filterSize: withDefault(3, sizes),
  /** Steps, ≥ 1, for both axes or [down, right]; 1 unless given. */
  stride: withDefault(1, sizes),
  /** Width of the rim of zeros, for both axes or [h, w]; or 'same', so that planes keep their size; 0 unless given. */
  pad: withDefault(0, either(rims, oneOf(['same']))),
  /**
   * Standard deviation of the initial weights: 'he' = √(2/(C·HH·WW)), 'xavier' = √(2/((C + F)·HH·WW)), or a number ≥ 0; or what they are:
   * 'dirac', filters that pass the channels on, as many as there are channels, the rest as 'he'; 'whitening', filters that `train` makes
   * of the data, the directions in which patches differ, each and its opposite, scaled to one variance. 'he' unless given.
   */
  weightScale: withDefault('he', either(weightScales, oneOf(['dirac', 'whitening']))),
  /** Whether each filter has a bias; true unless given. */
  bias: withDefault(true, boolean),
}

/** The options of `conv`. @interface */
export type ConvOptions = Given<typeof convOptions>

const allOptions = { numFilters: positiveInteger, ...convOptions }

const both = (pair: Pair): readonly [number, number] => (typeof pair === 'number' ? [pair, pair] : pair)

/** The rim that keeps planes as they are. */
const padOf = (pad: Pair | 'same', filterSize: Pair, stride: Pair): Pair => {
  if (pad !== 'same') return pad
  const [height, width] = both(filterSize)
  if (both(stride).some((step) => step !== 1)) {
    throw new ArgumentError(
      `conv: pad 'same' keeps planes as they are, which needs stride 1, but it is ${String(stride)}; give pad as a number, e.g. ${Math.floor(height / 2)}`,
    )
  }
  if (height % 2 === 0 || width % 2 === 0) {
    throw new ArgumentError(
      `conv: pad 'same' has as many zeros on either side, which needs odd sizes, but filterSize is ${String(filterSize)}; use an odd one, or give pad as a number`,
    )
  }
  return [(height - 1) / 2, (width - 1) / 2]
}

/** @inline */
type Weights = {
  /** Filters, shape (F, C, HH, WW). */
  readonly W: Tensor
  /** Bias, shape (F); not there with `bias: false`. */
  readonly b: Tensor
}

export const convLayer = defineLayer(
  'conv',
  (options: Complete<typeof allOptions>): Layer<Weights, None, ConvCache> => {
    refuseUnsupported('conv', options)
    const { numFilters, filterSize, stride, pad, weightScale, bias } = checked('conv', options, allOptions)
    const [HH, WW] = both(filterSize)
    const params = { stride, pad: padOf(pad, filterSize, stride) }
    const outShapeOf = (inShape: Shape): Shape => {
      if (weightScale === 'whitening') checkWhitening(numFilters, (imageShape('conv', inShape)[0] as number) * HH * WW)
      const { outHeight, outWidth } = windowOver('conv', imageShape('conv', inShape), filterSize, stride, params.pad)
      return [numFilters, outHeight, outWidth]
    }
    /** The bias, if there is one. */
    const named = <T>(W: T, b: () => T) => (bias ? { W, b: b() } : { W }) as { readonly W: T; readonly b: T }
    /** Of the weights that learn; and dx, if there is an array for it. */
    const gradients = (dy: Tensor, cache: ConvCache, learns: Learns | undefined, dx?: Tensor): Weights => {
      const W = isWanted(learns, 'W') ? emptyLike(cache.w) : undefined
      if (W !== undefined || dx !== undefined) fillGradients(dy, cache, dx, W)
      return {
        ...(W !== undefined && { W }),
        ...(bias && isWanted(learns, 'b') && { b: biasGradient(dy, cache) }),
      } as Weights
    }
    return {
      names: bias ? ['W', 'b'] : ['W'],
      outline: (inShape) => {
        const outShape = outShapeOf(inShape)
        const [, OH = 0, OW = 0] = outShape
        const C = inShape[0] as number
        return {
          ...outlineWithout(outShape),
          params: named([numFilters, C, HH, WW] as Shape, () => [numFilters]),
          multiplications: numFilters * C * HH * WW * OH * OW,
        }
      },
      init: (key, inShape, dtype = 'float32') => {
        const outShape = outShapeOf(inShape)
        const C = inShape[0] as number
        const drawn = weightScale === 'dirac' || weightScale === 'whitening' ? 'he' : weightScale
        const std = standardDeviation(drawn, C * HH * WW, numFilters * HH * WW)
        const W = normal(foldIn(key, 'W'), [numFilters, C, HH, WW], std, dtype)
        const filters = weightScale === 'dirac' ? dirac(W) : W
        return { outShape, params: named(filters, () => zeros([numFilters], dtype)), state: {} }
      },
      ...(weightScale === 'whitening' && {
        prepare: ({ W }: Weights, x: Tensor) => {
          // A rim of zeros is no part of the images.
          const window = windowOver('conv', imageShape('conv', x.shape.slice(1)), filterSize, stride, 0)
          const made = whitening(x, W, window)
          return named(made.W, () => made.b)
        },
      }),
      forward: (x, { W, b }) => forward(x, W, b, params),
      backward: (dy, cache, learns) => {
        checkUpstream(dy, cache)
        const dx = emptyLike(cache.x)
        return [dx, gradients(dy, cache, learns, dx)]
      },
      gradients: (dy, cache, learns) => {
        checkUpstream(dy, cache)
        return gradients(dy, cache, learns)
      },
      through: (dy, cache) => {
        checkUpstream(dy, cache)
        const dx = emptyLike(cache.x)
        fillGradients(dy, cache, dx, undefined)
        return dx
      },
      absorb: () => ({}),
      predict: (x, { W, b }) => forward(x, W, b, params)[0],
    }
  },
)

/**
 * The layer of `convForward` for examples of shape (C, H, W): filters W of shape (F, C, HH, WW), and a bias b = 0.
 *
 * @param numFilters  F, an integer ≥ 1; the number of channels follows from the shape that arrives
 * @param options     `filterSize`, `stride`, `pad`, `weightScale`, `bias`, where the defaults are not what is wanted
 * @throws            ArgumentError when one of them is out of range, or for pad 'same' with a stride or an even size; (init) ShapeError for
 *                    examples of another shape, or smaller than a filter
 * @example           conv(8, { filterSize: 5 }).init(key(0), [3, 32, 32]).params.W.shape   // [8, 3, 5, 5]
 * @see               https://cs231n.github.io/convolutional-networks/
 */
export const conv = (numFilters: number, options: ConvOptions = {}) => {
  refuseUnsupported('conv', options)
  return convLayer({ numFilters, ...completed('conv', options, convOptions) })
}
