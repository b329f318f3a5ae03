import { type Shape, shapes, type Tensor } from '../tensor/index.ts'
import { averages, spread } from './avgPool.ts'
import { cacheOf } from './cache.ts'
import { checked, defineLayer } from './defineLayer.ts'
import { type Layer, type None, outlineWithout, stateless } from './layer.ts'
import { checkImages, imageShape, type Window, windowOver } from './window.ts'

/** What `globalAvgPoolForward` tells `globalAvgPoolBackward`. */
export interface GlobalAvgPoolCache {
  /** The input; its shape is all that is used. */
  readonly x: Tensor
}

const forwardContract = shapes('globalAvgPoolForward', 'x: N C H W')
const backwardContract = shapes('globalAvgPoolBackward', 'dout: N C, x: N C H W')

/** One window, as large as the plane. */
const wholePlane = ([, C = 0, H = 0, W = 0]: Shape): Window =>
  windowOver('globalAvgPool', [C, H, W], [Math.max(H, 1), Math.max(W, 1)], 1)

/**
 * out[n, c] = mean of x[n, c, :, :]
 *
 * @param x  images, shape (N, C, H, W), planes of any size
 * @returns  out, shape (N, C), and what `globalAvgPoolBackward` needs
 * @throws   ShapeError for another shape, or planes without an element
 * @example  globalAvgPoolForward(tensor([1, 2, 1, 2], [1, 3, 5, 7]))[0].data   // Float32Array [2, 6]
 * @see      Lin, Chen & Yan, "Network in network", 2013
 */
export const globalAvgPoolForward = (x: Tensor): readonly [out: Tensor, cache: GlobalAvgPoolCache] => {
  checkImages('globalAvgPoolForward', 'x', x)
  const { N, C } = forwardContract(x)
  return [averages(x, wholePlane(x.shape), [N, C]), { x }]
}

/**
 * dx[n, c, :, :] = dout[n, c]/(H·W)
 *
 * @param dout   upstream gradient, shape (N, C)
 * @param cache  from `globalAvgPoolForward`
 * @returns      dx, the shape of x
 * @throws       ShapeError when dout is not (N, C)
 * @example      globalAvgPoolBackward(ones([1, 1]), globalAvgPoolForward(ones([1, 1, 1, 2]))[1]).data   // Float32Array [0.5, 0.5]
 * @see          Lin, Chen & Yan, "Network in network", 2013
 */
export const globalAvgPoolBackward = (dout: Tensor, cache: GlobalAvgPoolCache): Tensor => {
  const { x } = cacheOf('globalAvgPoolBackward', cache)
  backwardContract(dout, x)
  return spread(dout, wholePlane(x.shape), x.shape)
}

export const globalAvgPoolLayer = defineLayer(
  'globalAvgPool',
  (options: Record<never, never>): Layer<None, None, GlobalAvgPoolCache> => {
    checked('globalAvgPool', options, {})
    const outShapeOf = (inShape: Shape): Shape => {
      wholePlane([1, ...imageShape('globalAvgPool', inShape)])
      return [inShape[0] as number]
    }
    return {
      ...stateless,
      outline: (inShape) => outlineWithout(outShapeOf(inShape)),
      init: (_key, inShape) => ({ outShape: outShapeOf(inShape), params: {}, state: {} }),
      forward: globalAvgPoolForward,
      backward: (dy, cache) => [globalAvgPoolBackward(dy, cache), {}],
      predict: (x) => globalAvgPoolForward(x)[0],
    }
  },
)

/** The layer of `globalAvgPoolForward`, from (C, H, W) to (C,); no weights. */
export const globalAvgPool = globalAvgPoolLayer()
