import * as api from '../../../../src/index.ts'
import { b, column, dout, filters, images, key, w, x, y } from './given.ts'
import { type Calls, type Given, rowsOf } from './row.ts'

// Forward passes with their backward, and losses.

/** The cache of a forward pass of arguments that fit. */
const cacheOf =
  (forward: (...values: never[]) => readonly [unknown, unknown], ...given: readonly Given[]): Given =>
  () =>
    forward(...(given.map((each) => each()) as never[]))[1]

/** A tensor like the output of that pass. */
const like =
  (forward: (...values: never[]) => readonly [unknown, unknown], ...given: readonly Given[]): Given =>
  () => {
    const [{ shape }] = forward(...(given.map((each) => each()) as never[])) as unknown as readonly [api.Tensor]
    return api.ones(shape)
  }

type Forward = Parameters<typeof cacheOf>[0]

const functions: Readonly<Record<string, unknown>> = api

/** A pair, by the names of its halves. */
const pair = <F extends keyof typeof api, B extends keyof typeof api>(
  forward: F,
  backward: B,
  ...given: readonly Given[]
): Calls<F | B> => {
  const pass = functions[forward] as Forward
  return { [forward]: [given], [backward]: [[like(pass, ...given), cacheOf(pass, ...given)]] } as unknown as Calls<
    F | B
  >
}

const normed = [x, column(3), column(3), () => 1e-5] as const
const imagesNormed = [images, column(2), column(2), () => 1e-5] as const
const convolved = [images, filters, b, () => ({ stride: 1, pad: 1 })] as const
const pool = () => ({ poolHeight: 2, poolWidth: 2, stride: 2 })
const batchnormCache = cacheOf(api.batchnormForward, ...normed)

export const primitives = rowsOf(api, {
  ...pair('affineForward', 'affineBackward', x, w, b),
  affineGradients: [[dout, cacheOf(api.affineForward, x, w, b)]],
  ...pair('affineReluForward', 'affineReluBackward', x, w, b),
  ...pair('affineBnReluForward', 'affineBnReluBackward', x, w, b, column(2), column(2), () => 1e-5),
  ...pair('affineLnReluForward', 'affineLnReluBackward', x, w, b, column(2), column(2), () => 1e-5),
  addForward: [[x, x]],
  addBackward: [[x]],
  ...pair('mulForward', 'mulBackward', x, x),
  ...pair('reluForward', 'reluBackward', x),
  ...pair('leakyReluForward', 'leakyReluBackward', x, () => 0.1),
  ...pair('scaleForward', 'scaleBackward', x, () => 0.5),
  ...pair('sigmoidForward', 'sigmoidBackward', x),
  ...pair('tanhForward', 'tanhBackward', x),
  ...pair('geluForward', 'geluBackward', x),
  dropoutMask: [[key, () => [2, 3], () => 0.5, () => 'float32']],
  ...pair('dropoutForward', 'dropoutBackward', x, x),
  ...pair('batchnormForward', 'batchnormBackward', ...normed),
  batchnormAbsorb: [[column(3), column(3), batchnormCache, () => 0.9]],
  batchnormPredict: [[x, column(3), column(3), column(3), column(3), () => 1e-5]],
  ...pair('layernormForward', 'layernormBackward', ...normed),
  ...pair('spatialBatchnormForward', 'spatialBatchnormBackward', ...imagesNormed),
  spatialBatchnormAbsorb: [[column(2), column(2), cacheOf(api.spatialBatchnormForward, ...imagesNormed), () => 0.9]],
  spatialBatchnormPredict: [[images, column(2), column(2), column(2), column(2), () => 1e-5]],
  ...pair(
    'spatialGroupnormForward',
    'spatialGroupnormBackward',
    images,
    column(2),
    column(2),
    () => 2,
    () => 1e-5,
  ),
  ...pair('convForward', 'convBackward', ...convolved),
  convGradients: [[like(api.convForward, ...convolved), cacheOf(api.convForward, ...convolved)]],
  ...pair('convReluForward', 'convReluBackward', ...convolved),
  ...pair(
    'convBnReluForward',
    'convBnReluBackward',
    ...[images, filters, b, column(2), column(2), () => ({ stride: 1, pad: 1 }), () => 1e-5],
  ),
  ...pair('convReluPoolForward', 'convReluPoolBackward', ...convolved, pool),
  ...pair('maxPoolForward', 'maxPoolBackward', images, pool),
  ...pair('avgPoolForward', 'avgPoolBackward', images, pool),
  ...pair('globalAvgPoolForward', 'globalAvgPoolBackward', images),
  im2col: [[images, () => 2, () => 2, () => ({ stride: 1, pad: 1 })]],
  col2im: [[() => api.ones([2, 8]), () => [2, 2, 2, 2], () => 2, () => 2, () => ({ stride: 1 })]],
  softmax: [[x]],
  softmaxLoss: [[x, y]],
  svmLoss: [[x, y]],
  mseLoss: [[x, x]],
  maeLoss: [[x, x]],
  huberLoss: [[x, x, () => 1]],
  logisticLoss: [[x, x]],
  softTargetLoss: [[x, x, () => 2]],
  crossEntropyError: [[() => api.softmax(x()), y]],
})
