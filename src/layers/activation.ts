import type { Tensor } from '../tensor/index.ts'
import { checked, defineLayer, type LayerType } from './defineLayer.ts'
import { type Layer, type None, stateless } from './layer.ts'

/** The layers of a pair of functions that keeps the shape and has neither weights nor options. */
export const activation = <C>(
  type: string,
  forward: (x: Tensor) => readonly [out: Tensor, cache: C],
  backward: (dout: Tensor, cache: C) => Tensor,
): LayerType<Record<never, never>, Layer<None, None, C>> =>
  defineLayer(type, (options: Record<never, never>) => {
    checked(type, options, {})
    return activationOf(forward, backward)
  })

/** The same for a pair that has its options already. */
export const activationOf = <C>(
  forward: (x: Tensor) => readonly [out: Tensor, cache: C],
  backward: (dout: Tensor, cache: C) => Tensor,
): Layer<None, None, C> => ({
  ...stateless,
  forward: (x) => forward(x),
  backward: (dy, cache) => [backward(dy, cache), {}],
  predict: (x) => forward(x)[0],
})
