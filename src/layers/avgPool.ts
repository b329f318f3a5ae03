import { imageKernelsFor } from '../kernels/index.ts'
import { dtypeOf, empty, type Shape, shapes, type Tensor } from '../tensor/index.ts'
import { cacheOf } from './cache.ts'
import { defineLayer } from './defineLayer.ts'
import type { Layer, None } from './layer.ts'
import {
  checkPooled,
  type PoolLayerOptions,
  type PoolOptions,
  type PoolParams,
  pooling,
  poolLayerOf,
  poolWindow,
} from './pool.ts'
import { movesOf, type Pair, type Window } from './window.ts'

/** What `avgPoolForward` tells `avgPoolBackward`. */
export interface AvgPoolCache {
  /** Of x. */
  readonly shape: Shape
  /** How the window moved. */
  readonly window: Window
}

const forwardContract = shapes('avgPoolForward', 'x: N C H W')
const backwardContract = shapes('avgPoolBackward', 'dout: N C OH OW')

/**
 * out[n, c, i, j] = mean over u, v of x[n, c, i·stride + u, j·stride + v]
 *
 * H′ = ⌊(H − poolHeight)/stride⌋ + 1, and W′ likewise: what is left beside the last window is left out, as PyTorch does.
 *
 * @param x       images, shape (N, C, H, W)
 * @param params  `poolHeight`, `poolWidth`, and `stride`, the window's size unless given
 * @returns       out, shape (N, C, H′, W′), and what `avgPoolBackward` needs
 * @throws        ShapeError when a window is larger than a plane, ArgumentError for other params
 * @example       avgPoolForward(tensor([1, 1, 2, 2], [1, 4, 3, 2]), { poolHeight: 2, poolWidth: 2 })[0].data   // Float32Array [2.5]
 * @see           https://cs231n.github.io/convolutional-networks/#pool
 */
export const avgPoolForward = (x: Tensor, params: PoolParams): readonly [out: Tensor, cache: AvgPoolCache] => {
  const window = poolWindow('avgPoolForward', x, params)
  const { N, C } = forwardContract(x)
  return [averages(x, window, [N, C, window.outHeight, window.outWidth]), { shape: x.shape, window }]
}

/** The means of all windows, in a tensor of the given shape. */
export const averages = (x: Tensor, window: Window, outShape: Shape): Tensor => {
  const out = empty(outShape, dtypeOf(x))
  imageKernelsFor(x.data).avgPoolForward(x.data, ...movesOf(window), out.data)
  return out
}

/**
 * dx = Σ of dout/(poolHeight·poolWidth) over the windows that it is in
 *
 * @param dout   upstream gradient, shape (N, C, H′, W′)
 * @param cache  from `avgPoolForward`
 * @returns      dx, the shape of x
 * @throws       ShapeError when dout has another shape
 * @example      avgPoolBackward(ones([1, 1, 1, 1]), avgPoolForward(ones([1, 1, 2, 2]), { poolHeight: 2, poolWidth: 2 })[1]).data   // Float32Array [0.25, 0.25, 0.25, 0.25]
 * @see          https://cs231n.github.io/convolutional-networks/#pool
 */
export const avgPoolBackward = (dout: Tensor, cache: AvgPoolCache): Tensor => {
  const { shape, window } = cacheOf('avgPoolBackward', cache)
  backwardContract(dout)
  checkPooled('avgPoolBackward', dout, shape, window)
  return spread(dout, window, shape)
}

/** Of each element of dout its share to all of its window. */
export const spread = (dout: Tensor, window: Window, shape: Shape): Tensor => {
  const dx = empty(shape, dtypeOf(dout))
  imageKernelsFor(dout.data).avgPoolBackward(dout.data, ...movesOf(window), dx.data)
  return dx
}

export const avgPoolLayer = defineLayer('avgPool', (options: PoolLayerOptions): Layer<None, None, AvgPoolCache> => {
  const { params, members } = poolLayerOf('avgPool', options)
  return {
    ...members,
    forward: (x) => avgPoolForward(x, params),
    backward: (dy, cache) => [avgPoolBackward(dy, cache), {}],
    predict: (x) => avgPoolForward(x, params)[0],
  }
})

/**
 * The layer of `avgPoolForward` for examples of shape (C, H, W), no weights.
 *
 * @param size     of a window, for both axes or [height, width]
 * @param options  `stride`, where it is not the window's size
 * @throws         ArgumentError when one of them is out of range; (init) ShapeError for examples of another shape, or smaller than a window
 * @example        avgPool(2).init(key(0), [8, 32, 32]).outShape   // [8, 16, 16]
 */
export const avgPool = (size: Pair, options: PoolOptions = {}) => avgPoolLayer(pooling('avgPool', size, options))
