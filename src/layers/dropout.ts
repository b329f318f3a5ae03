import { checkArgument, probability, requirement } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import { checkKey, foldIn, type Key } from '../random/index.ts'
import {
  checkDtype,
  checkShape,
  type Dtype,
  dtypeOf,
  empty,
  emptyLike,
  type Shape,
  shapes,
  type Tensor,
} from '../tensor/index.ts'
import { activationOf } from './activation.ts'
import { cacheOf } from './cache.ts'
import { type Complete, checked, defineLayer } from './defineLayer.ts'
import { type Layer, type None, stateless } from './layer.ts'

/** What `dropoutForward` tells `dropoutBackward`. */
export interface DropoutCache {
  /** 1/keepProb where a number was kept, 0 elsewhere. */
  readonly mask: Tensor
}

const forwardContract = shapes('dropoutForward', 'x: ...D, mask: ...D')
const backwardContract = shapes('dropoutBackward', 'dout: ...D, mask: ...D')

const keepProbability = requirement<number>('in (0, 1], the probability that a unit is kept', probability.holds)

/**
 * maskᵢ = 1/keepProb with probability keepProb, else 0: inverted dropout, so evaluation needs no scaling
 *
 * @param key       a pure function of (key, i), the same in both precisions
 * @param keepProb  in (0, 1]
 * @throws          ArgumentError when keepProb is outside
 * @example         dropoutMask(key(0), [2, 2], 1).data   // Float32Array [1, 1, 1, 1]
 * @see             Srivastava et al., "Dropout", 2014
 */
export const dropoutMask = (key: Key, shape: Shape, keepProb: number, dtype: Dtype = 'float32'): Tensor => {
  checkKey('dropoutMask', key)
  checkShape('dropoutMask', shape)
  checkDtype('dropoutMask', dtype)
  checkArgument('dropoutMask', 'keepProb', keepProb, keepProbability)
  const mask = empty(shape, dtype)
  kernelsFor(mask.data).dropoutMask(key[0], key[1], keepProb, mask.data)
  return mask
}

/**
 * out = x·mask, element by element
 *
 * @param x     input, any shape
 * @param mask  as large as x, from `dropoutMask`
 * @returns     out, the shape of x, and what `dropoutBackward` needs
 * @throws      ShapeError when the mask has another size
 * @example     dropoutForward(ones([2]), tensor([2], [0, 2]))[0].data   // Float32Array [0, 2]
 * @see         Srivastava et al., "Dropout", 2014
 */
export const dropoutForward = (x: Tensor, mask: Tensor): readonly [out: Tensor, cache: DropoutCache] => {
  forwardContract(x, mask)
  const out = emptyLike(x)
  kernelsFor(x.data).multiply(x.data, mask.data, out.data)
  return [out, { mask }]
}

/**
 * dx = dout·mask, element by element
 *
 * @param dout   upstream gradient, as large as x
 * @param cache  from `dropoutForward`
 * @returns      dx, the shape of dout
 * @throws       ShapeError when dout has another size
 * @example      dropoutBackward(ones([2]), { mask: tensor([2], [0, 2]) }).data   // Float32Array [0, 2]
 * @see          Srivastava et al., "Dropout", 2014
 */
export const dropoutBackward = (dout: Tensor, cache: DropoutCache): Tensor => {
  backwardContract(dout, cacheOf('dropoutBackward', cache).mask)
  const dx = emptyLike(dout)
  kernelsFor(dout.data).multiply(dout.data, cache.mask.data, dx.data)
  return dx
}

/** What it is in evaluation. */
const passing = activationOf<null>(
  (x) => [x, null],
  (dy) => dy,
)

const dropoutOptions = { keepProb: keepProbability }

export const dropoutLayer = defineLayer(
  'dropout',
  (options: Complete<typeof dropoutOptions>): Layer<None, None, DropoutCache> => {
    const { keepProb } = checked('dropout', options, dropoutOptions)
    return {
      ...stateless,
      names: ['dropout'],
      inEvaluation: () => passing,
      forward: (x, _params, key) =>
        dropoutForward(x, dropoutMask(foldIn(key, 'dropout'), x.shape, keepProb, dtypeOf(x))),
      backward: (dy, cache) => [dropoutBackward(dy, cache), {}],
      predict: (x) => x,
    }
  },
)

/**
 * The layer that drops units in training and does nothing in evaluation; its mask is a function of the step's key.
 *
 * @param keepProb  in (0, 1]
 * @throws          ArgumentError when keepProb is outside
 * @example         dropout(0.5).predict(ones([1]), {}, {}).data   // Float32Array [1]
 */
export const dropout = (keepProb: number) => dropoutLayer({ keepProb })
