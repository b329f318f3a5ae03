// A residual net of convolutions, in ten lines, on digits drawn from pen strokes.
import { strokes } from '../src/data/index.ts'
import {
  accuracy,
  affine,
  batchnorm,
  classifier,
  conv,
  globalAvgPool,
  holdOut,
  identity,
  type Net,
  network,
  relu,
  residual,
  sliceRows,
  summary,
} from '../src/index.ts'
import { command, main, number, orFail, parse } from './support/cli.ts'
import { progress } from './support/progress.ts'
import { type TrainingFlags, training, trainingOptions } from './support/training.ts'

const norm = (channels: number, options = {}): readonly Net[] => [
  conv(channels, { pad: 1, bias: false, ...options }),
  batchnorm(),
]
const block = (channels: number, stride = 1): Net => {
  const shortcut = stride === 1 ? identity : conv(channels, { filterSize: 1, stride })
  return network([residual([...norm(channels, { stride }), relu, ...norm(channels)], shortcut), relu])
}
const resnet = network([
  ...norm(8, { stride: 2 }),
  relu,
  block(8),
  block(16, 2),
  block(32, 2),
  globalAvgPool,
  affine(10),
])

interface Flags extends TrainingFlags {
  readonly examples: number
}

const program = trainingOptions(command('resnet', 'Trains a net of three residual blocks.')).option(
  '--examples <n>',
  'training images',
  number,
  12_000,
)

main(async () => {
  const { examples, ...flags } = parse<Flags>(program)
  const { train, test } = orFail(strokes({ flatten: false }))
  const data = orFail(
    holdOut({ x: sliceRows(train.x, 0, examples), y: train.y.subarray(0, examples) }, Math.ceil(examples / 10)),
  )
  const model = classifier(resnet, { inShape: [1, 28, 28] })
  console.log(summary(model).text)
  const options = { updateRule: 'adam', optimConfig: { learningRate: 3e-3 }, schedule: 'cosine', numEpochs: 2 } as const
  const { result, isWhole, finish } = await training(flags, model, data, options, progress())
  if (isWhole) console.log(`test accuracy ${accuracy(model, result.weights, test.x, test.y).toFixed(4)}`)
  await finish({ title: 'A residual net', settings: options, ...(isWhole && { test }) })
})
