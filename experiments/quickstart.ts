// Trains a net, fully connected or convolutional, on 12,000 handwritten digits. It needs no files and no network.
import { Option } from 'commander'
import { strokes } from '../src/data/index.ts'
import {
  accuracy,
  backend,
  classify,
  decode,
  fullyConnectedNet,
  holdOut,
  sliceRows,
  summary,
  threeLayerConvNet,
} from '../src/index.ts'
import { command, main, orFail, parse } from './support/cli.ts'
import { sideBySide } from './support/picture.ts'
import { progress } from './support/progress.ts'
import { checkTraining, type TrainingFlags, training, trainingOptions } from './support/training.ts'

const HELD_OUT = 1000 // training images kept for validation
const SHOWN = 3

interface Flags extends TrainingFlags {
  readonly net: 'mlp' | 'conv'
}

const program = trainingOptions(
  command('quickstart', 'Trains a net on digits drawn from pen strokes.').addOption(
    new Option('--net <name>', 'mlp: one hidden layer of 100 units; conv: a convolution before it')
      .choices(['mlp', 'conv'])
      .default('mlp'),
  ),
)

const nets = {
  mlp: () => {
    const options = { inputDim: 28 * 28, hiddenDims: [100], numClasses: 10 }
    return { model: orFail(fullyConnectedNet(options)), options, numEpochs: 10 }
  },
  conv: () => {
    const options = { inputDim: [1, 28, 28], numFilters: 8, filterSize: 5, weightScale: 'he' } as const
    return { model: orFail(threeLayerConvNet(options)), options, numEpochs: 3 }
  },
}

main(async () => {
  const flags = parse<Flags>(program)
  const { model, options: net, numEpochs } = nets[flags.net]()
  const solver = { updateRule: 'adam', optimConfig: { learningRate: 2e-3 }, schedule: 'cosine', numEpochs } as const
  checkTraining(flags, solver)
  const { name, description, note } = backend()
  console.log(`backend: ${description}${note === undefined ? '' : ` (${note})`}`)

  const { train: all, test } = orFail(strokes({ flatten: flags.net === 'mlp' }))
  const data = orFail(holdOut(all, HELD_OUT))

  console.log(summary(model).text)
  const { result, steps, seconds, isWhole, finish } = await training(flags, model, data, solver, progress())
  const details = { title: 'Quickstart: handwritten strokes', settings: { ...net, ...solver } }
  if (!isWhole) return finish(details)
  console.log(`${steps} steps in ${seconds.toFixed(1)} s, ${(steps / seconds).toFixed(0)} steps/s with ${name}`)
  console.log(
    `test accuracy ${accuracy(model, result.weights, test.x, test.y).toFixed(4)} on ${test.y.length} new digits`,
  )

  const guesses = classify(model, result.weights, sliceRows(test.x, 0, SHOWN))
  const captions = Array.from(guesses, (guess, i) => `  a ${test.y[i]}, read as ${guess}`)
  console.log(sideBySide(decode(sliceRows(test.x, 0, SHOWN)), captions))
  await finish({ ...details, test })
})
