import {
  addBackward,
  addForward,
  affine,
  affineBackward,
  affineBnRelu,
  affineBnReluBackward,
  affineBnReluForward,
  affineForward,
  affineLnRelu,
  affineLnReluBackward,
  affineLnReluForward,
  affineRelu,
  affineReluBackward,
  affineReluForward,
  avgPool,
  avgPoolBackward,
  avgPoolForward,
  batchnorm,
  batchnormBackward,
  batchnormForward,
  conv,
  convBackward,
  convBnRelu,
  convBnReluBackward,
  convBnReluForward,
  convForward,
  convRelu,
  convReluBackward,
  convReluForward,
  convReluPool,
  convReluPoolBackward,
  convReluPoolForward,
  dropout,
  dropoutBackward,
  dropoutForward,
  flatten,
  gelu,
  geluBackward,
  geluForward,
  globalAvgPool,
  globalAvgPoolBackward,
  globalAvgPoolForward,
  groupnorm,
  huberLoss,
  identity,
  layernorm,
  layernormBackward,
  layernormForward,
  leakyRelu,
  leakyReluBackward,
  leakyReluForward,
  logisticLoss,
  maeLoss,
  maxPool,
  maxPoolBackward,
  maxPoolForward,
  mseLoss,
  mulBackward,
  mulForward,
  type Net,
  network,
  relu,
  reluBackward,
  reluForward,
  residual,
  scale,
  scaleBackward,
  scaleForward,
  shared,
  sigmoid,
  sigmoidBackward,
  sigmoidForward,
  softmaxLoss,
  softTargetLoss,
  spatialBatchnormBackward,
  spatialBatchnormForward,
  spatialGroupnormBackward,
  spatialGroupnormForward,
  svmLoss,
  tanh,
  tanhBackward,
  tanhForward,
} from '../../src/layers/index.ts'
import { type Shape, type Tensor, tensor } from '../../src/tensor/index.ts'

/**
 * One row for each primitive pair, layer and loss that src/layers exports. The tests of gradients and of untouched inputs run over
 * these tables, and fail when an export has no row.
 */

/** A pair `${row}Forward`, `${row}Backward`: shapes of the tensors that have a gradient, and how to call the two. */
export interface Primitive {
  readonly shapes: Readonly<Record<string, Shape>>
  readonly call: (tensors: Readonly<Record<string, Tensor>>) => {
    readonly out: Tensor
    /** Gradients by the names of the tensors. */
    readonly backward: (dout: Tensor) => Readonly<Record<string, Tensor>>
  }
}

type T = Readonly<Record<string, Tensor>>
const of = (t: T, name: string): Tensor => t[name] as Tensor

const activation = <C>(
  forward: (x: Tensor) => readonly [Tensor, C],
  backward: (dout: Tensor, cache: C) => Tensor,
  shapes: Primitive['shapes'] = { x: [3, 2, 2] },
): Primitive => ({
  shapes,
  call: (t) => {
    const [out, cache] = forward(of(t, 'x'))
    return { out, backward: (dout) => ({ x: backward(dout, cache) }) }
  },
})

const weighted = <C>(
  forward: (x: Tensor, w: Tensor, b: Tensor) => readonly [Tensor, C],
  backward: (dout: Tensor, cache: C) => readonly [Tensor, Tensor, Tensor],
  shapes: Primitive['shapes'] = { x: [4, 2, 3], w: [6, 5], b: [5] },
): Primitive => ({
  shapes,
  call: (t) => {
    const [out, cache] = forward(of(t, 'x'), of(t, 'w'), of(t, 'b'))
    return {
      out,
      backward: (dout) => {
        const [x, w, b] = backward(dout, cache)
        return { x, w, b }
      },
    }
  },
})

const normalization = <C>(
  forward: (x: Tensor, gamma: Tensor, beta: Tensor) => readonly [Tensor, C],
  backward: (dout: Tensor, cache: C) => readonly [Tensor, Tensor, Tensor],
  shapes: Primitive['shapes'] = { x: [6, 4], gamma: [4], beta: [4] },
): Primitive => ({
  shapes,
  call: (t) => {
    const [out, cache] = forward(of(t, 'x'), of(t, 'gamma'), of(t, 'beta'))
    return {
      out,
      backward: (dout) => {
        const [x, gamma, beta] = backward(dout, cache)
        return { x, gamma, beta }
      },
    }
  },
})

