// Fully connected nets on CIFAR-10: cs231n's two-layer net, a deep one as in its second assignment, or the best recipe we know for
// this kind of net.
import { Option } from 'commander'
import { loadCifar10 } from '../src/data/index.ts'
import { accuracy, backend, fullyConnectedNet, summary } from '../src/index.ts'
import { command, main, orFail, parse } from './support/cli.ts'
import { type NetFlags, netOptions, toNetOptions } from './support/netOptions.ts'
import { type Preset, verdict } from './support/preset.ts'
import { downloadBar, progress } from './support/progress.ts'
import { type SolverFlags, solverOptions, toSolverOptions } from './support/solverOptions.ts'
import { type TrainingFlags, training, trainingOptions } from './support/training.ts'

interface CifarPreset extends Preset {
  readonly preprocess: 'subtractMean' | 'standardize'
}

const presets: Readonly<Record<'cs231n' | 'deep' | 'best', CifarPreset>> = {
  cs231n: {
    preprocess: 'subtractMean',
    net: { hiddenDims: [100], weightScale: 1e-3, reg: 0.2 },
    solver: { updateRule: 'sgd', optimConfig: { learningRate: 1e-3 }, lrDecay: 0.95, batchSize: 100, numEpochs: 15 },
    band: { of: 'validation', from: 0.5, to: 0.56 },
  },
  deep: {
    preprocess: 'subtractMean',
    net: { hiddenDims: [100, 100, 100, 100], normalization: 'batchnorm' },
    solver: { updateRule: 'adam', optimConfig: { learningRate: 1e-3 }, lrDecay: 0.9, batchSize: 100, numEpochs: 10 },
    band: { of: 'validation', from: 0.52, to: 0.58 },
  },
  best: {
    preprocess: 'standardize',
    net: { hiddenDims: [1024, 512, 256], normalization: 'batchnorm', keepProb: 0.8 },
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
}

interface Flags extends NetFlags, SolverFlags, TrainingFlags {
  readonly preset: keyof typeof presets
  readonly dataDir?: string
}

const program = trainingOptions(
  solverOptions(
    netOptions(
      command('cifar10', 'A fully connected net on CIFAR-10: a preset, and every setting can be changed.')
        .addOption(
          new Option('--preset <name>', 'settings to start from').choices(Object.keys(presets)).default('cs231n'),
        )
        .option(
          '--data-dir <path>',
          'folder of the six .bin files, or cifar-10-binary.tar.gz; the cache, then the mirrors unless given',
        ),
    ),
  ),
)

main(async () => {
  const flags = parse<Flags>(program)
  const preset = presets[flags.preset]
  const net = toNetOptions(flags, preset.net)
  const solver = toSolverOptions(flags, preset.solver)
  const model = orFail(fullyConnectedNet(net))
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
  console.log(verdict(flags.preset, preset, { validation, test }))
  await finish({ ...details, test: data.test })
})
