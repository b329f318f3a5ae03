// The book's two-layer experiment on MNIST: 784-50-10, batch 100, learning rate 0.1, 10,000 iterations, batches drawn with replacement.
import {
  type Activation,
  backend,
  type Epoch,
  fullyConnectedNet,
  type Normalization,
  type Result,
  type SolverOptions,
  train,
  type WeightScale,
} from '../src/index.ts'
import { command, main, number, numberOrName, orFail, parse, sizes } from './support/cli.ts'
import { type DatasetOptions, datasetOptions, loadDataset } from './support/dataset.ts'
import { type SolverFlags, solverOptions, toSolverOptions } from './support/solverOptions.ts'

interface Flags extends DatasetOptions, SolverFlags {
  readonly hidden: readonly number[]
  readonly weightScale: WeightScale
  readonly reg?: number
  readonly keepProb?: number
  readonly normalization?: Normalization
  readonly activation?: Activation
}

/** Train and test accuracy of the book's own run, by iteration. */
const BOOK: Readonly<Record<number, readonly [train: string, test: string]>> = {
  600: ['.9043', '.9063'],
  1200: ['.9245', '.9262'],
  1800: ['.9360', '.9358'],
  2400: ['.9445', '.9442'],
  3000: ['.9519', '.9494'],
  3600: ['.9559', '.9544'],
  4200: ['.9617', '.9562'],
  4800: ['.9654', '.9592'],
  5400: ['.9686', '.9616'],
}

const BOOKS_SETTINGS: SolverOptions = {
  updateRule: 'sgd',
  optimConfig: { learningRate: 0.1 },
  batchSize: 100,
  numIterations: 10_000,
  replacement: true,
  // The book prints the accuracy of all 60,000.
  numTrainSamples: null,
}

const four = (accuracy: number): string => accuracy.toFixed(4).replace(/^0/, '')

const row = ({ step, trainAcc, valAcc = Number.NaN }: Epoch, besideBook: boolean): string => {
  const [trainThere, testThere] = (besideBook ? BOOK[step] : undefined) ?? ['', '']
  return [String(step).padStart(9), four(trainAcc), four(valAcc), trainThere.padStart(7), testThere]
    .join('   ')
    .trimEnd()
}

const program = solverOptions(
  datasetOptions(command('mnist', "The book's two-layer experiment on MNIST; every setting can be changed.")),
)
  .option('--hidden <sizes>', 'sizes of the hidden layers, e.g. 100,50; none for a linear classifier', sizes, [50])
  .option('--weight-scale <x>', "standard deviation of the initial weights, 'he' or 'xavier'", numberOrName, 0.01)
  .option('--reg <x>', 'L2 regularization, ≥ 0', number)
  .option('--keep-prob <x>', 'dropout: probability that a unit is kept, in (0, 1]', number)
  .option('--normalization <name>', 'batchnorm or layernorm')
  .option('--activation <name>', 'relu, leakyRelu, sigmoid, tanh or gelu')

main(async () => {
  const flags = parse<Flags>(program)
  const { reg, keepProb, normalization, activation } = flags
  const model = orFail(
    fullyConnectedNet({
      inputDim: 28 * 28,
      hiddenDims: flags.hidden,
      weightScale: flags.weightScale,
      ...(reg === undefined ? {} : { reg }),
      ...(keepProb === undefined ? {} : { keepProb }),
      ...(normalization === undefined ? {} : { normalization }),
      ...(activation === undefined ? {} : { activation }),
    }),
  )
  const { train: training, test } = orFail(await loadDataset(flags)())
  // As in the book the test set is looked at during training, so the weights are those of the last step, not the best.
  const data = { xTrain: training.x, yTrain: training.y, xVal: test.x, yVal: test.y }
  const events = orFail(train(model, data, toSolverOptions(flags, BOOKS_SETTINGS)))

  console.log(`backend: ${backend().description}; ${training.y.length} training and ${test.y.length} test images`)
  const besideBook = flags.data === 'mnist' && training.y.length === 60_000
  console.log(`iteration   train    test${besideBook ? '   (book)  train, test' : ''}`)
  const started = performance.now()
  let last: Epoch | undefined
  let result: Result | undefined
  for (const event of events) {
    if (event._tag === 'Epoch') {
      last = event
      console.log(row(event, besideBook))
    }
    if (event._tag === 'Done') result = event.result
  }
  const seconds = (performance.now() - started) / 1000
  console.log(`test accuracy ${last?.valAcc?.toFixed(4)} after ${result?.steps} iterations in ${seconds.toFixed(1)} s`)
  if (result?.status === 'diverged')
    throw new Error(`the loss was not finite in iteration ${result.steps + 1}: lower --learning-rate`)
})