const normalizedBlock = <C>(
  forward: (x: Tensor, w: Tensor, b: Tensor, gamma: Tensor, beta: Tensor) => readonly [Tensor, C],
  backward: (dout: Tensor, cache: C) => readonly [Tensor, Tensor, Tensor, Tensor, Tensor],
  shapes: Primitive['shapes'] = { x: [6, 2, 2], w: [4, 3], b: [3], gamma: [3], beta: [3] },
): Primitive => ({
  shapes,
  call: (t) => {
    const [out, cache] = forward(of(t, 'x'), of(t, 'w'), of(t, 'b'), of(t, 'gamma'), of(t, 'beta'))
    return {
      out,
      backward: (dout) => {
        const [x, w, b, gamma, beta] = backward(dout, cache)
        return { x, w, b, gamma, beta }
      },
    }
  },
})

const node = <C>(
  forward: (x: Tensor, y: Tensor) => readonly [Tensor, C],
  backward: (dout: Tensor, cache: C) => readonly [Tensor, Tensor],
): Primitive => ({
  shapes: { x: [2, 3], y: [2, 3] },
  call: (t) => {
    const [out, cache] = forward(of(t, 'x'), of(t, 'y'))
    return {
      out,
      backward: (dout) => {
        const [x, y] = backward(dout, cache)
        return { x, y }
      },
    }
  },
})

const maskLike = (x: Tensor): Tensor =>
  tensor(
    x.shape,
    Array.from(x.data, (_, i) => (i % 3 === 0 ? 0 : 1.5)),
    x.data instanceof Float32Array ? 'float32' : 'float64',
  )

const images = { x: [2, 4, 3, 5] }
const channels = { gamma: [4], beta: [4] }
const filters = { x: [2, 2, 5, 4], w: [3, 2, 3, 2], b: [3] }

export const primitives: Readonly<Record<string, Primitive>> = {
  affine: weighted(affineForward, affineBackward),
  affineRelu: weighted(affineReluForward, affineReluBackward),
  affineBnRelu: normalizedBlock(affineBnReluForward, affineBnReluBackward),
  affineLnRelu: normalizedBlock(affineLnReluForward, affineLnReluBackward),
  batchnorm: normalization(batchnormForward, batchnormBackward),
  layernorm: normalization(layernormForward, layernormBackward),
  relu: activation(reluForward, reluBackward),
  scale: activation((x) => scaleForward(x, -0.3), scaleBackward),
  leakyRelu: activation((x) => leakyReluForward(x, 0.2), leakyReluBackward),
  sigmoid: activation(sigmoidForward, sigmoidBackward),
  tanh: activation(tanhForward, tanhBackward),
  gelu: activation(geluForward, geluBackward),
  dropout: activation((x) => dropoutForward(x, maskLike(x)), dropoutBackward),
  conv: weighted((x, w, b) => convForward(x, w, b, { stride: [2, 1], pad: [1, 2] }), convBackward, filters),
  convRelu: weighted((x, w, b) => convReluForward(x, w, b, { pad: 1 }), convReluBackward, filters),
  convBnRelu: normalizedBlock((x, w, b, gamma, beta) => convBnReluForward(x, w, b, gamma, beta), convBnReluBackward, {
    ...filters,
    gamma: [3],
    beta: [3],
  }),
  convReluPool: weighted(
    (x, w, b) => convReluPoolForward(x, w, b, { pad: 1 }, { poolHeight: 2, poolWidth: 2 }),
    convReluPoolBackward,
    filters,
  ),
  maxPool: activation(
    (x) => maxPoolForward(x, { poolHeight: 2, poolWidth: 3, stride: [1, 2] }),
    maxPoolBackward,
    images,
  ),
  avgPool: activation(
    (x) => avgPoolForward(x, { poolHeight: 2, poolWidth: 3, stride: [1, 2] }),
    avgPoolBackward,
    images,
  ),
  globalAvgPool: activation(globalAvgPoolForward, globalAvgPoolBackward, images),
  spatialBatchnorm: normalization(spatialBatchnormForward, spatialBatchnormBackward, { ...images, ...channels }),
  spatialGroupnorm: normalization(
    (x, gamma, beta) => spatialGroupnormForward(x, gamma, beta, 2),
    spatialGroupnormBackward,
    { ...images, ...channels },
  ),
  mul: node(mulForward, mulBackward),
  add: node(addForward, addBackward),
}

