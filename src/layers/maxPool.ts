import { imageKernelsFor } from '../kernels/index.ts'
import { dtypeOf, empty, emptyLike, shapes, type Tensor } from '../tensor/index.ts'
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

/** What `maxPoolForward` tells `maxPoolBackward`. */
export interface MaxPoolCache {
  /** The input: backward finds its maxima again. */
  readonly x: Tensor
  /** How the window moved. */
  readonly window: Window
}

const forwardContract = shapes('maxPoolForward', 'x: N C H W')
const backwardContract = shapes('maxPoolBackward', 'dout: N C OH OW, x: N C H W')

/**
 * out[n, c, i, j] = max over u, v of x[n, c, i·stride + u, j·stride + v]
 *
 * H′ = ⌊(H − poolHeight)/stride⌋ + 1, and W′ likewise: what is left beside the last window is left out, as PyTorch does.
 *
 * @param x       images, shape (N, C, H, W)
 * @param params  `poolHeight`, `poolWidth`, and `stride`, the window's size unless given
 * @returns       out, shape (N, C, H′, W′), and what `maxPoolBackward` needs
 * @throws        ShapeError when a window is larger than a plane, ArgumentError for other params
 * @example       maxPoolForward(tensor([1, 1, 2, 2], [1, 4, 3, 2]), { poolHeight: 2, poolWidth: 2 })[0].data   // Float32Array [4]
 * @see           https://cs231n.github.io/convolutional-networks/#pool
 */
export const maxPoolForward = (x: Tensor, params: PoolParams): readonly [out: Tensor, cache: MaxPoolCache] => {
  const window = poolWindow('maxPoolForward', x, params)
  const { N, C } = forwardContract(x)
  const out = empty([N, C, window.outHeight, window.outWidth], dtypeOf(x))
  imageKernelsFor(x.data).maxPoolForward(x.data, ...movesOf(window), out.data)
  return [out, { x, window }]
}

/**
 * dx = Σ of dout of the windows whose largest element it is; a tie sends its gradient to the first, row by row
 *
 * @param dout   upstream gradient, shape (N, C, H′, W′)
 * @param cache  from `maxPoolForward`
 * @returns      dx, the shape of x
 * @throws       ShapeError when dout has another shape
 * @example      maxPoolBackward(ones([1, 1, 1, 1]), maxPoolForward(ones([1, 1, 2, 2]), { poolHeight: 2, poolWidth: 2 })[1]).data   // Float32Array [1, 0, 0, 0]
 * @see          https://cs231n.github.io/convolutional-networks/#pool
 */
export const maxPoolBackward = (dout: Tensor, cache: MaxPoolCache): Tensor => {
  const { x, window } = cacheOf('maxPoolBackward', cache)
  backwardContract(dout, x)
  checkPooled('maxPoolBackward', dout, x.shape, window)
  const dx = emptyLike(x)
  imageKernelsFor(x.data).maxPoolBackward(dout.data, x.data, ...movesOf(window), dx.data)
  return dx
}

export const maxPoolLayer = defineLayer('maxPool', (options: PoolLayerOptions): Layer<None, None, MaxPoolCache> => {
  const { params, members } = poolLayerOf('maxPool', options)
  return {
    ...members,
    forward: (x) => maxPoolForward(x, params),
    backward: (dy, cache) => [maxPoolBackward(dy, cache), {}],
    predict: (x) => maxPoolForward(x, params)[0],
  }
})

/**
 * The layer of `maxPoolForward` for examples of shape (C, H, W), no weights.
 *
 * @param size     of a window, for both axes or [height, width]
 * @param options  `stride`, where it is not the window's size
 * @throws         ArgumentError when one of them is out of range; (init) ShapeError for examples of another shape, or smaller than a window
 * @example        maxPool(2).init(key(0), [8, 32, 32]).outShape   // [8, 16, 16]
 */
export const maxPool = (size: Pair, options: PoolOptions = {}) => maxPoolLayer(pooling('maxPool', size, options))
