// The update rules beside each other, as in the book's 6.1: the same net, weights and batches, so only the rule differs.
import { backend, fullyConnectedNet, type UpdateRuleName } from '../src/index.ts'
import { type Point, short } from '../src/report/page/drawing.ts'
import { command, main, orFail } from './support/cli.ts'
import { loadDataset } from './support/dataset.ts'
import { lineFigure, lineGridFigure } from './support/lineFigure.ts'
import { finish } from './support/page.ts'
import { lossAt, SPAN, smoothedLoss, stepsAt } from './support/smoothedLoss.ts'
import { atLeastOne, parseStudy, type StudyOptions, studyOptions } from './support/study.ts'
import { table } from './support/table.ts'

interface Flags extends StudyOptions {
  readonly iterations: number
}

interface Run {
  readonly rule: UpdateRuleName
  readonly loss: readonly Point[]
  readonly last: number
}

/** Learning rates: the book's for its four rules, and usual ones for the others. */
const RATES: Readonly<Record<UpdateRuleName, number>> = {
  sgd: 0.01,
  sgdMomentum: 0.01,
  adagrad: 0.01,
  adam: 0.001,
  nesterov: 0.01,
  rmsprop: 0.001,
  adamw: 0.001,
}
const RULES = Object.keys(RATES) as UpdateRuleName[]
const RELATIVES = [
  ['sgdMomentum', 'nesterov'],
  ['adagrad', 'rmsprop'],
  ['adam', 'adamw'],
] as const

/** Where a run's smoothed loss is first as low as that. */
const reaches = ({ loss }: Run, level: number): string => {
  const step = loss.find(([, y]) => y <= level)?.[0]
  return step === undefined ? 'never' : `step ${step}`
}

const program = studyOptions(
  command('compare-update-rules', 'Training loss with each update rule on the same net, weights and batches.'),
).option('--iterations <n>', 'steps of each run', atLeastOne, 2000)

main(async () => {
  const flags = parseStudy<Flags>(program)
  const { iterations, seed, data } = flags
  const { train } = orFail(await loadDataset(flags)())
  const model = orFail(fullyConnectedNet({ inputDim: 28 * 28, hiddenDims: [100, 100, 100, 100] }))
  console.log(`backend: ${backend().description}; training loss, smoothed over about ${SPAN} steps`)

  const checkpoints = stepsAt([0.05, 0.25, 0.5, 1], iterations)
  const row = table(['rule', 'rate', ...checkpoints.map((step) => `step ${step}`), "at sgd's last"])
  const runs: Run[] = []
  for (const rule of RULES) {
    const optimConfig = { learningRate: RATES[rule] }
    const loss = smoothedLoss(model, train, { updateRule: rule, optimConfig, numIterations: iterations, seed })
    const run = { rule, loss, last: lossAt(loss, iterations) }
    runs.push(run)
    const losses = checkpoints.map((step) => lossAt(loss, step))
    row([rule, String(RATES[rule]), ...losses, reaches(run, runs[0]?.last ?? Number.NaN)])
  }

  const book = runs.slice(0, 4)
  const [sgd, ...others] = book as [Run, ...Run[]]
  const best = book.reduce((a, b) => (b.last < a.last ? b : a))
  const lossOf = (rule: UpdateRuleName): readonly Point[] => runs.find((run) => run.rule === rule)?.loss ?? []
  await finish(flags.out, {
    title: 'Update rules',
    setting: `A 784-100-100-100-100-10 relu net with He weights on ${data}, batches of 128, ${iterations} steps, seed ${seed}.`,
    findings: [
      `When does each rule first have the loss that sgd ends with, ${short(sgd.last)}? ${others
        .map((run) => `${run.rule}: ${reaches(run, sgd.last)}`)
        .join(', ')}.`,
      `After ${iterations} steps ${best.rule} is lowest, with ${short(best.last)}. Which rule wins depends on the data, the net and the learning rates.`,
    ],
    figures: [
      lineFigure(
        'rules',
        'The four rules of the book',
        book.map(({ rule, loss }) => ({ name: rule, points: loss })),
        { y: 'log' },
        'Training loss by step, smoothed, logarithmic. The same net, first weights and batches: only the rule differs.',
      ),
      lineGridFigure(
        'relatives',
        'Their relatives',
        RELATIVES.map(([rule, relative]) => ({
          title: `${rule} and ${relative}`,
          curves: [
            { name: 'rule of the book', points: lossOf(rule) },
            { name: 'its relative', points: lossOf(relative) },
          ],
        })),
        { y: 'log' },
        'nesterov takes the gradient where momentum will lead, rmsprop forgets what adagrad sums up for ever, adamw adds weight decay apart from the gradient.',
      ),
    ],
  })
})
