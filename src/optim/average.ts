import { fraction, type Given, positiveInteger, required, withDefault } from '../errors/index.ts'
import { kernelsFor } from '../kernels/index.ts'
import type { Tensor, Tensors } from '../tensor/index.ts'

/** How weights are averaged. */
export const averaging = {
  /** The share of the average that an update keeps, in [0, 1): 0.98 looks back about 50 updates. */
  decay: required(fraction, 'give the share that an update keeps, e.g. 0.98, which looks back about 50 updates'),
  /** Steps between two updates, an integer ≥ 1; 1 unless given. */
  every: withDefault(1, positiveInteger),
}

/** How weights are averaged. @interface */
export type Averaging = Given<typeof averaging>

/** The share that the update keeps which comes after so many: at first less, so that the initial weights are soon forgotten. */
export const averageDecay = (decay: number, updates: number): number => Math.min(decay, (1 + updates) / (10 + updates))

/**
 * average ← decay·average + (1 − decay)·w, in place
 *
 * @see  Polyak & Juditsky, "Acceleration of stochastic approximation by averaging", 1992; TensorFlow's ExponentialMovingAverage
 */
export const average = (averages: Tensors, now: Tensors, decay: number): void => {
  for (const name in averages) {
    const { data } = averages[name] as Tensor
    const kernels = kernelsFor(data)
    kernels.scale(data, decay, data)
    kernels.addScaled(data, 1 - decay, (now[name] as Tensor).data, data)
  }
}
