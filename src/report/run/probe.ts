import { kernelsFor, scoped } from '../../kernels/index.ts'
import type { Batch, Model, Weights } from '../../models/index.ts'
import { key } from '../../random/index.ts'
import { isTensor, type Tensor } from '../../tensor/index.ts'
import type { Point } from '../page/curves.ts'
import type { LayerRecord } from './record.ts'

/** Layers that get a curve at most; of deeper nets they are picked at equal distances. */
const MOST_CURVES = 8
const SAMPLES = 125
const FEWEST_SAMPLES = 20
const CHEAP = 80 // steps: measuring after one in so many takes about 2 % of the time with batches of 100, 3.5 % in a net of 50 units

/**
 * Every how many steps to measure: about 125 times a run, but at most after one step in 80, and in short runs, where the time does
 * not matter, at least 20 times.
 *
 * @example [100, 1000, 10_000].map(samplingInterval)   // [5, 50, 80]
 */
export const samplingInterval = (totalSteps: number): number =>
  Math.max(1, Math.min(Math.max(Math.ceil(totalSteps / SAMPLES), CHEAP), Math.floor(totalSteps / FEWEST_SAMPLES)))

/** Names of the matrices among the weights: biases and scales say little, and a bias that starts at 0 has no ratio. */
export const matricesOf = ({ params }: Weights): string[] =>
  Object.keys(params).filter((name) => isTensor(params[name]) && params[name].shape?.length > 1)

/** All of a list, or so many of them at equal distances, the first and the last among them. */
export const pick = <A>(all: readonly A[], most: number): A[] =>
  all.length <= most
    ? [...all]
    : Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))] as A)

/** ‖after − before‖/‖before‖ */
const relativeChange = (before: Tensor['data'], after: Tensor['data']): number => {
  let change = 0
  let size = 0
  for (let i = 0; i < before.length; i++) {
    const b = before[i] as number
    const d = (after[i] as number) - b
    change += d * d
    size += b * b
  }
  return Math.sqrt(change / size)
}

/** Measures layers at some steps, between them. */
export interface Probe {
  /** The weights before the first step. */
  readonly start: (weights: Weights) => void
  readonly step: (step: number, totalSteps: number, weights: Weights) => void
  readonly record: () => LayerRecord
}

/** Weights are valid only until the run goes on, so those before a measured step are copied. */
export const layerProbe = (model: Model<unknown>, batch: Batch<unknown>): Probe => {
  const gradientNorms = new Map<string, Point[]>()
  const updateRatios = new Map<string, Point[]>()
  const before = new Map<string, Tensor['data']>()
  const probeKey = key(0)

  const keep = (weights: Weights): void => {
    for (const [name, copy] of before) copy.set((weights.params[name] as Tensor).data)
  }
  const measure = (step: number, weights: Weights): void => {
    for (const [name, copy] of before) {
      updateRatios.get(name)?.push([step, relativeChange(copy, (weights.params[name] as Tensor).data)])
    }
    scoped(() => {
      const { grads } = model.loss(weights, batch, probeKey)
      for (const name of before.keys()) {
        const { data } = grads[name] as Tensor
        gradientNorms.get(name)?.push([step, Math.sqrt(kernelsFor(data).sumSquares(data))])
      }
    })
  }
  const curves = (all: ReadonlyMap<string, readonly Point[]>) =>
    Array.from(all, ([name, points]) => ({ name, points })).filter(({ points }) => points.length > 0)

  return {
    start: (weights) => {
      for (const name of pick(matricesOf(weights), MOST_CURVES)) {
        before.set(name, (weights.params[name] as Tensor).data.slice())
        gradientNorms.set(name, [])
        updateRatios.set(name, [])
      }
    },
    step: (step, totalSteps, weights) => {
      const interval = samplingInterval(totalSteps)
      const isMeasured = (n: number): boolean => n === 1 || n % interval === 0
      if (isMeasured(step)) measure(step, weights)
      if (isMeasured(step + 1)) keep(weights)
    },
    record: () => ({
      probeRows: batch.x.shape[0] ?? 0,
      gradientNorms: curves(gradientNorms),
      updateRatios: curves(updateRatios),
    }),
  }
}
