/** What is measured; sent to each peer as JSON. */
export interface Workload {
  readonly name: string
  readonly inputDim: number
  readonly hiddenDims: readonly number[]
  readonly numClasses: number
  readonly batchSize: number
  readonly rule: 'sgd' | 'adam'
  readonly learningRate: number
  readonly batchnorm: boolean
  readonly keepProb: number
  /** Examples in the data set, as bytes. */
  readonly rows: number
  /** A step is the evaluation of all rows instead of one update. */
  readonly evaluate: boolean
  /** A step is one product of two square matrices of this size instead. */
  readonly square?: number
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
  { name: 'G512', ...cifar, ...plain, hiddenDims: [], batchSize: 512, rows: 512, square: 512 },
]

/** Floating-point operations of the matrix products of a step. */
export const flopsOf = ({ inputDim, hiddenDims, numClasses, batchSize, rows, evaluate, square }: Workload): number => {
  if (square !== undefined) return 2 * square ** 3
  const dims = [inputDim, ...hiddenDims, numClasses]
  const products = dims.slice(1).map((dim, i) => 2 * batchSize * dim * (dims[i] as number))
  const forward = products.reduce((sum, flops) => sum + flops, 0)
  // Backward has two products a layer, but no dx of the first.
  return evaluate ? (forward * rows) / batchSize : 3 * forward - (products[0] as number)
}
