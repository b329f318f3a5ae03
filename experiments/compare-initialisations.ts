// How large should the first weights be? The book's 6.2: what 1000 normal inputs become in five layers, and how nets then learn.
import {
  affineForward,
  backend,
  foldIn,
  fullyConnectedNet,
  key,
  normal,
  reluForward,
  sigmoidForward,
  type Tensor,
  tanhForward,
  zeros,
} from '../src/index.ts'
import { short } from '../src/report/page/drawing.ts'
import { command, main, orFail } from './support/cli.ts'
import { loadDataset } from './support/dataset.ts'
import { histogramFigure } from './support/histogramFigure.ts'
import { lineFigure } from './support/lineFigure.ts'
import { finish } from './support/page.ts'
import { lossAt, smoothedLoss, stepsAt } from './support/smoothedLoss.ts'
import { deviation, verdict } from './support/spread.ts'
import { atLeastOne, parseStudy, type StudyOptions, studyOptions } from './support/study.ts'
import { table } from './support/table.ts'

interface Flags extends StudyOptions {
  readonly iterations: number
}

const UNITS = 100
const LAYERS = [1, 2, 3, 4, 5]
const SCALES = { '1': 1, '0.01': 0.01, xavier: Math.sqrt(1 / UNITS), he: Math.sqrt(2 / UNITS) }
const ACTIVATIONS = {
  sigmoid: { forward: (x: Tensor) => sigmoidForward(x)[0], low: 0, high: 1, isBounded: true },
  tanh: { forward: (x: Tensor) => tanhForward(x)[0], low: -1, high: 1, isBounded: true },
  relu: { forward: (x: Tensor) => reluForward(x)[0], low: 0, high: 3, isBounded: false },
} as const
type Activation = (typeof ACTIVATIONS)[keyof typeof ACTIVATIONS]

/** What each layer makes of 1000 normal inputs. */
const outputsOf = ({ forward }: Activation, std: number, seed: number): Tensor[] => {
  const root = key(seed)
  let x = normal(foldIn(root, 'x'), [1000, UNITS])
  return LAYERS.map((layer) => {
    const w = normal(foldIn(root, `W${layer}`), [UNITS, UNITS], std)
    x = forward(affineForward(x, w, zeros([UNITS]))[0])
    return x
  })
}

const program = studyOptions(
  command('compare-initialisations', 'What first weights do to activations, layer by layer, and to learning.'),
).option('--iterations <n>', 'steps of each run', atLeastOne, 2000)

main(async () => {
  const flags = parseStudy<Flags>(program)
  const { iterations, seed, data } = flags
  const { train } = orFail(await loadDataset(flags)())
  console.log(`backend: ${backend().description}; σ of the activations of ${LAYERS.length} layers of ${UNITS} units`)

  const row = table(['after, scale', ...LAYERS.map((layer) => `layer ${layer}`), 'last layer'])
  const healthy: string[] = []
  const figures = Object.entries(ACTIVATIONS).map(([name, activation]) => {
    const rows = Object.entries(SCALES).map(([scale, std]) => {
      const outputs = outputsOf(activation, std, seed)
      const deviations = outputs.map((output) => short(deviation(output), 2))
      const result = verdict(activation, outputs)
      if (result === 'spread') healthy.push(`${name} with ${scale}`)
      row([`${name}, ${scale}`, ...deviations, result])
      const panels = outputs.map((output, i) => ({ title: `layer ${i + 1}: σ ${deviations[i]}`, values: output.data }))
      return { title: `weight scale ${scale}: ${result}`, panels }
    })
    const caption = `Each layer's activations, all on the same axes; bars above 20 % are cut. σ is the standard deviation.`
    return histogramFigure(name, `What five layers with ${name} make of it`, rows, { ...activation, top: 0.2 }, caption)
  })

  console.log(`\nA relu net that learns ${data}, sgd at 0.01:`)
  const checkpoints = stepsAt([0.25, 0.5, 1], iterations)
  const lossRow = table(['loss, scale', ...checkpoints.map((step) => `step ${step}`)])
  const curves = ([0.01, 'xavier', 'he'] as const).map((weightScale) => {
    const hiddenDims = [UNITS, UNITS, UNITS, UNITS]
    const model = orFail(fullyConnectedNet({ inputDim: 28 * 28, hiddenDims, weightScale }))
    const rate = { optimConfig: { learningRate: 0.01 } }
    const points = smoothedLoss(model, train, { ...rate, numIterations: iterations, seed })
    lossRow([`relu, ${weightScale}`, ...checkpoints.map((step) => lossAt(points, step))])
    return { name: String(weightScale), points, last: lossAt(points, iterations) }
  })
  const [small, xavier, he] = curves.map(({ last }) => last.toFixed(3))
  await finish(flags.out, {
    title: 'First weights',
    setting: `Histograms: 1000 normal inputs, layers of ${UNITS} units. Losses: a 784-100-100-100-100-10 relu net on ${data}, sgd at 0.01, batches of 128, seed ${seed}.`,
    findings: [
      `Look for rows whose histograms stay alike from layer to layer: ${healthy.join(', ')}. Saturated units have no gradient, and units that are all alike are as good as one.`,
      `Learning shows it: with relu, after ${iterations} steps, the loss is ${small} with 0.01 (log 10 = 2.303 is guessing), ${xavier} with xavier and ${he} with he.`,
    ],
    figures: [
      ...figures,
      lineFigure(
        'loss',
        'How nets with relu learn from there',
        curves,
        { y: 'log' },
        'Training loss by step, smoothed, logarithmic.',
      ),
    ],
  })
})
