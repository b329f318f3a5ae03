// A table of numbers, a net, and how good it is on rows that it has not seen. It needs no files and no network.
import { Option } from 'commander'
import {
  classification,
  evaluate,
  type Fold,
  folds,
  fullyConnectedNet,
  holdOut,
  predict,
  r2Score,
  regression,
  sliceRows,
  splitRows,
  standardize,
  summary,
  type Targets,
  type Task,
  type Tensor,
} from '../src/index.ts'
import { command, main, orFail, parse } from './support/cli.ts'
import { flats } from './support/flats.ts'
import { iris } from './support/iris.ts'
import { type NetFlags, netOptions, toNetOptions } from './support/netOptions.ts'
import { progress } from './support/progress.ts'
import { type SolverFlags, solverOptions, toSolverOptions } from './support/solverOptions.ts'
import { checkTraining, type TrainingFlags, training, trainingOptions } from './support/training.ts'

const SHARE = 0.2 // of what the test leaves, for validation

interface Flags extends TrainingFlags, NetFlags, SolverFlags {
  readonly data: keyof typeof tables
}

interface Table {
  readonly title: string
  readonly x: Tensor
  readonly y: Int32Array | Float64Array
  readonly task: Task<Targets>
  /** Of the classes, or of what is predicted. */
  readonly names: readonly string[]
  /** What is to be known of the targets, where that is known. */
  readonly expected?: Float64Array
}

const tables = {
  iris: (): Table => {
    const { x, y, classNames } = iris()
    return { title: 'Iris: which species is it?', x, y, task: classification(), names: classNames }
  },
  flats: (): Table => ({
    title: 'Flats: what do they cost?',
    ...flats(),
    task: regression(),
    names: ['price'],
  }),
}

const program = trainingOptions(
  solverOptions(
    netOptions(
      command('table', 'Trains a net on a small table: flowers by species, or flats by price.').addOption(
        new Option('--data <name>', 'iris: 150 flowers of three species; flats: 3000 prices that were made with noise')
          .choices(['iris', 'flats'])
          .default('iris'),
      ),
    ),
  ),
)

main(async () => {
  const flags = parse<Flags>(program)
  const { title, x, y, task, names, expected } = tables[flags.data]()
  const isOfClasses = task.link === 'softmax'
  const net = toNetOptions(flags, { inputDim: x.shape[1] ?? 0, hiddenDims: [32], outputDim: names.length, task })
  const solver = toSolverOptions(flags, {
    updateRule: 'adam',
    optimConfig: { learningRate: 2e-2 },
    schedule: 'cosine',
    batchSize: 32,
    numEpochs: 60,
  })
  checkTraining(flags, solver)
  const model = orFail(fullyConnectedNet(net))

  // The test is one of five folds; of the rest some rows choose the best weights. Of classes each part has its share.
  const [fold] = orFail(folds(y.length, 5, isOfClasses ? { stratify: y } : {}))
  const { xTrain: xRest, yTrain: yRest, xVal: xTest, yVal: yTest } = splitRows({ x, y }, fold as Fold)
  const parts = orFail(holdOut({ x: xRest, y: yRest }, SHARE, { stratify: isOfClasses }))
  const { x: xTrain, input, transform } = orFail(standardize(parts.xTrain))
  const data = { ...parts, xTrain, xVal: transform(parts.xVal) }
  const test = { x: transform(xTest), y: yTest }
  console.log(
    `${xTrain.shape[0]} rows to train on, ${parts.yVal.length} to validate with, ${yTest.length} to test with`,
  )
  console.log(summary(model).text)

  const { result, isWhole, finish } = await training(flags, model, data, solver, progress())
  const details = {
    title,
    settings: { data: flags.data, ...net, ...solver, task: task.spec },
    classNames: names,
    input,
  }
  if (!isWhole) return finish(details)
  for (const [name, value] of Object.entries(evaluate(model, result.weights, test))) {
    console.log(`test ${name.padEnd(14)} ${value.toFixed(4)}`)
  }
  if (expected !== undefined) {
    const known = splitRows({ x, y: expected }, fold as Fold).yVal
    console.log(`test r2 of who knows what is no chance: ${r2Score(known, yTest).toFixed(4)}`)
  }
  // A net that keeps its input takes rows as they are in the table.
  const [first] = predict({ model, weights: result.weights, input }, sliceRows(xTest, 0, 1)).data
  console.log(
    `of the first test row: ${isOfClasses ? `P(${names[0]}) = ` : `${names[0]} `}${first?.toFixed(3)}, in truth ${isOfClasses ? names[Number(yTest[0])] : Number(yTest[0]).toFixed(3)}`,
  )
  await finish({ ...details, test })
})
