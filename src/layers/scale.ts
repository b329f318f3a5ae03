import { checkArgument, requirement } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { checkTensor, emptyLike, shapes, type Tensor } from '../tensor/index.ts'
import { activationOf } from './activation.ts'
import { cacheOf } from './cache.ts'
import { type Complete, checked, defineLayer } from './defineLayer.ts'
import type { Layer, None } from './layer.ts'

/** What backward needs of a scaled input. */
export interface ScaleCache {
  /** The input. */
  readonly x: Tensor
  /** The factor. */
  readonly by: number
}

const contract = shapes('scaleBackward', 'dout: ...D, x: ...D')

const factor = requirement<number>('a finite number other than 0', (v) => Number.isFinite(v) && v !== 0)

const scaled = (x: Tensor, by: number): Tensor => {
  const out = emptyLike(x)
  kernelsFor(x.data).scale(x.data, by, out.data)
  return out
}

/**
 * out = by·x
 *
 * @param x   input, any shape
 * @param by  a finite number other than 0
 * @returns   out, the shape of x, and what `scaleBackward` needs
 * @throws    ArgumentError for another factor
 * @example   scaleForward(ones([2]), 0.5)[0].data   // Float32Array [0.5, 0.5]
 * @see       Page, "How to train your ResNet", 2018, for what it does to the scores of a net
 */
export const scaleForward = (x: Tensor, by: number): readonly [out: Tensor, cache: ScaleCache] => {
  checkTensor('scaleForward', 'x', x)
  checkArgument('scaleForward', 'by', by, factor)
  return [scaled(x, by), { x, by }]
}

/**
 * dx = by·dout
 *
 * @param dout   upstream gradient, as large as x
 * @param cache  from `scaleForward`
 * @returns      dx, the shape of x
 * @throws       ShapeError when dout has another size
 * @example      scaleBackward(ones([2]), scaleForward(ones([2]), 0.5)[1]).data   // Float32Array [0.5, 0.5]
 */
export const scaleBackward = (dout: Tensor, cache: ScaleCache): Tensor => {
  const { x, by } = cacheOf('scaleBackward', cache)
  contract(dout, x)
  checkArgument('scaleBackward', 'by', by, factor)
  return { shape: x.shape, data: scaled(dout, by).data }
}

const scaleOptions = { by: factor }

export const scaleLayer = defineLayer(
  'scale',
  (options: Complete<typeof scaleOptions>): Layer<None, None, ScaleCache> => {
    const { by } = checked('scale', options, scaleOptions)
    return activationOf((x) => scaleForward(x, by), scaleBackward)
  },
)

/**
 * The layer of `scaleForward`, no weights: behind the last affine it makes the scores smaller, so that the loss begins smoother
 *
 * @param by  a finite number other than 0
 * @throws    ArgumentError for another factor
 * @example   scale(0.25).predict(ones([1]), {}, {}).data   // Float32Array [0.25]
 */
export const scale = (by: number) => scaleLayer({ by })
