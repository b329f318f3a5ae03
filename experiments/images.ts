// A folder of pictures, one folder a class, a small convolutional net, and how good it is on pictures that it has not seen.
import { InvalidArgumentError } from 'commander'
import { type ImageProgress, type Images, loadImages } from '../src/data/index.ts'
import {
  affine,
  backend,
  batchnorm,
  type Classifier,
  classifier,
  conv,
  evaluate,
  type Fold,
  flatten,
  folds,
  holdOut,
  maxPool,
  network,
  relu,
  type Shape,
  splitRows,
  standardize,
  summary,
} from '../src/index.ts'
import { command, main, number, orFail, parse, present } from './support/cli.ts'
import { progress } from './support/progress.ts'
import { type SolverFlags, solverOptions, toSolverOptions } from './support/solverOptions.ts'
import { checkTraining, type TrainingFlags, training, trainingOptions } from './support/training.ts'

interface Flags extends SolverFlags, TrainingFlags {
  readonly size?: number
  readonly channels?: 1 | 3
  readonly filters: number
  readonly reg: number
}

const SHARE = 0.2 // of what the test leaves, for validation
const LEAST = 4 // pixels of a side that can be halved

const planes = (text: string): 1 | 3 => {
  if (text === '1' || text === '3') return Number(text) as 1 | 3
  throw new InvalidArgumentError('1 for grey, 3 for colours.')
}

const program = trainingOptions(
  solverOptions(
    command('images', 'Trains a convolutional net on a folder of PNG and JPEG pictures, one folder a class.')
      .argument('<folder>', 'e.g. pets, where pets/cat and pets/dog hold pictures')
      .option('--size <pixels>', 'of a side, to which pictures are resized; their own unless given', number)
      .option('--channels <n>', '1 for grey, 3 for colours; colours unless all are grey', planes)
      .option('--filters <n>', 'of the first convolution; the next ones have twice as many', number, 16)
      .option('--reg <x>', 'L2 regularization, ≥ 0', number, 1e-3),
  ),
)

/** {conv - batchnorm - relu - pool} × n - affine: as often as a side can be halved, at most three times. */
const netOf = (inShape: Shape, classes: number, { filters, reg }: Flags): Classifier => {
  const side = Math.min(inShape[1] ?? 1, inShape[2] ?? 1)
  const blocks = Math.min(3, Math.max(0, Math.floor(Math.log2(side / LEAST)) + 1))
  const block = (i: number) => [conv(filters * 2 ** i, { pad: 'same' }), batchnorm(), relu, maxPool(2)]
  const layers = [...Array.from({ length: blocks }, (_, i) => block(i)).flat(), flatten, affine(classes)]
  return classifier(network(layers), { inShape, reg })
}

const bar = ({ done, total }: ImageProgress): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${total} pictures${done < total ? '' : '\n'}`)
}

const load = async (folder: string, { size, channels }: Flags): Promise<Images> =>
  orFail(await loadImages(folder, { onProgress: bar, ...present({ size, channels }) })())

main(async () => {
  const flags = parse<Flags>(program)
  const solver = toSolverOptions(flags, {
    updateRule: 'adam',
    optimConfig: { learningRate: 3e-3 },
    schedule: 'cosine',
    batchSize: 32,
    numEpochs: 20,
  })
  checkTraining(flags, solver)
  const { name, classNames, x, y } = await load(program.args[0] as string, flags)

  // The test is one of five folds, each with its share of the classes; of the rest some choose the best weights.
  const [fold] = orFail(folds(y.length, 5, { stratify: y }))
  const { xTrain: xRest, yTrain: yRest, xVal: xTest, yVal: yTest } = splitRows({ x, y }, fold as Fold)
  const parts = orFail(holdOut({ x: xRest, y: yRest }, SHARE, { stratify: true }))
  const { x: xTrain, input, transform } = orFail(standardize(parts.xTrain))
  const data = { ...parts, xTrain, xVal: transform(parts.xVal) }
  const test = { x: transform(xTest), y: yTest }
  const model = netOf(x.shape.slice(1), classNames.length, flags)
  console.log(
    `backend: ${backend().description}; ${y.length} pictures of ${x.shape.slice(1).join('×')}, ${classNames.length} classes: ` +
      `${parts.yTrain.length} to train on, ${parts.yVal.length} to validate with, ${yTest.length} to test with`,
  )
  console.log(summary(model).text)

  const { result, isWhole, finish } = await training(flags, model, data, solver, progress())
  const settings = { folder: name, ...present({ size: flags.size, channels: flags.channels }), ...solver }
  const details = { title: `${name}: ${classNames.length} classes of pictures`, settings, classNames, input }
  if (!isWhole) return finish(details)
  for (const [score, value] of Object.entries(evaluate(model, result.weights, test))) {
    console.log(`test ${score.padEnd(14)} ${value.toFixed(4)}`)
  }
  await finish({ ...details, test })
})
