// CIFAR-10: cs231n's two-layer net, a deep one as in its second assignment, the best recipe we know for fully connected nets, or the
// second assignment's three-layer convolutional net.
import { Option } from 'commander'
import { loadCifar10 } from '../src/data/index.ts'
import {
  accuracy,
  backend,
  type Classifier,
  type FullyConnectedNetOptions,
  fullyConnectedNet,
  type SolverOptions,
  summary,
  type ThreeLayerConvNetOptions,
  threeLayerConvNet,
} from '../src/index.ts'
import { command, main, orFail, parse, present } from './support/cli.ts'
import { type NetFlags, netOptions, toNetOptions } from './support/netOptions.ts'
import { type Band, verdict } from './support/preset.ts'
import { downloadBar, progress } from './support/progress.ts'
import { type SolverFlags, solverOptions, toSolverOptions } from './support/solverOptions.ts'
import { checkTraining, type TrainingFlags, training, trainingOptions } from './support/training.ts'

interface Built {
  readonly model: Classifier
  readonly options: object
}

/** Settings with a name, and what they should reach. */
interface CifarPreset {
  readonly preprocess: 'subtractMean' | 'standardize'
  /** The net, with what the command line says in place of the preset's own. */
  readonly net: (flags: NetFlags) => Built
  readonly solver: SolverOptions
  readonly band: Band
}

const connected =
  (defaults: FullyConnectedNetOptions) =>
  (flags: NetFlags): Built => {
    const options = toNetOptions(flags, defaults)
    return { model: orFail(fullyConnectedNet(options)), options }
  }

const convolutional =
  (defaults: ThreeLayerConvNetOptions) =>
  ({ hidden, weightScale, reg, ...others }: NetFlags): Built => {
    const [hiddenDim, ...more] = hidden ?? [defaults.hiddenDim]
    if (more.length > 0 || Object.keys(present(others)).some((name) => fixed.includes(name))) {
      throw new Error('the three-layer net takes --hidden with one size, --weight-scale and --reg, and no other layers')
    }
    const options = { ...defaults, ...present({ hiddenDim, weightScale, reg }) }
    return { model: orFail(threeLayerConvNet(options)), options }
  }

/** What makes layers that a three-layer net does not have. */
const fixed = ['keepProb', 'normalization', 'activation']

const presets: Readonly<Record<'cs231n' | 'deep' | 'best' | 'three-layer', CifarPreset>> = {
  cs231n: {
    preprocess: 'subtractMean',
    net: connected({ hiddenDims: [100], weightScale: 1e-3, reg: 0.2 }),
    solver: { updateRule: 'sgd', optimConfig: { learningRate: 1e-3 }, lrDecay: 0.95, batchSize: 100, numEpochs: 15 },
    band: { of: 'validation', from: 0.5, to: 0.56 },
  },
  deep: {
    preprocess: 'subtractMean',
    net: connected({ hiddenDims: [100, 100, 100, 100], normalization: 'batchnorm' }),
    solver: { updateRule: 'adam', optimConfig: { learningRate: 1e-3 }, lrDecay: 0.9, batchSize: 100, numEpochs: 10 },
    band: { of: 'validation', from: 0.52, to: 0.58 },
  },
  best: {
    preprocess: 'standardize',
    net: connected({ hiddenDims: [1024, 512, 256], normalization: 'batchnorm', keepProb: 0.8 }),
    solver: {
      updateRule: 'adamw',
      optimConfig: { learningRate: 2e-3, weightDecay: 0.02 },
      schedule: 'cosine',
      batchSize: 256,
      numEpochs: 30,
      augment: { flip: true, shift: 2 },
    },
    band: { of: 'test', from: 0.6, to: 0.66 },
  },
  'three-layer': {
    preprocess: 'subtractMean',
    net: convolutional({ hiddenDim: 500, weightScale: 1e-3, reg: 1e-3 }),
    solver: { updateRule: 'adam', optimConfig: { learningRate: 1e-3 }, batchSize: 50, numEpochs: 1 },
    band: { of: 'training', from: 0.4, to: 0.6 },
  },
}

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

main(async () => {
  const flags = parse<Flags>(program)
  const preset = presets[flags.preset]
  const { model, options: net } = preset.net(flags)
  const solver = toSolverOptions(flags, preset.solver)
  checkTraining(flags, solver)
  const data = orFail(
    await loadCifar10({
      preprocess: preset.preprocess,
      numTest: null,
      onProgress: downloadBar(),
      ...(flags.dataDir === undefined ? {} : { dir: flags.dataDir }),
    })(),
  )
  const splits = { xTrain: data.train.x, yTrain: data.train.y, xVal: data.val.x, yVal: data.val.y }
  console.log(`backend: ${backend().description}; ${data.train.y.length} training images`)
  console.log(summary(model).text)

  const { result, steps, seconds, isWhole, finish } = await training(flags, model, splits, solver, progress())
  const details = {
    title: `CIFAR-10, preset ${flags.preset}`,
    settings: { preset: flags.preset, preprocess: preset.preprocess, ...net, ...solver },
    classNames: data.classNames,
  }
  if (!isWhole) return finish(details)
  const validation = Math.max(...result.valAccHistory)
  // Only now, and once.
  const test = accuracy(model, result.weights, data.test.x, data.test.y)
  console.log(`${steps} steps in ${seconds.toFixed(1)} s`)
  console.log(`validation accuracy ${validation.toFixed(4)}, test accuracy ${test.toFixed(4)} with the same weights`)
  console.log(verdict(flags.preset, preset, { training: result.trainAccHistory.at(-1) ?? 0, validation, test }))
  await finish({ ...details, test: data.test })
})
