import type { Tensor, Tensors } from '../tensor/index.ts'
import { hasNoGradients, type Learns, type Net } from './layer.ts'

// The way back through a layer, at what that costs where only some weights learn.

/** Whether the gradient of a weight is used. */
export const isWanted = (learns: Learns | undefined, name: string): boolean => learns === undefined || learns.has(name)

/** Whether a layer may have weights that learn; one that does not say its names may. */
export const mayLearn = (layer: Net, learns: Learns | undefined): boolean =>
  !hasNoGradients(layer) && (learns === undefined || layer.names?.some((name) => learns.has(name)) !== false)

/** backward without dparams. */
export const throughOf = (layer: Net, dy: Tensor, cache: unknown): Tensor =>
  layer.through === undefined ? layer.backward(dy, cache)[0] : layer.through(dy, cache)

/** backward without dx. */
export const gradientsOf = (layer: Net, dy: Tensor, cache: unknown, learns: Learns | undefined): Tensors =>
  layer.gradients === undefined ? layer.backward(dy, cache, learns)[1] : layer.gradients(dy, cache, learns)

/** backward, without dparams where none of them is used. */
export const backwardOf = (
  layer: Net,
  dy: Tensor,
  cache: unknown,
  learns: Learns | undefined,
): readonly [dx: Tensor, dparams: Tensors] =>
  learns === undefined || mayLearn(layer, learns)
    ? layer.backward(dy, cache, learns)
    : [throughOf(layer, dy, cache), {}]
