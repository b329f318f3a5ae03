/** A layer of a net of images; `pad` zeros around, steps of 1, no bias in front of batchnorm. */
export type ImageLayer =
  | readonly ['conv', filters: number, size: number, pad: number]
  | readonly ['maxPool', size: number]
  | readonly ['affine', units: number]
  | readonly ['batchnorm' | 'relu' | 'gelu']

/** What is measured; sent to each peer as JSON. */
export interface Workload {
  readonly name: string
  readonly inputDim: number
  readonly hiddenDims: readonly number[]
  readonly numClasses: number
  readonly batchSize: number
  readonly rule: 'sgd' | 'adam' | 'nesterov'
  readonly learningRate: number
  readonly batchnorm: boolean
  readonly keepProb: number
  /** Examples in the data set, as bytes. */
  readonly rows: number
  /** A step is the evaluation of all rows instead of one update. */
  readonly evaluate: boolean
  /** The net takes 32×32 images in three colours, and these are its layers. */
  readonly layers?: readonly ImageLayer[]
  /** A step is one product of two square matrices of this size instead. */
  readonly square?: number
  /** A step is a convolution of a batch, forward and backward to x, w and b, with 3×3 filters, steps of 1 and a rim of 1 instead. */
  readonly convolution?: { readonly channels: number; readonly filters: number; readonly size: number }
}

const cifar = {
  inputDim: 3072,
  numClasses: 10,
  rule: 'adam',
  learningRate: 1e-3,
  rows: 50_000,
  evaluate: false,
} as const
const plain = { batchnorm: false, keepProb: 1 } as const
const p4 = { ...cifar, hiddenDims: [1024, 1024], batchSize: 256, batchnorm: true, keepProb: 0.5 } as const

/** Two convolutions with batchnorm and gelu, the first of which halves the plane. */
const block = (filters: number): readonly ImageLayer[] => [
  ...([['conv', filters, 3, 1], ['maxPool', 2], ['batchnorm'], ['gelu']] as const),
  ...([['conv', filters, 3, 1], ['batchnorm'], ['gelu']] as const),
]

/** A convolution 2×2, three blocks and a classifier: nine layers with weights but for batchnorm's. */
const nineLayers = (widths: readonly [number, number, number]): readonly ImageLayer[] => [
  ...([['conv', 24, 2, 0], ['gelu']] as const),
  ...widths.flatMap(block),
  ...([
    ['maxPool', 3],
    ['affine', 10],
  ] as const),
]

const images = { ...cifar, ...plain, hiddenDims: [] } as const
const c2 = { ...images, batchSize: 512, rule: 'nesterov', learningRate: 0.01 } as const
const c3 = { ...c2, layers: nineLayers([64, 256, 256]) } as const

const convolutions: readonly Workload[] = (
  [
    [24, 64, 31],
    [64, 64, 16],
    [64, 256, 16],
    [256, 256, 8],
    [128, 128, 7],
    [3, 32, 32],
  ] as const
).map(([channels, filters, size]) => ({
  name: `L${channels}-${filters}-${size}`,
  ...images,
  batchSize: 128,
  rows: 128,
  convolution: { channels, filters, size },
}))

export const workloads: readonly Workload[] = [
  {
    name: 'P1',
    inputDim: 784,
    hiddenDims: [50],
    numClasses: 10,
    batchSize: 100,
    rule: 'sgd',
    learningRate: 0.01,
    rows: 50_000,
    evaluate: false,
    ...plain,
  },
  { name: 'P2', ...cifar, ...plain, hiddenDims: [100, 100, 100, 100], batchSize: 100 },
  { name: 'P3', ...cifar, hiddenDims: [512, 256], batchSize: 128, batchnorm: true, keepProb: 0.75 },
  { name: 'P4', ...p4 },
  { name: 'E1', ...p4, rows: 10_000, batchSize: 500, evaluate: true },
  {
    name: 'C1',
    ...images,
    batchSize: 50,
    layers: [['conv', 32, 7, 3], ['relu'], ['maxPool', 2], ['affine', 100], ['relu'], ['affine', 10]],
  },
  { name: 'C2', ...c2, layers: nineLayers([32, 128, 128]) },
  { name: 'C3', ...c3 },
  { name: 'E2', ...c3, rows: 10_000, batchSize: 500, evaluate: true },
  ...convolutions,
  { name: 'G512', ...cifar, ...plain, hiddenDims: [], batchSize: 512, rows: 512, square: 512 },
]

/** Floating-point operations of a net of images' products for an example, layer by layer; a convolution's are those of its windows. */
const flopsOfLayers = (layers: readonly ImageLayer[]): readonly number[] => {
  let [channels, size] = [3, 32]
  return layers.flatMap((layer) => {
    if (layer[0] === 'maxPool') size = Math.floor(size / layer[1])
    if (layer[0] === 'conv') {
      const [, filters, window, pad] = layer
      size += 2 * pad - window + 1
      const flops = 2 * filters * channels * window ** 2 * size ** 2
      channels = filters
      return [flops]
    }
    if (layer[0] !== 'affine') return []
    const flops = 2 * channels * size ** 2 * layer[1]
    ;[channels, size] = [layer[1], 1]
    return [flops]
  })
}

/** Floating-point operations of the matrix products of a step. */
export const flopsOf = (workload: Workload): number => {
  const { inputDim, hiddenDims, numClasses, batchSize, rows, evaluate, layers, square, convolution } = workload
  if (square !== undefined) return 2 * square ** 3
  if (convolution !== undefined) {
    const { channels, filters, size } = convolution
    return 3 * 2 * batchSize * channels * filters * 9 * size ** 2
  }
  const dims = [inputDim, ...hiddenDims, numClasses]
  const products =
    (layers && flopsOfLayers(layers).map((flops) => batchSize * flops)) ??
    dims.slice(1).map((dim, i) => 2 * batchSize * dim * (dims[i] as number))
  const forward = products.reduce((sum, flops) => sum + flops, 0)
  // Backward has two products a layer, but no dx of the first.
  return evaluate ? (forward * rows) / batchSize : 3 * forward - (products[0] as number)
}
