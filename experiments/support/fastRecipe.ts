import {
  affine,
  batchnorm,
  type Classifier,
  classification,
  classifier,
  conv,
  flatten,
  gelu,
  maxPool,
  type Net,
  network,
  type ParameterGroup,
  type SolverOptions,
  scale,
  type Views,
} from '../../src/index.ts'

/**
 * The net and the settings of "94 % on CIFAR-10 in 3.29 seconds", with a name for each method: what a preset is made of, and what an
 * ablation changes.
 *
 * @see  Jordan, https://arxiv.org/abs/2404.00498; docs/methods.md
 */
export interface FastRecipe {
  /** Filters of the three blocks. */
  readonly widths: readonly number[]
  readonly numEpochs: number
  readonly batchSize: number
  /** At the peak of the schedule. */
  readonly learningRate: number
  readonly momentum: number
  /** Decoupled: the paper's, which passes through the momentum, is as large as this one. */
  readonly weightDecay: number
  readonly updateRule: 'nesterov' | 'sgdMomentum'
  /** The factor on the learning rate at the start, where the peak is, and the factor at the end. */
  readonly schedule: { readonly start: number; readonly peak: number; readonly end: number }
  /** A first layer of the data's own patches, which stays, or one that is drawn and learns. */
  readonly firstLayer: 'whitening' | 'he'
  readonly filters: 'dirac' | 'he'
  /** What the learning rate of batchnorm's shifts is multiplied by. */
  readonly shiftRate: number
  /** Whether batchnorm has scales, which learn. */
  readonly batchnormScale: boolean
  /** What batchnorm's running statistics keep of the past in a step. */
  readonly batchnormMomentum: number
  readonly scoreScale: number
  readonly labelSmoothing: number
  readonly augment: NonNullable<SolverOptions['augment']>
  /** The share that the average of the weights keeps in a step; 0 for none. */
  readonly average: number
  /** What the trained net looks at of each image, beside the image alone. */
  readonly views?: Views
}

export const fastRecipe: FastRecipe = {
  widths: [64, 256, 256],
  numEpochs: 11,
  batchSize: 512,
  learningRate: 0.75,
  momentum: 0.85,
  weightDecay: 0.009,
  updateRule: 'nesterov',
  schedule: { start: 0.2, peak: 0.23, end: 0.07 },
  firstLayer: 'whitening',
  filters: 'dirac',
  shiftRate: 64,
  batchnormScale: false,
  batchnormMomentum: 0.6,
  scoreScale: 1 / 9,
  labelSmoothing: 0.2,
  augment: { flip: 'alternate', shift: 2, border: 'reflect' },
  average: 0.98,
}

/** CIFAR-10's presets; how many epochs conv takes was chosen on images held out of the training set. */
export const cifarRecipes = {
  conv: { ...fastRecipe, widths: [32, 128, 128], numEpochs: 8, views: 'mirror' },
  record: { ...fastRecipe, views: 'mirrorAndShift' },
} as const satisfies Readonly<Record<string, FastRecipe>>

/** Whitening has as many filters as numbers in a 2×2 patch, and their negatives. */
const first = (channels: number, { firstLayer }: FastRecipe): Net =>
  conv(2 * 4 * channels, { filterSize: 2, weightScale: firstLayer })

const block = (width: number, { filters, batchnormScale, batchnormMomentum }: FastRecipe): readonly Net[] => {
  const same = (): Net => conv(width, { pad: 'same', bias: false, weightScale: filters })
  const norm = (): Net => batchnorm({ scale: batchnormScale, momentum: batchnormMomentum })
  return [same(), maxPool(2), norm(), gelu, same(), norm(), gelu]
}

/** The recipe's net for square images. */
export const fastNet = (recipe: FastRecipe, channels: number, size: number): Classifier => {
  const { widths, scoreScale, labelSmoothing } = recipe
  // The first layer takes a pixel off the edge, and each block halves it.
  const edge = Math.floor((size - 1) / 2 ** widths.length)
  if (edge < 1) throw new Error(`images of ${size}×${size} pixels have room for fewer blocks, but got ${widths.length}`)
  const blocks = widths.flatMap((width) => block(width, recipe))
  const net = network([first(channels, recipe), gelu, ...blocks, maxPool(edge), flatten, affine(10), scale(scoreScale)])
  return classifier(net, { inShape: [channels, size, size], task: classification({ labelSmoothing }) })
}

/** A first layer of patches stays, and learns for three epochs how bright is bright; drawn filters learn like any. */
const groups = ({ firstLayer, shiftRate, weightDecay }: FastRecipe): readonly ParameterGroup[] => [
  ...(firstLayer === 'whitening'
    ? ([
        { match: 'W1', frozen: true },
        { match: 'b1', frozen: { from: 3 } },
      ] as const)
    : []),
  // The scale of the rate leaves the decay alone.
  { match: 'beta', learningRateScale: shiftRate, weightDecay: weightDecay / shiftRate },
]

/** The recipe's settings of a run. */
export const fastSolver = (recipe: FastRecipe): SolverOptions => {
  const { updateRule, learningRate, momentum, weightDecay, schedule, average, numEpochs, batchSize, augment } = recipe
  return {
    updateRule,
    optimConfig: { learningRate, momentum, weightDecay },
    groups: groups(recipe),
    schedule: 'triangular',
    scheduleConfig: schedule,
    ...(average > 0 && { average: { decay: average } }),
    augment,
    batchSize,
    numEpochs,
  }
}
