// A table, a net, and how good it is on rows that it has not seen: of a CSV file, or a small table of our own that needs no file.
import { basename } from 'node:path'
import { Option } from 'commander'
import {
  type Column,
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
import { type TableFlags, tableFile, tableOptions } from './support/tableFile.ts'
import { checkTraining, type TrainingFlags, training, trainingOptions } from './support/training.ts'
import { unitOf } from './support/units.ts'

const SHARE = 0.2 // of what the test leaves, for validation

interface Flags extends TrainingFlags, NetFlags, SolverFlags, TableFlags {
  readonly data: keyof typeof tables
}

interface Table {
  readonly title: string
  readonly x: Tensor
  readonly y: Int32Array | Float64Array
  readonly task: Task<Targets>
  /** Of the classes, or of what is predicted. */
  readonly names: readonly string[]
  /** Of a file, how its columns became numbers. */
  readonly columns?: readonly Column[]
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
      tableOptions(
        command(
          'table',
          'Trains a net on a table: a CSV file, or a small one of our own, flowers by species or flats by price.',
        )
          .argument('[file]', 'CSV, e.g. houses.csv --target price')
          .addOption(
            new Option(
              '--data <name>',
              'without a file: iris, 150 flowers of three species; flats, 3000 prices that were made with noise',
            )
              .choices(['iris', 'flats'])
              .default('iris'),
          ),
      ),
    ),
  ),
)

/** The table in a file: words to be predicted are classes, numbers are numbers. */
const fromFile = async (path: string, flags: Flags): Promise<Table> => {
  const { x, y, classNames, columns } = await tableFile(path, flags)
  const isOfClasses = y instanceof Int32Array
  return {
    title: `${basename(path)}: ${flags.target}`,
    x,
    y: y as Int32Array | Float64Array,
    task: isOfClasses ? classification() : regression(),
    names: classNames,
    columns,
  }
}

main(async () => {
  const flags = parse<Flags>(program)
  const [file] = program.args
  const { title, x, y, task, names, columns, expected } =
    file === undefined ? tables[flags.data]() : await fromFile(file, flags)
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
  const { x: xTrain, input: standard, transform } = orFail(standardize(parts.xTrain))
  const input = columns === undefined || standard.type !== 'numbers' ? standard : { ...standard, columns }
  // A net learns numbers near 1 best; its last layer is put into their own unit afterwards.
  const unit = file !== undefined && parts.yTrain instanceof Float64Array ? unitOf(parts.yTrain, model) : undefined
  const targets =
    unit === undefined
      ? {}
      : { yTrain: unit.scaled(parts.yTrain as Float64Array), yVal: unit.scaled(parts.yVal as Float64Array) }
  const data = { ...parts, xTrain, xVal: transform(parts.xVal), ...targets }
  const test = { x: transform(xTest), y: yTest }
  console.log(
    `${xTrain.shape[0]} rows to train on, ${parts.yVal.length} to validate with, ${yTest.length} to test with`,
  )
  console.log(summary(model).text)

  const { result, isWhole, finish } = await training(flags, model, data, solver, progress())
  const details = {
    title,
    settings: { data: file ?? flags.data, ...net, ...solver, task: task.spec },
    classNames: names,
    input,
  }
  if (!isWhole) return finish(details)
  const weights = unit === undefined ? result.weights : unit.own(result.weights)
  for (const [name, value] of Object.entries(evaluate(model, weights, test))) {
    console.log(`test ${name.padEnd(14)} ${value.toFixed(4)}`)
  }
  if (expected !== undefined) {
    const known = splitRows({ x, y: expected }, fold as Fold).yVal
    console.log(`test r2 of who knows what is no chance: ${r2Score(known, yTest).toFixed(4)}`)
  }
  // A net that keeps its input takes rows as they are in the table.
  const [first] = predict({ model, weights, input }, sliceRows(xTest, 0, 1)).data
  console.log(
    `of the first test row: ${isOfClasses ? `P(${names[0]}) = ` : `${names[0]} `}${first?.toFixed(3)}, in truth ${isOfClasses ? names[Number(yTest[0])] : Number(yTest[0]).toFixed(3)}`,
  )
  await finish({ ...details, result: { ...result, weights }, test })
})
