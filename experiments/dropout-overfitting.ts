// Overfitting and dropout, as in the book's 6.4: a net of seven layers learns 300 images by heart.
import { backend, fullyConnectedNet, solve } from '../src/index.ts'
import { percent } from '../src/report/page/drawing.ts'
import { command, main, number, orFail } from './support/cli.ts'
import { loadDataset } from './support/dataset.ts'
import { lineFigure } from './support/lineFigure.ts'
import { finish } from './support/page.ts'
import { atLeastOne, parseStudy, part, type StudyOptions, studyOptions } from './support/study.ts'
import { table } from './support/table.ts'

interface Flags extends StudyOptions {
  readonly epochs: number
  readonly examples: number
  readonly testSamples: number
  readonly keepProb: number
}

interface Run {
  readonly training: readonly number[]
  readonly test: readonly number[]
}

interface Pair {
  readonly rate: number
  readonly plain: Run
  readonly dropped: Run
}

const HIDDEN = [100, 100, 100, 100, 100, 100]
const RATES = [0.01, 0.1] // the book's, and one that is fast enough to see where dropout leads

type Accuracies = readonly [train: number, test: number, gap: number]

/** Means over epochs first … last. */
const between = ({ training, test }: Run, first: number, last: number): Accuracies => {
  const [train = 0, seen = 0] = [training, test].map((values) => {
    const some = values.slice(first, last + 1)
    return some.reduce((sum, value) => sum + value, 0) / some.length
  })
  return [train, seen, train - seen]
}

const points = (share: number): string => `${(100 * share).toFixed(1)} points`

const finding = ({ rate, plain, dropped }: Pair, epochs: number): string => {
  const first = Math.ceil(0.9 * epochs) // a single epoch has too much noise
  const [train, test, gap] = between(plain, first, epochs)
  const [trainDropped, testDropped, gapDropped] = between(dropped, first, epochs)
  const ahead = testDropped - test
  const lesson =
    trainDropped < 0.99
      ? 'With dropout the net does not know its training images yet: this shows how fast it learns, not where it leads.'
      : `Now that both know their training images, dropout is ${points(Math.abs(ahead))} ${ahead < 0 ? 'behind' : 'ahead'} on the test images; another --seed moves that by a point or two.`
  return (
    `Learning rate ${rate}, the last tenth of the epochs: without dropout ${percent(train)} of the training and ${percent(test)} of the test images, a gap of ${points(gap)}; ` +
    `with dropout ${percent(trainDropped)} and ${percent(testDropped)}, a gap of ${points(gapDropped)}. ${lesson}`
  )
}

const program = studyOptions(
  command('dropout-overfitting', 'Training and test accuracy on few examples, with and without dropout.'),
)
  .option('--epochs <n>', 'passes over the training images', atLeastOne, 300)
  .option('--examples <n>', 'training images', atLeastOne, 300)
  .option('--test-samples <n>', 'test images looked at after each epoch', atLeastOne, 2000)
  .option('--keep-prob <x>', 'dropout: probability that a unit is kept, in (0, 1]', number, 0.8)

main(async () => {
  const flags = parseStudy<Flags>(program)
  const { data, epochs, examples, seed } = flags
  const all = orFail(await loadDataset(flags)())
  const training = part(all.train, 0, examples)
  const splits = { xTrain: training.x, yTrain: training.y, xVal: all.test.x, yVal: all.test.y }
  console.log(`backend: ${backend().description}; accuracy on ${examples} training images and on test images`)

  const learn = (learningRate: number, keepProb: number): Run => {
    const model = orFail(fullyConnectedNet({ inputDim: 28 * 28, hiddenDims: HIDDEN, keepProb }))
    const counts = { batchSize: 100, numEpochs: epochs, numTrainSamples: null, numValSamples: flags.testSamples }
    // As in the book the test set is looked at during training; nothing is chosen by it.
    const result = orFail(solve(model, splits, { optimConfig: { learningRate }, ...counts, seed }))
    return { training: result.trainAccHistory, test: result.valAccHistory }
  }
  const row = table(['rate, epoch', 'train', 'test', 'gap', 'dropout: train', 'test', 'gap'])
  const pairs = RATES.map((rate): Pair => {
    const [plain, dropped] = [learn(rate, 1), learn(rate, flags.keepProb)]
    for (const epoch of new Set([0.1, 0.2, 0.4, 0.6, 0.8, 1].map((share) => Math.ceil(share * epochs)))) {
      row([`${rate}, ${epoch}`, ...[plain, dropped].flatMap((run) => between(run, epoch, epoch))])
    }
    return { rate, plain, dropped }
  })

  const curve = (name: string, values: readonly number[], color: number, isPale = false) => ({
    name,
    points: values.map((y, epoch) => [epoch, y] as const),
    color,
    isPale,
  })
  await finish(flags.out, {
    title: 'Overfitting and dropout',
    setting: `A relu net with six hidden layers of 100 on ${examples} images of ${data}, sgd, batches of 100, ${epochs} epochs, dropout keeps ${flags.keepProb}, seed ${seed}.`,
    findings: pairs.map((pair) => finding(pair, epochs)),
    figures: pairs.map(({ rate, plain, dropped }, i) =>
      lineFigure(
        `dropout-${i + 1}`,
        `Accuracy by epoch, learning rate ${rate}`,
        [
          curve('training', plain.training, 0, true),
          curve('test', plain.test, 0),
          curve('training with dropout', dropped.training, 1, true),
          curve('test with dropout', dropped.test, 1),
        ],
        { y: 'share' },
        'After each epoch, with all units at work. The space between two curves of a colour is what the net only knows by heart.',
      ),
    ),
  })
})
