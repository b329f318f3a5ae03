import { pipe } from 'fp-ts/lib/function.js'
import { affine, type WeightScale } from './affine.ts'
import { batchnorm } from './batchnormLayer.ts'
import { layernorm } from './layernorm.ts'
import { relu } from './relu.ts'
import { andThen } from './sequence.ts'

/**
 * The layer of `affineReluForward`: affine, then relu.
 *
 * @param numOut       number of outputs, an integer ≥ 1
 * @param weightScale  standard deviation of the initial weights, 'he' or 'xavier'
 * @throws             ArgumentError when one of them is out of range
 * @example            affineRelu(10).init(key(0), [28, 28]).outShape   // [10]
 */
export const affineRelu = (numOut: number, weightScale: WeightScale = 'he') =>
  pipe(affine(numOut, weightScale), andThen(relu))

/**
 * The layer of `affineBnReluForward`: affine, then batchnorm, then relu.
 *
 * @param numOut       number of outputs, an integer ≥ 1
 * @param weightScale  standard deviation of the initial weights, 'he' or 'xavier'
 * @throws             ArgumentError when one of them is out of range
 * @example            affineBnRelu(10).init(key(0), [28, 28]).outShape   // [10]
 */
export const affineBnRelu = (numOut: number, weightScale: WeightScale = 'he') =>
  pipe(affine(numOut, weightScale), andThen(batchnorm()), andThen(relu))

/**
 * The layer of `affineLnReluForward`: affine, then layernorm, then relu.
 *
 * @param numOut       number of outputs, an integer ≥ 1
 * @param weightScale  standard deviation of the initial weights, 'he' or 'xavier'
 * @throws             ArgumentError when one of them is out of range
 * @example            affineLnRelu(10).init(key(0), [28, 28]).outShape   // [10]
 */
export const affineLnRelu = (numOut: number, weightScale: WeightScale = 'he') =>
  pipe(affine(numOut, weightScale), andThen(layernorm()), andThen(relu))
