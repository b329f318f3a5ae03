// Does a net with batchnorm still care how large its first weights are? The book's 6.3: 16 weight scales, 1000 training images.
import { backend, fullyConnectedNet, solve } from '../src/index.ts'
import { short } from '../src/report/page/drawing.ts'
import { command, main, orFail } from './support/cli.ts'
import { loadDataset } from './support/dataset.ts'
import { type Curve, lineFigure, lineGridFigure } from './support/lineFigure.ts'
import { finish } from './support/page.ts'
import { atLeastOne, parseStudy, part, type StudyOptions, studyOptions } from './support/study.ts'
import { table } from './support/table.ts'

interface Flags extends StudyOptions {
  readonly epochs: number
  readonly examples: number
  readonly scales: number
}

interface Run {
  readonly scale: number
  readonly diverged: boolean
  /** Accuracies by epoch. */
  readonly training: readonly number[]
  readonly validation: readonly number[]
}

const VALIDATION = 2000
const HIDDEN = [100, 100, 100, 100, 100]
const GOOD = 0.8

const last = (values: readonly number[]): number => values.at(-1) ?? Number.NaN

const cell = (run: Run, of: 'training' | 'validation') => (run.diverged ? 'diverged' : last(run[of]))

const scalesThatLearn = (runs: readonly Run[]): string => {
  const good = runs.filter(({ training }) => last(training) >= GOOD).map(({ scale }) => scale)
  const [largest, smallest] = [good[0], good.at(-1)].map((scale) => short(scale ?? Number.NaN, 2))
  return good.length === 0
    ? 'no weight scale'
    : `${good.length} of ${runs.length} weight scales, from ${smallest} to ${largest}`
}

const program = studyOptions(
  command('batchnorm-weight-scales', 'Accuracy with and without batchnorm over scales of the first weights.'),
)
  .option('--epochs <n>', 'passes over the training images', atLeastOne, 20)
  .option('--examples <n>', 'training images', atLeastOne, 1000)
  .option('--scales <n>', 'weight scales between 1 and 0.0001', atLeastOne, 16)

main(async () => {
  const flags = parseStudy<Flags>(program)
  const { data, epochs, examples, seed } = flags
  const { train } = orFail(await loadDataset(flags)())
  const training = part(train, 0, examples)
  const validation = part(train, examples, examples + VALIDATION)
  const splits = { xTrain: training.x, yTrain: training.y, xVal: validation.x, yVal: validation.y }
  console.log(`backend: ${backend().description}; accuracy after ${epochs} epochs of ${examples} images`)

  const learn = (scale: number, normalization?: 'batchnorm'): Run => {
    const net = { inputDim: 28 * 28, hiddenDims: HIDDEN, weightScale: scale }
    const model = orFail(fullyConnectedNet(normalization === undefined ? net : { ...net, normalization }))
    const options = { optimConfig: { learningRate: 0.01 }, batchSize: 100, numEpochs: epochs, seed }
    const result = orFail(solve(model, splits, { ...options, numTrainSamples: null }))
    return {
      scale,
      diverged: result.status === 'diverged',
      training: result.trainAccHistory,
      validation: result.valAccHistory,
    }
  }
  const row = table(['weight scale', 'train: batchnorm', 'without', 'validation: batchnorm', 'without'])
  const scales = Array.from({ length: flags.scales }, (_, i) => 10 ** ((-4 * i) / Math.max(1, flags.scales - 1)))
  const pairs = scales.map((scale) => {
    const [normed, plain] = [learn(scale, 'batchnorm'), learn(scale)]
    row([
      short(scale),
      cell(normed, 'training'),
      cell(plain, 'training'),
      cell(normed, 'validation'),
      cell(plain, 'validation'),
    ])
    return { scale, normed, plain }
  })
  const [normed, plain] = [pairs.map((pair) => pair.normed), pairs.map((pair) => pair.plain)]
  const byScale = (name: string, color: number, runs: readonly Run[], of: 'training' | 'validation'): Curve => {
    const points = runs.map((run) => [run.scale, last(run[of])] as const).reverse()
    return { name: `${name}, ${of}`, points, color, isPale: of === 'training' }
  }
  const byEpoch = (name: string, { training }: Run): Curve => ({ name, points: training.map((y, epoch) => [epoch, y]) })
  await finish(flags.out, {
    title: 'Batchnorm and the scale of the first weights',
    setting: `A net with five hidden layers of 100 on ${examples} images of ${data}, sgd at 0.01, batches of 100, ${epochs} epochs, seed ${seed}.`,
    findings: [
      `With batchnorm the net learns at least ${GOOD * 100} % of its training images at ${scalesThatLearn(normed)}; without it, at ${scalesThatLearn(plain)}.`,
      'Look for the width of the hill: batchnorm makes the first weights matter less, though not nothing.',
    ],
    figures: [
      lineFigure(
        'scales',
        'Accuracy by weight scale',
        [
          byScale('batchnorm', 0, normed, 'training'),
          byScale('batchnorm', 0, normed, 'validation'),
          byScale('without', 1, plain, 'training'),
          byScale('without', 1, plain, 'validation'),
        ],
        { x: 'log', y: 'share' },
        `After ${epochs} epochs. Very small weights defeat batchnorm too: the variance it divides by falls below its ε of 10⁻⁵.`,
      ),
      lineGridFigure(
        'epochs',
        'Training accuracy by epoch',
        pairs.map((pair) => ({
          title: `weight scale ${short(pair.scale)}`,
          curves: [byEpoch('batchnorm', pair.normed), byEpoch('without', pair.plain)],
        })),
        { y: 'share' },
        'A curve that is missing or ends early is a run that diverged: its loss was no longer finite.',
      ),
    ],
  })
})