/** Layers by the name that src/layers exports, each made small, and the shape of one example. */
export const layers: Readonly<Record<string, { readonly layer: Net; readonly inShape: Shape }>> = {
  affine: { layer: affine(3) as Net, inShape: [2, 3] },
  affineRelu: { layer: affineRelu(3) as Net, inShape: [2, 3] },
  affineBnRelu: { layer: affineBnRelu(3) as Net, inShape: [2, 3] },
  affineLnRelu: { layer: affineLnRelu(3) as Net, inShape: [2, 3] },
  batchnorm: { layer: batchnorm() as Net, inShape: [5] },
  layernorm: { layer: layernorm() as Net, inShape: [5] },
  relu: { layer: relu, inShape: [2, 3] },
  scale: { layer: scale(-0.3), inShape: [2, 3] },
  leakyRelu: { layer: leakyRelu(0.2), inShape: [2, 3] },
  sigmoid: { layer: sigmoid, inShape: [2, 3] },
  tanh: { layer: tanh, inShape: [2, 3] },
  gelu: { layer: gelu, inShape: [2, 3] },
  dropout: { layer: dropout(0.6), inShape: [4, 5] },
  conv: { layer: conv(3, { filterSize: [3, 2], stride: [1, 2], pad: [0, 1] }) as Net, inShape: [2, 5, 4] },
  convRelu: { layer: convRelu(3, { pad: 'same' }) as Net, inShape: [2, 3, 4] },
  convBnRelu: { layer: convBnRelu(3) as Net, inShape: [2, 5, 4] },
  convReluPool: { layer: convReluPool(3, { pad: 1 }) as Net, inShape: [2, 4, 5] },
  maxPool: { layer: maxPool([2, 3]), inShape: [2, 4, 6] },
  avgPool: { layer: avgPool(2, { stride: 1 }), inShape: [2, 4, 6] },
  globalAvgPool: { layer: globalAvgPool, inShape: [3, 2, 4] },
  flatten: { layer: flatten, inShape: [3, 2, 4] },
  groupnorm: { layer: groupnorm(2) as Net, inShape: [4, 3, 2] },
  identity: { layer: identity, inShape: [2, 3] },
  network: { layer: network([affine(4), batchnorm(), relu, affine(3)]), inShape: [2, 3] },
  residual: { layer: residual([affine(4), tanh, affine(4)]), inShape: [4] },
  shared: { layer: shared('mixer', affine(3)) as Net, inShape: [2, 3] },
}

/** Targets in [−1, 1], as many as x. */
const waves = (x: Tensor): Tensor => ({ shape: x.shape, data: x.data.map((_, i) => Math.sin(i)) })

/** Losses as functions of x, with labels or targets that fit a tensor of shape (6, 4). */
export const losses: Readonly<Record<string, (x: Tensor) => readonly [loss: number, dx: Tensor]>> = {
  softmaxLoss: (x) => softmaxLoss(x, [0, 3, 1, 1, 2, 0]),
  svmLoss: (x) => svmLoss(x, [0, 3, 1, 1, 2, 0]),
  mseLoss: (x) => mseLoss(x, waves(x)),
  maeLoss: (x) => maeLoss(x, waves(x)),
  huberLoss: (x) => huberLoss(x, waves(x), 0.8),
  logisticLoss: (x) => logisticLoss(x, { shape: x.shape, data: waves(x).data.map((v) => (1 + v) / 2) }),
  softTargetLoss: (x) => softTargetLoss(x, { shape: x.shape, data: waves(x).data.map((v) => v * v) }, 5),
}

/** Exports that have no gradient of their own. */
export const withoutGradient = [
  'anatomyOf',
  'affineGradients', // affineBackward without dx: compared with it in laws.test.ts
  'andThen',
  'at',
  'batchnormAbsorb',
  'batchnormPredict',
  'buildNet',
  'col2im', // compared with im2col in images.test.ts
  'convGradients', // convBackward without dx: compared with it in images.test.ts
  'crossEntropyError', // a value only; softmaxLoss is the one that trains
  'defineLayer',
  'dropoutMask',
  'evaluationOf', // checked in test/models/saliency.test.ts
  'Gradients',
  'gradientCheck',
  'gradientCheckLayer',
  'im2col',
  'numericalGradient',
  'isLayer',
  'isOutline',
  'outlineOf',
  'outlineParts',
  'outputsOf',
  'partsOf',
  'Sequence',
  'sequence',
  'softmax', // a value only
  'spatialBatchnormAbsorb',
  'spatialBatchnormPredict',
  'stateless',
  'weightScales',
]
