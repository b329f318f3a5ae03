// CIFAR-10: cs231n's two-layer net, a deep one as in its second assignment, the best recipe we know for fully connected nets, the
// second assignment's three-layer convolutional net, or the methods of fast image training with a small net (conv) and a larger one (record).
import { Option } from 'commander'
import { loadCifar10 } from '../src/data/index.ts'
import {
  backend,
  classification,
  evaluate,
  type SolverOptions,
  summary,
  type ThreeLayerConvNetOptions,
  threeLayerConvNet,
  type Views,
} from '../src/index.ts'
import { command, main, orFail, parse, present } from './support/cli.ts'
import { cifarRecipes, type FastRecipe, fastSolver } from './support/fastRecipe.ts'
import { type NetFlags, netOptions } from './support/netOptions.ts'
import { accuraciesText, type Band, verdict } from './support/preset.ts'
import { type BuildNet, checkFixed, connected, fast } from './support/presetNets.ts'
import { downloadBar, progress } from './support/progress.ts'
import { type SolverFlags, solverOptions, toSolverOptions } from './support/solverOptions.ts'
import { checkTraining, type TrainingFlags, training, trainingOptions } from './support/training.ts'

/** Settings with a name, and what they should reach. */
interface CifarPreset {
  readonly preprocess: 'subtractMean' | 'standardize'
  readonly net: BuildNet
  readonly solver: SolverOptions
  /** Training images that are held out, and choose the best weights; without any the last ones are taken. */
  readonly numValidation: number
  /** What the trained net looks at of each test image, beside the image alone. */
  readonly views?: Views
  readonly band: Band
}

const convolutional =
  (defaults: ThreeLayerConvNetOptions): BuildNet =>
  ({ hidden, weightScale, reg, ...others }) => {
    const [hiddenDim, ...more] = hidden ?? [defaults.hiddenDim]
    const takes = 'the three-layer net takes --hidden with one size, --weight-scale and --reg'
    checkFixed(others, ['keepProb', 'normalization', 'activation'], takes)
    if (more.length > 0) throw new Error(`${takes}, but --hidden has ${more.length + 1} sizes`)
    const options = { ...defaults, ...present({ hiddenDim, weightScale, reg }) }
    return { model: orFail(threeLayerConvNet(options)), options }
  }

/** By the methods of fast image training: settings are chosen by measure-cifar10.ts on held-out images, and the net is trained on all. */
const fastPreset = (recipe: FastRecipe, band: Band): CifarPreset => ({
  preprocess: 'standardize',
  net: fast(recipe, 3, 32),
  solver: fastSolver(recipe),
  numValidation: 0,
  ...present({ views: recipe.views }),
  band,
})

const presets = {
  cs231n: {
    preprocess: 'subtractMean',
    net: connected({ hiddenDims: [100], weightScale: 1e-3, reg: 0.2 }),
    solver: { updateRule: 'sgd', optimConfig: { learningRate: 1e-3 }, lrDecay: 0.95, batchSize: 100, numEpochs: 15 },
    numValidation: 1000,
    band: { of: 'validation', from: 0.5, to: 0.56 },
  },
  deep: {
    preprocess: 'subtractMean',
    net: connected({ hiddenDims: [100, 100, 100, 100], normalization: 'batchnorm' }),
    solver: { updateRule: 'adam', optimConfig: { learningRate: 1e-3 }, lrDecay: 0.9, batchSize: 100, numEpochs: 10 },
    numValidation: 1000,
    band: { of: 'validation', from: 0.52, to: 0.58 },
  },
  best: {
    preprocess: 'standardize',
    net: connected({
      ...{ hiddenDims: [1024, 512, 256], normalization: 'batchnorm', keepProb: 0.8 },
      task: classification({ labelSmoothing: 0.1 }),
    }),
    solver: {
      updateRule: 'adamw',
      optimConfig: { learningRate: 2e-3, weightDecay: 0.02 },
      schedule: 'cosine',
      batchSize: 256,
      numEpochs: 30,
      average: { decay: 0.995 },
      augment: { flip: 'alternate', shift: 2, border: 'reflect' },
    },
    numValidation: 0,
    views: 'mirrorAndShift',
    band: { of: 'test', from: 0.625, to: 0.64 },
  },
  'three-layer': {
    preprocess: 'subtractMean',
    net: convolutional({ hiddenDim: 500, weightScale: 1e-3, reg: 1e-3 }),
    solver: { updateRule: 'adam', optimConfig: { learningRate: 1e-3 }, batchSize: 50, numEpochs: 1 },
    numValidation: 1000,
    band: { of: 'training', from: 0.4, to: 0.6 },
  },
  conv: fastPreset(cifarRecipes.conv, { of: 'test', from: 0.9, to: 0.92 }),
  record: fastPreset(cifarRecipes.record, { of: 'views', from: 0.938, to: 0.944 }),
} satisfies Readonly<Record<string, CifarPreset>>

interface Flags extends NetFlags, SolverFlags, TrainingFlags {
  readonly preset: keyof typeof presets
  readonly dataDir?: string
}

const program = trainingOptions(
  solverOptions(
    netOptions(
      command('cifar10', 'A net on CIFAR-10: a preset, and every setting can be changed.')
        .addOption(
          new Option('--preset <name>', 'settings to start from').choices(Object.keys(presets)).default('cs231n'),
        )
        .option(
          '--data-dir <path>',
          'folder of the binary or the Python version, or an archive of it; the cache, then the mirrors unless given',
        ),
    ),
  ),
)

/** How the training images are split, and all test images. */
const load = ({ dataDir }: Flags, { preprocess, numValidation }: CifarPreset) =>
  loadCifar10({
    ...{ preprocess, numTraining: 50_000 - numValidation, numValidation, numTest: null, onProgress: downloadBar() },
    ...present({ dir: dataDir }),
  })

main(async () => {
  const flags = parse<Flags>(program)
  const preset: CifarPreset = presets[flags.preset]
  const { views, numValidation } = preset
  const { model, options: net } = preset.net(flags)
  const solver = toSolverOptions(flags, preset.solver)
  checkTraining(flags, solver)
  // Images that are not CIFAR-10's are refused, so the bands are of these.
  const { train, val, test, classNames } = orFail(await load(flags, preset)())
  const splits = { xTrain: train.x, yTrain: train.y, ...(numValidation > 0 && { xVal: val.x, yVal: val.y }) }
  console.log(`backend: ${backend().description}; ${train.y.length} training images`)
  console.log(summary(model).text)

  const { result, steps, seconds, isWhole, finish } = await training(flags, model, splits, solver, progress())
  const details = {
    title: `CIFAR-10, preset ${flags.preset}`,
    settings: { preset: flags.preset, preprocess: preset.preprocess, ...net, ...solver },
    classNames,
  }
  if (!isWhole) return finish(details)
  console.log(`${steps} steps in ${seconds.toFixed(1)} s`)
  // Only now, and once.
  const scores = evaluate(model, result.weights, test, present({ views }))
  const reached = { validation: result.best?.valScore, test: scores.accuracy, views: scores.viewsAccuracy }
  console.log(accuraciesText(reached))
  console.log(verdict(flags.preset, preset, { training: result.trainAccHistory.at(-1), ...reached }))
  await finish({ ...details, test })
})
